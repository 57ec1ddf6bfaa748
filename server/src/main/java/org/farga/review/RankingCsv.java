package org.farga.review;

import java.io.IOException;
import java.math.BigDecimal;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.farga.access.Review;
import org.farga.platform.SafeCell;
import org.jspecify.annotations.Nullable;

/** A ranking as RFC 4180 writes tables: as it is seen, with what was tried. Hours are GPU-hours. */
final class RankingCsv {
    private static final CSVFormat FORMAT = CSVFormat.RFC4180
            .builder()
            .setHeader(
                    "rank",
                    "proposal",
                    "title",
                    "organisation",
                    "partition",
                    "askedHours",
                    "hours",
                    "usedHours",
                    "place",
                    "by",
                    "score",
                    "raw",
                    "calibrated",
                    "rawExcellence",
                    "rawImpact",
                    "rawImplementation",
                    "calibratedExcellence",
                    "calibratedImpact",
                    "calibratedImplementation",
                    "spread",
                    "reviews",
                    "rebuttal",
                    "panelAward",
                    "panelScore",
                    "panelPlacing",
                    "panelNote")
            .get();

    private RankingCsv() {}

    static void write(Panels.View view, Appendable to) throws IOException {
        CSVPrinter printer = new CSVPrinter(to, FORMAT);
        for (Panels.Line line : view.lines()) {
            Ranking.Row row = line.row();
            Map<Review.Criterion, BigDecimal> raw = row.entry().raw();
            Map<Review.Criterion, BigDecimal> calibrated = row.entry().calibrated();
            printer.printRecord(
                    row.rank(),
                    SafeCell.of(row.entry().code()),
                    SafeCell.of(line.proposal().title()),
                    SafeCell.of(line.organisation()),
                    SafeCell.of(row.entry().partition()),
                    row.entry().asked().hours(),
                    row.hours().hours(),
                    row.used().hours(),
                    row.place(),
                    view.whatIf().by(),
                    plain(row.score()),
                    plain(line.raw()),
                    plain(line.calibrated()),
                    plain(raw.get(Review.Criterion.EXCELLENCE)),
                    plain(raw.get(Review.Criterion.IMPACT)),
                    plain(raw.get(Review.Criterion.IMPLEMENTATION)),
                    plain(calibrated.get(Review.Criterion.EXCELLENCE)),
                    plain(calibrated.get(Review.Criterion.IMPACT)),
                    plain(calibrated.get(Review.Criterion.IMPLEMENTATION)),
                    line.spread().toPlainString(),
                    line.reviews(),
                    line.answered(),
                    line.finding().award(),
                    plain(line.finding().score()),
                    line.finding().placing(),
                    SafeCell.ofNullable(line.finding().note()));
        }
        printer.flush();
    }

    // A negative number is a number, and stays one: calibrated means may fall below 0.
    private static @Nullable String plain(@Nullable BigDecimal number) {
        return number == null ? null : number.toPlainString();
    }
}
