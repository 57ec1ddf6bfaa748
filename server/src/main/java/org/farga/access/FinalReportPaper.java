package org.farga.access;

import java.time.Clock;
import java.util.Locale;
import org.farga.platform.Dates;
import org.farga.platform.Messages;
import org.farga.platform.Paper;
import org.farga.platform.Settings;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** A final report as a paper to keep, in the reader's language. */
@Component
class FinalReportPaper {
    private final Messages messages;
    private final Settings settings;
    private final Clock clock;

    FinalReportPaper(Messages messages, Settings settings, Clock clock) {
        this.messages = messages;
        this.settings = settings;
        this.clock = clock;
    }

    byte[] of(FinalReports.Detail detail, Locale language) {
        FinalReport report = detail.report();
        FinalReport.ReportContent content = report.content();
        String title = messages.text(language, "access.report.of", Holders.title(detail.proposal()));
        FinalReport.Signed submitted = report.submitted();
        try (Paper paper = new Paper(
                title,
                language,
                settings.centreName(),
                settings.centreName(),
                detail.proposal().code(),
                clock.instant())) {
            paper.fact(say(language, "access.report.award"), detail.proposal().code());
            paper.fact(
                    say(language, "access.call"),
                    detail.call().code() + " · " + detail.call().title());
            paper.fact(say(language, "access.report.state"), say(language, "access.report.state." + report.state()));
            paper.fact(
                    say(language, "access.report.ends"),
                    Dates.dateTime(report.endsAt().minusMillis(1), language, settings.zone()));
            if (submitted != null) {
                paper.fact(
                        say(language, "access.report.submitted-at"),
                        Dates.dateTime(submitted.at(), language, settings.zone()));
            }
            paper.heading(say(language, "access.report.hours"));
            for (FinalReport.ReportHours hours : detail.hours()) {
                paper.fact(
                        hours.cluster(),
                        messages.text(
                                language,
                                "access.report.hours-line",
                                hours.usedGpu().hours(),
                                hours.grantedGpu().hours(),
                                hours.usedCpu().hours(),
                                hours.grantedCpu().hours()));
            }
            part(paper, language, "results", content.results());
            part(paper, language, "publications", content.publications());
            part(paper, language, "outputs", content.outputs());
            part(paper, language, "problems", content.problems());
            part(paper, language, "feedback", content.feedback());
            part(paper, language, "summary", content.summary());
            paper.heading(say(language, "access.report.publish"));
            paper.text(say(
                    language,
                    content.publish() == null
                            ? "access.report.unanswered"
                            : content.publish() ? "access.yes" : "access.no"));
            if (report.note() != null) {
                paper.heading(say(language, "access.report.note"));
                paper.text(report.note());
            }
            return paper.bytes();
        }
    }

    private void part(Paper paper, Locale language, String part, @Nullable String text) {
        if (text != null) {
            paper.heading(say(language, "access.report." + part));
            paper.text(text);
        }
    }

    private String say(Locale language, String key) {
        return messages.text(language, key);
    }
}
