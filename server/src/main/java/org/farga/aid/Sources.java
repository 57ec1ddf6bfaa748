package org.farga.aid;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.farga.aid.FundingSource.MarketValue;
import org.farga.audit.AuditLog;
import org.farga.shared.Actor;
import org.farga.shared.Fields;
import org.farga.shared.NotFoundException;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;
import org.farga.shared.TimeOrderedUuid;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Keeps the funding sources, their market values, what they pay, and the ceilings of de minimis aid. */
@Service
class Sources {
    private final SourceTable table;
    private final FundingTable fundings;
    private final List<FundedSubjects> subjects;
    private final AuditLog audit;
    private final Clock clock;

    Sources(
            SourceTable table,
            FundingTable fundings,
            @Lazy List<FundedSubjects> subjects,
            AuditLog audit,
            Clock clock) {
        this.table = table;
        this.fundings = fundings;
        this.subjects = subjects;
        this.audit = audit;
        this.clock = clock;
    }

    List<FundingSource> list(Actor actor) {
        AidRights.requireReader(actor);
        return table.list();
    }

    FundingSource get(Actor actor, UUID id) {
        AidRights.requireReader(actor);
        return table.find(id).orElseThrow(() -> new NotFoundException("funding-source"));
    }

    /** All by their identifiers, whoever asks. */
    Map<UUID, FundingSource> all() {
        return table.list().stream()
                .collect(Collectors.toMap(FundingSource::id, Function.identity(), (a, b) -> a, LinkedHashMap::new));
    }

    /** What somebody typed of a source. */
    record NewSource(
            @Nullable String code,
            @Nullable String name,
            FundingSource.@Nullable Kind kind,
            @Nullable String memberState,
            @Nullable String authority,
            @Nullable Regime regime,
            @Nullable Boolean active) {}

    @Transactional
    Outcome<FundingSource> add(Actor actor, NewSource typed) {
        AidRights.requireOfficer(actor);
        return source(actor, TimeOrderedUuid.next(), text(typed.code()).toUpperCase(Locale.ROOT), 1, List.of(), typed)
                .then(source -> {
                    if (!table.insert(source)) {
                        return Outcome.refused(Refusal.conflict("aid-code-taken", source.code()));
                    }
                    audit.record(actor, "funding-source.added", "funding-source", source.id(), details(source));
                    return Outcome.done(source);
                });
    }

    /** Changes all but the code; grants that were made keep what they were made under. */
    @Transactional
    Outcome<FundingSource> change(Actor actor, UUID id, long version, NewSource typed) {
        AidRights.requireOfficer(actor);
        FundingSource old = get(actor, id);
        if (old.version() != version) {
            return Outcome.refused(Refusal.stale());
        }
        return source(actor, id, old.code(), old.version(), old.values(), typed).then(source -> {
            if (!table.update(source)) {
                return Outcome.refused(Refusal.stale());
            }
            audit.record(actor, "funding-source.changed", "funding-source", id, details(source));
            return Outcome.done(get(actor, id));
        });
    }

    private Outcome<FundingSource> source(
            Actor actor, UUID id, String code, int version, List<MarketValue> values, NewSource typed) {
        Optional<Refusal> missing = new Fields()
                .present("kind", typed.kind())
                .present("regime", typed.regime())
                .refusal();
        if (missing.isPresent() || typed.kind() == null || typed.regime() == null) {
            return Outcome.refused(missing.orElseThrow());
        }
        FundingSource source = new FundingSource(
                id,
                code,
                text(typed.name()),
                typed.kind(),
                text(typed.memberState()).isEmpty()
                        ? null
                        : text(typed.memberState()).toUpperCase(Locale.ROOT),
                text(typed.authority()),
                typed.regime(),
                typed.active() == null || typed.active(),
                actor.person(),
                now(),
                version,
                values);
        Optional<Refusal> refusal = source.refusal();
        return refusal.isPresent() ? Outcome.refused(refusal.get()) : Outcome.done(source);
    }

