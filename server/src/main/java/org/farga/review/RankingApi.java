package org.farga.review;

import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.farga.access.PanelStep;
import org.farga.access.Review;
import org.farga.platform.Answer;
import org.farga.shared.Actor;
import org.farga.shared.GpuHours;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The ranking of a call's proposals at a cut-off, against the GPU-hours that there are. */
@RestController
@RequestMapping("/api/v1/calls/{idOrCode}")
class RankingApi {
    private static final String CSV = "text/csv";

    private final Panels panels;

    RankingApi(Panels panels) {
        this.panels = panels;
    }

    /** What a ranking proposed to decide, when it was kept. */
    record DecisionProposalJson(
            boolean award,
            @Nullable GpuHours gpuHours,
            int rank,
            Ranking.By by,
            @Nullable BigDecimal score,
            Instant savedAt) {
        static @Nullable DecisionProposalJson of(PanelTable.@Nullable Proposed p) {
            return p == null
                    ? null
                    : new DecisionProposalJson(p.award(), p.hours(), p.rank(), p.by(), p.score(), p.savedAt());
        }
    }

    /**
     * @param askedGpuHours of one that was granted already those that were granted
     * @param gpuHours what it would get
     * @param usedGpuHours what it and all before it in its partition would use
     * @param score what it is ordered by
     * @param raw the mean of the criteria's means, by their weights
     * @param calibrated the same without the reviewers' offsets
     * @param spread between the highest and the lowest review
     * @param rebuttal whether the applicant answered the reviews
     */
    record RankedJson(
            int rank,
            ProposalId proposal,
            String code,
            String title,
            String organisation,
            String partition,
            GpuHours askedGpuHours,
            GpuHours gpuHours,
            GpuHours usedGpuHours,
            Ranking.Place place,
            @Nullable BigDecimal score,
            @Nullable BigDecimal raw,
            @Nullable BigDecimal calibrated,
            Map<Review.Criterion, BigDecimal> rawMeans,
            Map<Review.Criterion, BigDecimal> calibratedMeans,
            BigDecimal spread,
            int reviews,
            boolean rebuttal,
            ProposalReviewsApi.PanelFindingJson panel,
            @Nullable DecisionProposalJson decisionProposal) {}

    /**
     * @param availableGpuHours left out where nobody has said
     * @param freeGpuHours what stays free above the line
     */
    record RankedPartitionJson(
            String partition,
            @Nullable GpuHours availableGpuHours,
            GpuHours askedGpuHours,
            GpuHours grantedGpuHours,
            GpuHours aboveLineGpuHours,
            @Nullable GpuHours freeGpuHours) {}

    /** How much higher than others a reviewer scores the same proposals. */
    record OffsetJson(PersonId reviewer, String name, BigDecimal offset, int reviews) {}

    /** @param hiddenProposals how many are left out because they are of the reader's own organisations */
    record RankingJson(
            String call,
            @Nullable Instant cutOff,
            Ranking.By by,
            List<RankedJson> proposals,
            List<RankedPartitionJson> partitions,
            List<OffsetJson> offsets,
            int hiddenProposals) {}

    /**
     * @param cutOff left out where intake is rolling
     * @param gpuHours by partition
     */
    record HoursThere(@Nullable Instant cutOff, @Nullable Map<String, @Nullable BigDecimal> gpuHours) {}

    record HoursThereJson(@Nullable Instant cutOff, Map<String, GpuHours> gpuHours) {}

    /** What was tried, as for the ranking itself. */
    record Trying(
            @Nullable String cutOff,
            @Nullable String by,
            @Nullable List<String> weights,
            @Nullable List<String> hours,
            @Nullable List<String> percents) {}

    record ProposedJson(int proposals) {}

    /**
     * For the call's panel, access officers, administrators and auditors. Nothing that is tried is kept.
     *
     * @param cutOff an instant, or {@code none}; else the newest of which something was submitted
     * @param by RAW, CALIBRATED or PANEL
     * @param weights such as {@code IMPACT:2}
     * @param hours such as {@code mn5/acc:5000}
     * @param percents such as {@code LS-2027-0001:50}
     */
    @GetMapping("/ranking")
    RankingJson ranking(
            Actor actor,
            @PathVariable String idOrCode,
            @RequestParam(required = false) @Nullable String cutOff,
            @RequestParam(required = false) @Nullable String by,
            @RequestParam(required = false) @Nullable List<String> weights,
            @RequestParam(required = false) @Nullable List<String> hours,
            @RequestParam(required = false) @Nullable List<String> percents) {
        return json(view(actor, idOrCode, new Trying(cutOff, by, weights, hours, percents)));
    }

