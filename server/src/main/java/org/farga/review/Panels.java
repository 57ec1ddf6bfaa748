package org.farga.review;

import static java.util.Objects.requireNonNull;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.farga.access.PanelStep;
import org.farga.access.Review;
import org.farga.access.ReviewStep;
import org.farga.audit.AuditLog;
import org.farga.people.Organisations;
import org.farga.people.People;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.Fields;
import org.farga.shared.GpuHours;
import org.farga.shared.NotFoundException;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;
import org.farga.shared.ScopedRole;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Panels and their rankings: what they see together, what they find, and what they propose to decide. */
@Service
class Panels {
    private static final int NEWEST = 3;

    /** More than any cut-off has had; a list that is longer is not ranked by people. */
    private static final int MOST = 2_000;

    static final long MOST_HOURS = 1_000_000_000L;

    private final PanelTable table;
    private final ReviewTable reviews;
    private final RebuttalTable rebuttals;
    private final PanelStep step;
    private final ReviewStep reviewStep;
    private final Organisations organisations;
    private final People people;
    private final AuditLog audit;
    private final Clock clock;

    Panels(
            PanelTable table,
            ReviewTable reviews,
            RebuttalTable rebuttals,
            PanelStep step,
            ReviewStep reviewStep,
            Organisations organisations,
            People people,
            AuditLog audit,
            Clock clock) {
        this.table = table;
        this.reviews = reviews;
        this.rebuttals = rebuttals;
        this.step = step;
        this.reviewStep = reviewStep;
        this.organisations = organisations;
        this.people = people;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * What is tried of a ranking; what is null is as it is on record.
     *
     * @param percents by the proposals' codes
     */
    record Trial(
            Ranking.@Nullable By by,
            Map<Review.Criterion, BigDecimal> weights,
            Map<String, GpuHours> hours,
            Map<String, Integer> percents) {
        static final Trial NOTHING = new Trial(null, Map.of(), Map.of(), Map.of());
    }

    /** A reviewer's offset as people read it. */
    record Offset(PersonId reviewer, String name, BigDecimal offset, int reviews) {}

    /** A proposal in the ranking with what its row shows besides. */
    record Line(
            Ranking.Row row,
            PanelStep.Ranked proposal,
            String organisation,
            @Nullable BigDecimal raw,
            @Nullable BigDecimal calibrated,
            BigDecimal spread,
            int reviews,
            boolean answered,
            PanelFinding finding,
            PanelTable.@Nullable Proposed proposed) {}

    /**
     * A ranking as somebody sees it.
     *
     * @param hidden how many proposals of the reader's own organisations are not in it
     * @param recorded the hours on record, by partition
     * @param mayWrite whether the reader writes what the panel finds
     * @param mayConfirm whether the reader confirms it, and keeps hours and decision proposals
     */
    record View(
            PanelStep.PanelCall call,
            @Nullable Instant cutOff,
            Ranking ranking,
            Ranking.WhatIf whatIf,
            List<Line> lines,
            List<Offset> offsets,
            int hidden,
            Map<String, GpuHours> recorded,
            boolean mayWrite,
            boolean mayConfirm) {
        /** The call's, and those that something was asked for in. */
        List<String> partitions() {
            return java.util.stream.Stream.concat(call.partitions().stream(), ranking.partitions().keySet().stream())
                    .distinct()
                    .sorted()
                    .toList();
        }

        Ranking.Left left(String partition) {
            Ranking.Left left = ranking.partitions().get(partition);
            return left == null
                    ? new Ranking.Left(whatIf.hours().get(partition), GpuHours.ZERO, GpuHours.ZERO, GpuHours.ZERO)
                    : left;
        }

        int percent(Line line) {
            return whatIf.percents().getOrDefault(line.proposal().id(), 100);
        }

        /** Where the line is drawn: the first for which the hours do not last. Null where they last for all. */
        Ranking.@Nullable Row firstBelow() {
            return ranking.rows().stream()
                    .filter(row -> row.place() == Ranking.Place.BELOW)
                    .findFirst()
                    .orElse(null);
        }
    }

    /** Where a call's panel begins: its newest cut-off of which something was submitted. */
    PanelStep.PanelCall call(Actor actor, String idOrCode) {
        PanelStep.PanelCall call = step.call(actor, idOrCode);
        if (!actor.isAny(CentreRole.ACCESS_OFFICER, CentreRole.ADMINISTRATOR, CentreRole.AUDITOR)
                && !isMember(actor, call)) {
            throw new NotFoundException("call");
        }
        return call;
    }

    private static boolean isMember(Actor actor, PanelStep.PanelCall call) {
        return actor.is(ScopedRole.Kind.PANEL_MEMBER, call.id().toString());
    }

    /** The ranking of a cut-off, or of a call without cut-offs; of one that {@link #call} showed to the actor. */
    View view(Actor actor, PanelStep.PanelCall call, @Nullable Instant cutOff, Trial trial) {
        List<PanelStep.Ranked> all = step.ranked(call.id(), cutOff, MOST);
        // Whoever belongs to an applicant sees nothing of it, nor where it stands: it is left out of their ranking as a
        // whole.
        List<PanelStep.Ranked> seen =
                all.stream().filter(p -> !actor.isMemberOf(p.organisation())).toList();
        List<ProposalId> ids = seen.stream().map(PanelStep.Ranked::id).toList();
        List<WrittenReview> written = reviews.counting(ids);
        Map<ProposalId, List<WrittenReview>> byProposal =
                written.stream().collect(Collectors.groupingBy(WrittenReview::proposal));
        Map<Review.Criterion, Calibration> calibrations = calibrations(written);
        Map<ProposalId, PanelFinding> findings =
                table.list(ids).stream().collect(Collectors.toMap(PanelFinding::proposal, f -> f));
        var failed = reviews.failed(ids);
        Map<String, GpuHours> recorded = table.hours(call.id(), cutOff);
        Map<String, GpuHours> hours = new TreeMap<>(recorded);
        hours.putAll(trial.hours());
        Map<ProposalId, Integer> percents = new HashMap<>();
        List<Ranking.Entry> entries = new ArrayList<>();
        for (PanelStep.Ranked p : seen) {
            Integer percent = trial.percents().get(p.code());
            if (percent != null) {
                percents.put(p.id(), percent);
            }
            PanelFinding finding = findings.getOrDefault(p.id(), PanelFinding.none(p.id()));
            entries.add(new Ranking.Entry(
                    p.id(),
                    p.code(),
                    p.partition(),
                    p.hours(),
                    p.granted(),
                    finding.award() == null ? !failed.contains(p.id()) : finding.award(),
                    means(byProposal.getOrDefault(p.id(), List.of())),
                    calibrated(p.id(), calibrations),
                    finding.score(),
                    finding.placing()));
        }
        Ranking.By by = trial.by() == null ? Ranking.By.RAW : trial.by();
        Ranking.WhatIf whatIf = new Ranking.WhatIf(by, trial.weights(), hours, percents);
        Ranking ranking = Ranking.of(entries, whatIf);
        return new View(
                call,
                cutOff,
                ranking,
                whatIf,
                lines(ranking, seen, byProposal, findings, trial.weights()),
                offsets(calibrations),
                all.size() - seen.size(),
                recorded,
                isMember(actor, call) || actor.is(CentreRole.ACCESS_OFFICER),
                actor.is(CentreRole.ACCESS_OFFICER));
    }

    private List<Line> lines(
            Ranking ranking,
            List<PanelStep.Ranked> seen,
            Map<ProposalId, List<WrittenReview>> byProposal,
            Map<ProposalId, PanelFinding> findings,
            Map<Review.Criterion, BigDecimal> weights) {
        Map<ProposalId, PanelStep.Ranked> ranked =
                seen.stream().collect(Collectors.toMap(PanelStep.Ranked::id, p -> p));
        Map<OrganisationId, Organisations.Summary> of = organisations.summaries(
                seen.stream().map(PanelStep.Ranked::organisation).distinct().toList());
        Map<ProposalId, PanelTable.Proposed> proposed = table.proposed(ranked.keySet());
        var answered = rebuttals.answered(ranked.keySet());
        return ranking.rows().stream()
                .map(row -> {
                    ProposalId id = row.entry().id();
                    PanelStep.Ranked proposal = requireNonNull(ranked.get(id));
                    List<WrittenReview> its = byProposal.getOrDefault(id, List.of());
                    return new Line(
                            row,
                            proposal,
                            requireNonNull(of.get(proposal.organisation())).name(),
                            Ranking.weighted(row.entry().raw(), weights),
                            Ranking.weighted(row.entry().calibrated(), weights),
                            Verdict.spread(
                                    its.stream().map(WrittenReview::scores).toList()),
                            its.size(),
                            answered.contains(id),
                            findings.getOrDefault(id, PanelFinding.none(id)),
                            proposed.get(id));
                })
                .toList();
    }

    private static Map<Review.Criterion, BigDecimal> means(Collection<WrittenReview> written) {
        Map<Review.Criterion, BigDecimal> means = new EnumMap<>(Review.Criterion.class);
        for (Review.Criterion criterion : Review.Criterion.values()) {
            List<BigDecimal> scores = written.stream()
                    .map(r -> r.scores().get(criterion))
                    .filter(java.util.Objects::nonNull)
                    .toList();
            if (!scores.isEmpty()) {
                means.put(
                        criterion,
                        scores.stream()
                                .reduce(BigDecimal.ZERO, BigDecimal::add)
                                .divide(BigDecimal.valueOf(scores.size()), 2, RoundingMode.HALF_UP));
            }
        }
        return means;
    }

    /** Each criterion by itself: somebody may be harsh in one and not in another. */
    private static Map<Review.Criterion, Calibration> calibrations(Collection<WrittenReview> written) {
        Map<Review.Criterion, Calibration> calibrations = new EnumMap<>(Review.Criterion.class);
        for (Review.Criterion criterion : Review.Criterion.values()) {
            List<Calibration.Score> scores = written.stream()
                    .filter(r -> r.scores().containsKey(criterion))
                    .map(r -> new Calibration.Score(
                            r.proposal(),
                            r.reviewer(),
                            requireNonNull(r.scores().get(criterion)).doubleValue()))
                    .toList();
            if (!scores.isEmpty()) {
                calibrations.put(criterion, Calibration.of(scores));
            }
        }
        return calibrations;
    }

    private static Map<Review.Criterion, BigDecimal> calibrated(
            ProposalId id, Map<Review.Criterion, Calibration> calibrations) {
        Map<Review.Criterion, BigDecimal> means = new EnumMap<>(Review.Criterion.class);
        calibrations.forEach((criterion, calibration) -> {
            Double estimate = calibration.proposals().get(id);
            if (estimate != null) {
                means.put(criterion, BigDecimal.valueOf(estimate).setScale(2, RoundingMode.HALF_UP));
            }
        });
        return means;
    }

    /** The harshest first; over the criteria their mean. */
    private List<Offset> offsets(Map<Review.Criterion, Calibration> calibrations) {
        Map<PersonId, List<Double>> all = new HashMap<>();
        Map<PersonId, Integer> counts = new HashMap<>();
        calibrations.values().forEach(c -> {
            c.offsets()
                    .forEach((who, offset) ->
                            all.computeIfAbsent(who, id -> new ArrayList<>()).add(offset));
            c.counts().forEach((who, count) -> counts.merge(who, count, Math::max));
        });
        Map<PersonId, People.Summary> names = people.summaries(List.copyOf(all.keySet()));
        return all.entrySet().stream()
                .map(e -> new Offset(
                        e.getKey(),
                        Reviews.name(e.getKey(), names),
                        BigDecimal.valueOf(e.getValue().stream()
                                        .mapToDouble(Double::doubleValue)
                                        .average()
                                        .orElse(0))
                                .setScale(2, RoundingMode.HALF_UP),
                        counts.getOrDefault(e.getKey(), 0)))
                .sorted(Comparator.comparing(Offset::offset).thenComparing(Offset::name))
                .toList();
    }

    /** Proposals of a call that wait for its panel, of the cut-off that has most of them. */
    record Waiting(String code, String title, @Nullable Instant cutOff, int count) {}

    /** Nothing where none of a call's newest cut-offs waits for its panel. */
    Optional<Waiting> waiting(Actor actor, String callId) {
        PanelStep.PanelCall call = step.call(actor, callId);
        Waiting most = null;
        for (Instant cutOff : call.cutOffs().stream().limit(NEWEST).toList()) {
            int count = (int) step.ranked(call.id(), cutOff, MOST).stream()
                    .filter(p -> p.inPanel() && !actor.isMemberOf(p.organisation()))
                    .count();
            if (count > 0 && (most == null || count > most.count())) {
                most = new Waiting(call.code(), call.title(), cutOff, count);
            }
        }
        return Optional.ofNullable(most);
    }

    /** One proposal's finding for whoever may write it; throws {@link NotFoundException} for others. */
    PanelFinding finding(Actor actor, ProposalId id) {
        require(actor, id);
        return table.find(id).orElse(PanelFinding.none(id));
    }

    /** Whether the actor writes what the panel finds about this one, now. */
    boolean mayWrite(Actor actor, ProposalId id) {
        ReviewStep.Subject subject = reviewStep.find(id).orElseThrow();
        return require(actor, id).inPanel()
                && (actor.is(CentreRole.ACCESS_OFFICER)
                        || actor.is(ScopedRole.Kind.PANEL_MEMBER, subject.call().toString()));
    }

    boolean mayConfirm(Actor actor, ProposalId id) {
        return actor.is(CentreRole.ACCESS_OFFICER)
                && require(actor, id).inPanel()
                && finding(actor, id).refusalToConfirm("").isEmpty();
    }

    private PanelStep.Ranked require(Actor actor, ProposalId id) {
        ReviewStep.Subject subject = reviewStep.find(id).orElseThrow(() -> new NotFoundException("proposal"));
        Reviews.Reader reader = Reviews.reader(actor, subject);
        // An applicant may know of their proposal, but nothing of what the panel writes.
        if (reader == Reviews.Reader.APPLICANT) {
            throw new NotFoundException("proposal");
        }
        return step.find(id).orElseThrow(() -> new NotFoundException("proposal"));
    }

    /** Writes what the panel finds, while it is in its step. */
    @Transactional
    Outcome<PanelFinding> write(Actor actor, ProposalId id, long version, PanelFinding.Content typed) {
        require(actor, id);
        ReviewStep.Subject subject = reviewStep.lock(id).orElseThrow();
        if (!actor.is(CentreRole.ACCESS_OFFICER)
                && !actor.is(ScopedRole.Kind.PANEL_MEMBER, subject.call().toString())) {
            return Outcome.refused(Refusal.forbidden("panel-only"));
        }
        PanelFinding kept = table.find(id).orElse(PanelFinding.none(id));
        if (kept.version() != version) {
            return Outcome.refused(Refusal.stale());
        }
        if (subject.terms() == null || !step.find(id).orElseThrow().inPanel()) {
            return Outcome.refused(Refusal.conflict("not-in-panel", subject.code()));
        }
        return kept.with(typed, subject.terms()).map(changed -> {
            Instant now = now();
            if (!table.put(changed, actor.person(), now)) {
                throw new IllegalStateException("a finding was changed beside its lock: " + id);
            }
            Map<String, Object> details = new HashMap<>();
            details.put("code", subject.code());
            details.put("award", String.valueOf(changed.award()));
            details.put("score", String.valueOf(changed.score()));
            details.put("placing", String.valueOf(changed.placing()));
            audit.record(actor, "panel-finding.written", "proposal", id, details);
            return table.find(id).orElseThrow();
        });
    }

    /** Ends the panel's step of a proposal with what it found. */
    @Transactional
    Outcome<ProposalId> confirm(Actor actor, ProposalId id) {
        PanelStep.Ranked ranked = require(actor, id);
        if (!actor.is(CentreRole.ACCESS_OFFICER)) {
            return Outcome.refused(Refusal.forbidden("access-officers-only"));
        }
        PanelFinding found = table.find(id).orElse(PanelFinding.none(id));
        Optional<Refusal> refusal = ranked.inPanel() ? found.refusalToConfirm(ranked.code()) : Optional.empty();
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        String marks = (found.placing() == null ? "" : "#" + found.placing() + " ")
                + (found.score() == null ? "" : "(" + found.score().toPlainString() + ") ");
        return step.done(
                actor,
                id,
                Boolean.TRUE.equals(found.award()),
                (marks + (found.note() == null ? "" : found.note())).strip());
    }

    /** Keeps how many hours there are at a cut-off. */
    @Transactional
    Outcome<Map<String, GpuHours>> keepHours(
            Actor actor, String idOrCode, @Nullable Instant cutOff, Map<String, BigDecimal> hours) {
        PanelStep.PanelCall call = call(actor, idOrCode);
        if (!actor.is(CentreRole.ACCESS_OFFICER)) {
            return Outcome.refused(Refusal.forbidden("access-officers-only"));
        }
        Fields fields = new Fields();
        hours.forEach((partition, count) -> fields.rule(
                        "hours." + partition,
                        call.partitions().contains(partition),
                        "unknown-choice",
                        String.join(", ", call.partitions()))
                .rule("hours." + partition, isHours(count), "not-hours", MOST_HOURS));
        Optional<Refusal> refusal =
                fields.rule("hours", !hours.isEmpty(), "missing").refusal();
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        Instant now = now();
        hours.forEach((partition, count) ->
                table.putHours(call.id(), cutOff, partition, GpuHours.ofHours(count), actor.person(), now));
        audit.record(
                actor,
                "cut-off-hours.entered",
                "call",
                call.id(),
                Map.of("code", call.code(), "cutOff", String.valueOf(cutOff), "hours", hours));
        return Outcome.done(table.hours(call.id(), cutOff));
    }

    /** Whether it can be kept: from 0 on, to a hundredth of an hour. */
    static boolean isHours(BigDecimal hours) {
        return hours.signum() >= 0
                && hours.compareTo(BigDecimal.valueOf(MOST_HOURS)) <= 0
                && hours.stripTrailingZeros().scale() <= 2;
    }

    /**
     * Keeps what a ranking says of each proposal that is not decided, for whoever decides: to award those above the line with
     * the hours that they would get, and to decline the others. Where there is no line it says nothing of a partition.
     *
     * @return how many proposals something was kept of
     */
    @Transactional
    Outcome<Integer> propose(Actor actor, String idOrCode, @Nullable Instant cutOff, Trial trial) {
        View view = view(actor, call(actor, idOrCode), cutOff, trial);
        if (!view.mayConfirm()) {
            return Outcome.refused(Refusal.forbidden("access-officers-only"));
        }
        if (view.hidden() > 0) {
            // Without one's own the line is somewhere else.
            return Outcome.refused(
                    Refusal.conflict("own-proposal-ranked", view.call().code()));
        }
        Instant now = now();
        int kept = 0;
        for (Line line : view.lines()) {
            Ranking.Place place = line.row().place();
            if (!line.proposal().open() || place == Ranking.Place.NO_LINE || place == Ranking.Place.GRANTED) {
                continue;
            }
            boolean award = place == Ranking.Place.ABOVE && line.row().hours().isPositive();
            table.propose(
                    new PanelTable.Proposed(
                            line.proposal().id(),
                            award,
                            award ? line.row().hours() : null,
                            line.row().rank(),
                            view.whatIf().by(),
                            line.row().score(),
                            now),
                    actor.person());
            kept++;
        }
        if (kept == 0) {
            return Outcome.refused(
                    Refusal.conflict("nothing-ranked", view.call().code()));
        }
        audit.record(
                actor,
                "ranking.proposed",
                "call",
                view.call().id(),
                Map.of(
                        "code", view.call().code(),
                        "cutOff", String.valueOf(cutOff),
                        "by", view.whatIf().by(),
                        "weights", String.valueOf(trial.weights()),
                        "hours", String.valueOf(view.whatIf().hours()),
                        "percents", String.valueOf(trial.percents()),
                        "proposals", kept));
        return Outcome.done(kept);
    }

    /** What a ranking proposed for a proposal, where anything. */
    Optional<PanelTable.Proposed> proposed(ProposalId id) {
        return Optional.ofNullable(table.proposed(List.of(id)).get(id));
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