    /** Sets what hours of a source are worth from a day on; its setter and time are given here. */
    @Transactional
    Outcome<FundingSource> setValue(Actor actor, UUID id, MarketValue typed) {
        AidRights.requireOfficer(actor);
        FundingSource source = get(actor, id);
        MarketValue value = new MarketValue(
                typed.since(),
                typed.until(),
                typed.gpuHourCents(),
                typed.cpuHourCents(),
                typed.evidence().strip(),
                actor.person(),
                now());
        Optional<Refusal> refusal = value.refusal();
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        if (!table.insert(id, value)) {
            return Outcome.refused(
                    Refusal.conflict("aid-value-exists", value.since().toString()));
        }
        audit.record(
                actor,
                "funding-source.valued",
                "funding-source",
                id,
                Map.of(
                        "code", source.code(),
                        "since", value.since().toString(),
                        "gpuHourCents", value.gpuHourCents().toPlainString(),
                        "cpuHourCents", value.cpuHourCents().toPlainString()));
        return Outcome.done(get(actor, id));
    }

    List<Ceiling> ceilings(Actor actor) {
        AidRights.requireReader(actor);
        return table.ceilings();
    }

    /** Sets the ceiling from a day on. Grants that were made stay. */
    @Transactional
    Outcome<Ceiling> setCeiling(Actor actor, Ceiling typed) {
        AidRights.requireOfficer(actor);
        Ceiling ceiling = new Ceiling(
                typed.since(),
                typed.until(),
                typed.cents(),
                typed.years(),
                typed.warningPercent(),
                typed.declarationDays(),
                typed.regulation().strip(),
                actor.person(),
                now());
        Optional<Refusal> refusal = ceiling.refusal();
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        if (!table.insert(ceiling)) {
            return Outcome.refused(
                    Refusal.conflict("aid-ceiling-exists", ceiling.since().toString()));
        }
        audit.record(
                actor,
                "aid-ceiling.set",
                "aid-ceiling",
                ceiling.since(),
                Map.of(
                        "since", ceiling.since().toString(),
                        "euros", Euro.of(ceiling.cents()).toPlainString(),
                        "years", String.valueOf(ceiling.years())));
        return Outcome.done(ceiling);
    }

    /** What the centre gives under, in the order of their modules. */
    List<FundedSubjects.Subject> subjects() {
        return subjects.stream().flatMap(s -> s.subjects().stream()).toList();
    }

    List<FundingTable.Plan> plans(Actor actor) {
        AidRights.requireReader(actor);
        return fundings.plans();
    }

    /** Says which sources pay what is awarded under a subject, from a day on. */
    @Transactional
    Outcome<FundingTable.Plan> setPlan(
            Actor actor, @Nullable String subject, @Nullable LocalDate since, List<FundingShare> shares) {
        AidRights.requireOfficer(actor);
        boolean known =
                subject != null && subjects().stream().anyMatch(s -> s.key().equals(subject));
        Optional<Refusal> refusal = new Fields()
                .rule("subject", known, "aid-subject")
                .present("since", since)
                .refusal()
                .or(() -> FundingShare.refusal(shares, active()));
        if (refusal.isPresent() || subject == null || since == null) {
            return Outcome.refused(refusal.orElseThrow());
        }
        FundingTable.Plan plan =
                new FundingTable.Plan(TimeOrderedUuid.next(), subject, since, shares, actor.person(), now());
        if (!fundings.insert(plan)) {
            return Outcome.refused(Refusal.conflict("aid-plan-exists", since.toString()));
        }
        audit.record(
                actor,
                "funding-plan.set",
                "funding-plan",
                plan.id(),
                Map.of("subject", subject, "since", since.toString(), "shares", inWords(shares)));
        return Outcome.done(plan);
    }

    /** Sources that may be named for something new. */
    Set<UUID> active() {
        return table.list().stream()
                .filter(FundingSource::active)
                .map(FundingSource::id)
                .collect(Collectors.toSet());
    }

    /** For the audit log: EU 60 %, ES 40 %. */
    String inWords(List<FundingShare> shares) {
        Map<UUID, FundingSource> known = all();
        return shares.stream()
                .map(s -> (known.containsKey(s.source())
                                ? known.get(s.source()).code()
                                : s.source().toString()) + " " + s.percent().toPlainString() + " %")
                .collect(Collectors.joining(", "));
    }

    private static String text(@Nullable String typed) {
        return typed == null ? "" : typed.strip();
    }

    private static Map<String, Object> details(FundingSource source) {
        return Map.of(
                "code", source.code(),
                "name", source.name(),
                "regime", source.regime().name(),
                "active", source.active() ? "yes" : "no");
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