    /** The same as a table. */
    @GetMapping(path = "/ranking.csv", produces = CSV)
    void csv(
            Actor actor,
            @PathVariable String idOrCode,
            @RequestParam(required = false) @Nullable String cutOff,
            @RequestParam(required = false) @Nullable String by,
            @RequestParam(required = false) @Nullable List<String> weights,
            @RequestParam(required = false) @Nullable List<String> hours,
            @RequestParam(required = false) @Nullable List<String> percents,
            HttpServletResponse response)
            throws IOException {
        Panels.View view = view(actor, idOrCode, new Trying(cutOff, by, weights, hours, percents));
        response.setContentType(CSV);
        response.setCharacterEncoding(StandardCharsets.UTF_8.name());
        response.setHeader(
                HttpHeaders.CONTENT_DISPOSITION,
                "attachment; filename=\"ranking-" + view.call().code() + ".csv\"");
        Writer writer = new BufferedWriter(new OutputStreamWriter(response.getOutputStream(), StandardCharsets.UTF_8));
        RankingCsv.write(view, writer);
        writer.flush();
    }

    private Panels.View view(Actor actor, String idOrCode, Trying trying) {
        PanelStep.PanelCall call = panels.call(actor, idOrCode);
        return panels.view(actor, call, TrialReader.cutOff(trying.cutOff(), call), trial(trying));
    }

    private static Panels.Trial trial(Trying trying) {
        return TrialReader.ofLists(trying.by(), trying.weights(), trying.hours(), trying.percents());
    }

    /** Keeps how many GPU-hours there are at a cut-off; for access officers. */
    @PutMapping("/ranking/hours")
    HoursThereJson keepHours(Actor actor, @PathVariable String idOrCode, @RequestBody HoursThere body) {
        panels.call(actor, idOrCode);
        Map<String, BigDecimal> hours = new TreeMap<>();
        if (body.gpuHours() != null) {
            body.gpuHours()
                    .forEach((partition, count) -> hours.put(partition, count == null ? BigDecimal.ZERO : count));
        }
        return new HoursThereJson(body.cutOff(), Answer.of(panels.keepHours(actor, idOrCode, body.cutOff(), hours)));
    }

    /** Keeps what the ranking says of each proposal for whoever decides; for access officers. */
    @PutMapping("/ranking/decision-proposals")
    ProposedJson propose(Actor actor, @PathVariable String idOrCode, @RequestBody Trying body) {
        PanelStep.PanelCall call = panels.call(actor, idOrCode);
        return new ProposedJson(
                Answer.of(panels.propose(actor, idOrCode, TrialReader.cutOff(body.cutOff(), call), trial(body))));
    }

    private static RankingJson json(Panels.View view) {
        return new RankingJson(
                view.call().code(),
                view.cutOff(),
                view.whatIf().by(),
                view.lines().stream()
                        .map(l -> new RankedJson(
                                l.row().rank(),
                                l.proposal().id(),
                                l.proposal().code(),
                                l.proposal().title(),
                                l.organisation(),
                                l.proposal().partition(),
                                l.row().entry().asked(),
                                l.row().hours(),
                                l.row().used(),
                                l.row().place(),
                                l.row().score(),
                                l.raw(),
                                l.calibrated(),
                                l.row().entry().raw(),
                                l.row().entry().calibrated(),
                                l.spread(),
                                l.reviews(),
                                l.answered(),
                                ProposalReviewsApi.PanelFindingJson.of(l.finding()),
                                DecisionProposalJson.of(l.proposed())))
                        .toList(),
                view.ranking().partitions().entrySet().stream()
                        .map(p -> new RankedPartitionJson(
                                p.getKey(),
                                p.getValue().available(),
                                p.getValue().asked(),
                                p.getValue().granted(),
                                p.getValue().above(),
                                p.getValue().free()))
                        .toList(),
                view.offsets().stream()
                        .map(o -> new OffsetJson(o.reviewer(), o.name(), o.offset(), o.reviews()))
                        .toList(),
                view.hidden());
    }
}
