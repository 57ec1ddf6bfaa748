package org.farga.access;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.farga.allocation.ClusterNames;
import org.farga.audit.AuditLog;
import org.farga.platform.Cursor;
import org.farga.shared.Actor;
import org.farga.shared.CallId;
import org.farga.shared.NotFoundException;
import org.farga.shared.Outcome;
import org.farga.shared.Page;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Shows calls to everybody; access officers open and close them and change their rules. */
@Service
class Calls {
    private final CallTable table;
    private final ClusterNames clusters;
    private final AuditLog audit;
    private final Clock clock;

    Calls(CallTable table, ClusterNames clusters, AuditLog audit, Clock clock) {
        this.table = table;
        this.clusters = clusters;
        this.audit = audit;
        this.clock = clock;
    }

    /** By its identifier or its code; anybody may see any call. Throws {@link NotFoundException}. */
    Call get(String idOrCode) {
        return find(idOrCode).orElseThrow(() -> new NotFoundException("call"));
    }

    Optional<Call> find(String idOrCode) {
        return uuid(idOrCode).flatMap(id -> table.find(new CallId(id))).or(() -> table.find(idOrCode));
    }

    Call get(CallId id) {
        return table.find(id).orElseThrow(() -> new NotFoundException("call"));
    }

    Map<CallId, Call> list(Collection<CallId> ids) {
        return ids.isEmpty()
                ? Map.of()
                : table.list(ids).stream().collect(Collectors.toMap(Call::id, Function.identity()));
    }

    Page<Call> list(@Nullable String cursor, @Nullable Integer limit) {
        int size = Cursor.size(limit);
        return Cursor.page(
                table.list(Cursor.decode(cursor, CallId::valueOf), size + 1),
                size,
                call -> call.id().toString());
    }

    /** Closes an open or planned call from now on; drafts under it stay but cannot be submitted. */
    @Transactional
    Outcome<Call> close(Actor actor, CallId id, long version) {
        Instant now = now();
        return change(
                actor,
                id,
                version,
                "call.closed",
                call -> call.state(now) == Call.State.CLOSED
                        ? Outcome.refused(Refusal.conflict("call-closed-already", call.title()))
                        : Outcome.done(call.close(now)));
    }

    /** Opens a closed or planned call from now on, without an end. */
    @Transactional
    Outcome<Call> open(Actor actor, CallId id, long version) {
        Instant now = now();
        return change(
                actor,
                id,
                version,
                "call.opened",
                call -> call.state(now) == Call.State.OPEN && call.closesAt() == null
                        ? Outcome.refused(Refusal.conflict("call-open-already", call.title()))
                        : Outcome.done(call.open(now)));
    }

    /** Makes a new version of the rules; what is submitted already stays under the version it was submitted under. */
    @Transactional
    Outcome<Call> changeRules(Actor actor, CallId id, long version, CallRules.Change change) {
        return change(
                actor,
                id,
                version,
                "call.rules-changed",
                call -> call.rules().with(change, clusters.all()).map(rules -> {
                    if (rules.equals(call.rules())) {
                        return call;
                    }
                    int next = call.rulesVersion() + 1;
                    table.insertRules(id, next, rules, now(), actor.person());
                    return call.under(next, rules);
                }));
    }

    private Outcome<Call> change(
            Actor actor, CallId id, long version, String action, Function<Call, Outcome<Call>> decision) {
        Call call = get(id);
        Optional<Refusal> refusal = Call.refusalToRun(actor);
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        if (call.version() != version) {
            return Outcome.refused(Refusal.stale());
        }
        return decision.apply(call).then(changed -> {
            if (changed.equals(call)) {
                return Outcome.done(call);
            }
            if (!table.update(changed)) {
                // Thrown, not answered, where rules were written already: the transaction must not keep them.
                throw new org.springframework.dao.OptimisticLockingFailureException("call " + id);
            }
            audit.record(
                    actor,
                    action,
                    "call",
                    id,
                    changed.rulesVersion() == call.rulesVersion()
                            ? Map.of("call", call.code())
                            : Map.of(
                                    "call", call.code(),
                                    "rulesVersion", changed.rulesVersion(),
                                    "before", call.rules(),
                                    "after", changed.rules()));
            return Outcome.done(get(id));
        });
    }

    List<Call> newest() {
        return table.list(null, Cursor.DEFAULT_SIZE);
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private static Optional<UUID> uuid(String text) {
        try {
            return Optional.of(UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
