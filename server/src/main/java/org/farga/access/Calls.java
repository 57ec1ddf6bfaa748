package org.farga.access;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.farga.allocation.ClusterNames;
import org.farga.audit.AuditLog;
import org.farga.platform.Cursor;
import org.farga.platform.Settings;
import org.farga.shared.Actor;
import org.farga.shared.CallId;
import org.farga.shared.CentreRole;
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
    /** More than are ever open at once. */
    private static final int MOST_OPEN = 200;

    private final CallTable table;
    private final AttachmentTable attachmentTable;
    private final ClusterNames clusters;
    private final AuditLog audit;
    private final Settings settings;
    private final Clock clock;

    Calls(
            CallTable table,
            AttachmentTable attachmentTable,
            ClusterNames clusters,
            AuditLog audit,
            Settings settings,
            Clock clock) {
        this.table = table;
        this.attachmentTable = attachmentTable;
        this.clusters = clusters;
        this.audit = audit;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * By its identifier or its code. Anybody may see any call that is published, those who prepare them the others too. Throws
     * {@link NotFoundException}.
     */
    Call get(@Nullable Actor actor, String idOrCode) {
        return find(idOrCode).filter(call -> call.isVisibleTo(actor)).orElseThrow(() -> new NotFoundException("call"));
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

    Page<Call> list(@Nullable Actor actor, @Nullable String cursor, @Nullable Integer limit) {
        int size = Cursor.size(limit);
        return Cursor.page(
                table.list(seesAll(actor), Cursor.decode(cursor, CallId::valueOf), size + 1),
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
                call -> call.publishedAt() == null
                        ? Outcome.refused(Refusal.conflict("call-not-published", call.title()))
                        : call.state(now) == Call.State.CLOSED
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
                call -> call.publishedAt() == null
                        ? Outcome.refused(Refusal.conflict("call-not-published", call.title()))
                        : call.state(now) == Call.State.OPEN && call.closesAt() == null
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

    /** Changes what a call says of itself, and when it opens and closes. */
    @Transactional
    Outcome<Call> describe(Actor actor, CallId id, long version, Call.Change change) {
        return change(actor, id, version, "call.described", call -> call.with(change));
    }

    /** A new edition with the words and rules of one that there is; nobody else sees it until it is published. */
    @Transactional
    Outcome<Call> copy(Actor actor, String source, @Nullable String code, @Nullable String title) {
        Optional<Refusal> refusal = Call.refusalToRun(actor);
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        Call call = get(actor, source);
        return call.copy(code, title, now()).then(edition -> {
            if (table.find(edition.code()).isPresent()) {
                return Outcome.refused(Refusal.conflict("call-code-taken", edition.code()));
            }
            table.insert(edition, now(), actor.person());
            attachmentTable.copyLimit(call.id(), edition.id());
            audit.record(
                    actor, "call.created", "call", edition.id(), Map.of("call", edition.code(), "copyOf", call.code()));
            return Outcome.done(get(edition.id()));
        });
    }

    /** Shows a prepared edition to everybody. */
    @Transactional
    Outcome<Call> publish(Actor actor, CallId id, long version) {
        return change(
                actor,
                id,
                version,
                "call.published",
                call -> call.publishedAt() != null
                        ? Outcome.refused(Refusal.conflict("call-published-already", call.title()))
                        : Outcome.done(call.publish(now())));
    }

    /** All versions of a call's rules, the newest first. */
    List<CallTable.Version> versions(Call call) {
        return table.versions(call.id());
    }

    /** Whether the calls that take proposals now leave a size that none of them serves. */
    List<Coverage> coverage() {
        return Coverage.of(table.current(now(), MOST_OPEN), now(), settings.zone());
    }

    /** The calls that take proposals now, weighed by what somebody needs, the best first. */
    List<CallAdvice> advice(CallAdvice.Question question) {
        return CallAdvice.of(question, table.current(now(), MOST_OPEN), now(), settings.zone());
    }

    private static boolean seesAll(@Nullable Actor actor) {
        return actor != null && actor.isAny(CentreRole.ACCESS_OFFICER, CentreRole.AUDITOR);
    }

    private Outcome<Call> change(
            Actor actor, CallId id, long version, String action, Function<Call, Outcome<Call>> decision) {
        Call call = get(actor, id.toString());
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

    /**
     * The catalogue as a page shows it.
     *
     * @param current what takes proposals now, then what will, then what has no cut-off left; each in the modes' order
     * @param prepared for those who prepare them; none for others
     */
    record Catalogue(List<Call> current, List<Call> prepared, Page<Call> closed) {}

    Catalogue catalogue(@Nullable Actor actor, @Nullable String cursor) {
        Instant now = now();
        Page<Call> closed = Cursor.page(
                table.closed(now, Cursor.decode(cursor, CallId::valueOf), Cursor.DEFAULT_SIZE + 1),
                Cursor.DEFAULT_SIZE,
                call -> call.id().toString());
        // Further pages are of what is closed; the rest stands on the first.
        return cursor != null
                ? new Catalogue(List.of(), List.of(), closed)
                : new Catalogue(
                        table.current(now, MOST_OPEN).stream()
                                .sorted(Comparator.comparing((Call call) ->
                                                call.takes(now) ? 0 : call.state(now) == Call.State.PLANNED ? 1 : 2)
                                        .thenComparing(Call::mode)
                                        .thenComparing(Call::opensAt))
                                .toList(),
                        seesAll(actor)
                                ? table.prepared(MOST_OPEN).stream()
                                        .sorted(Comparator.comparing(Call::mode).thenComparing(Call::code))
                                        .toList()
                                : List.of(),
                        closed);
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
