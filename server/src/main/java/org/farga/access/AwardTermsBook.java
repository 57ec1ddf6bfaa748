package org.farga.access;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.farga.audit.AuditLog;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.NotFoundException;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** What holds for awards of a call after they were made, which access officers say. */
@Service
class AwardTermsBook {
    private final AwardTermsTable table;
    private final Calls calls;
    private final AuditLog audit;
    private final Clock clock;

    AwardTermsBook(AwardTermsTable table, Calls calls, AuditLog audit, Clock clock) {
        this.table = table;
        this.calls = calls;
        this.audit = audit;
        this.clock = clock;
    }

    record OfCall(Call call, AwardTerms terms, boolean mayChange) {}

    /** Of a call that the actor may see; throws {@link NotFoundException}. */
    OfCall of(@Nullable Actor actor, String idOrCode) {
        Call call =
                calls.find(idOrCode).filter(c -> c.isVisibleTo(actor)).orElseThrow(() -> new NotFoundException("call"));
        return new OfCall(
                call,
                table.find(call.id()).orElse(AwardTerms.DEFAULT),
                actor != null && actor.is(CentreRole.ACCESS_OFFICER));
    }

    /** The clusters that a call grants time on. */
    static Set<String> clusters(Call call) {
        return call.rules().partitions().stream().map(Partition::cluster).collect(Collectors.toSet());
    }

    /** Says new ones; those from before stay on record. */
    @Transactional
    Outcome<OfCall> set(Actor actor, String idOrCode, @Nullable Long version, AwardTerms.NewTerms change) {
        OfCall now = of(actor, idOrCode);
        if (!now.mayChange()) {
            return Outcome.refused(Refusal.forbidden("access-officers-only"));
        }
        if (version != null && version != now.terms().version()) {
            return Outcome.refused(Refusal.stale());
        }
        Optional<Refusal> refusal = change.refusal(clusters(now.call()));
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        AwardTerms next = new AwardTerms(
                now.terms().version() + 1,
                requireNonNull(change.giveBackAtOnce()),
                requireNonNull(change.mostExtensionMonths()),
                requireNonNull(change.mostSupplementPercent()),
                requireNonNull(change.mostRenewals()),
                requireNonNull(change.rates()).stream()
                        .map(r -> requireNonNull(r))
                        .toList());
        if (!table.insert(now.call().id(), next, actor.person(), clock.instant().truncatedTo(ChronoUnit.MILLIS))) {
            return Outcome.refused(Refusal.stale());
        }
        audit.record(
                actor,
                "award-terms.set",
                "call",
                now.call().id(),
                Map.of("code", now.call().code(), "version", next.version(), "terms", List.of(next)));
        return Outcome.done(of(actor, idOrCode));
    }
}
