package org.farga.slurm;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.farga.allocation.Allocation;
import org.farga.allocation.Allocations;
import org.farga.audit.AuditLog;
import org.farga.platform.Cursor;
import org.farga.shared.Actor;
import org.farga.shared.AllocationId;
import org.farga.shared.CentreRole;
import org.farga.shared.Fields;
import org.farga.shared.NotFoundException;
import org.farga.shared.Outcome;
import org.farga.shared.Page;
import org.farga.shared.Refusal;
import org.farga.slurm.Reconciliation.Mode;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** What operators see and decide of the accounts and limits that Farga keeps in Slurm. */
@Service
class Reconciliations {
    private static final int MOST_WAITING = 200;

    private final ReconciliationTable table;
    private final UnixAccountTable unix;
    private final LadderTable ladders;
    private final Holdings holdings;
    private final Reconciler reconciler;
    private final Reconciling reconciling;
    private final Allocations allocations;
    private final AuditLog audit;
    private final Clock clock;

    Reconciliations(
            ReconciliationTable table,
            UnixAccountTable unix,
            LadderTable ladders,
            Holdings holdings,
            Reconciler reconciler,
            Reconciling reconciling,
            Allocations allocations,
            AuditLog audit,
            Clock clock) {
        this.table = table;
        this.unix = unix;
        this.ladders = ladders;
        this.holdings = holdings;
        this.reconciler = reconciler;
        this.reconciling = reconciling;
        this.allocations = allocations;
        this.audit = audit;
        this.clock = clock;
    }

    static boolean mayAct(Actor actor) {
        return actor.isAny(CentreRole.OPERATOR, CentreRole.ADMINISTRATOR);
    }

    static boolean mayRead(Actor actor) {
        return mayAct(actor) || actor.is(CentreRole.AUDITOR);
    }

    /**
     * A cluster as operators see it.
     *
     * @param kept whether this program was given the means to run Slurm's commands there
     * @param unixAccounts how many there are of each state
     * @param waiting those that the cluster does not know yet, the first of them
     */
    record View(
            Reconciliation state, boolean kept, Map<UnixAccount.State, Long> unixAccounts, List<UnixAccount> waiting) {}

    /** All clusters that are or were kept, by name; for operators, administrators and auditors. */
    List<View> list(Actor actor) {
        requireReader(actor);
        TreeSet<String> names = new TreeSet<>(reconciling.clusters());
        List<View> views = new ArrayList<>();
        names.forEach(name -> table.find(name).ifPresent(state -> views.add(view(state))));
        return views;
    }

    View get(Actor actor, String cluster) {
        requireReader(actor);
        return view(find(cluster));
    }

    /**
     * What must change in Slurm, as it was read last, in the order in which it would be.
     *
     * @param words a part of an account's or a user's name
     */
    Page<PlanLine> plan(
            Actor actor,
            String cluster,
            PlanLine.@Nullable Kind kind,
            @Nullable String words,
            @Nullable String cursor,
            @Nullable Integer limit) {
        requireReader(actor);
        find(cluster);
        Integer after = Cursor.decode(cursor, Integer::valueOf);
        int size = Cursor.size(limit);
        List<ReconciliationTable.Placed> found =
                table.plan(cluster, kind, words == null ? "" : words.strip(), after == null ? 0 : after, size + 1);
        List<PlanLine> lines =
                found.stream().limit(size).map(ReconciliationTable.Placed::line).toList();
        return new Page<>(
                lines,
                found.size() > size
                        ? Cursor.encode(String.valueOf(found.get(size - 1).position()))
                        : null);
    }

    /** How many changes of each kind the plan has, of those with such words in a name. */
    Map<PlanLine.Kind, Long> planCounts(Actor actor, String cluster, String words) {
        requireReader(actor);
        find(cluster);
        return table.planCounts(cluster, words);
    }

    /** The first changes of each kind. */
    List<PlanLine> planByKinds(Actor actor, String cluster, int ofEach) {
        requireReader(actor);
        find(cluster);
        return table.planByKinds(cluster, ofEach);
    }

    private View view(Reconciliation state) {
        String cluster = state.cluster();
        return new View(
                state,
                reconciling.clusters().contains(cluster),
                unix.counts(cluster),
                unix.waiting(cluster, MOST_WAITING));
    }

    private Reconciliation find(String cluster) {
        return table.find(cluster).orElseThrow(() -> new NotFoundException("cluster"));
    }

    /** Says whether Farga changes Slurm by itself. */
    @Transactional
    public Outcome<View> setMode(Actor actor, String cluster, @Nullable Mode mode) {
        requireReader(actor);
        Reconciliation state = find(cluster);
        Optional<Refusal> refusal = refusal(actor);
        if (refusal.isEmpty()) {
            refusal = new Fields().present("mode", mode).refusal();
        }
        if (refusal.isPresent() || mode == null) {
            return Outcome.refused(refusal.orElseThrow());
        }
        if (state.mode() != mode) {
            table.setMode(cluster, mode);
            audit.record(
                    actor,
                    mode == Mode.APPLY ? "slurm.switched-on" : "slurm.switched-off",
                    "cluster",
                    cluster,
                    Map.of("cluster", cluster));
            wantReading(cluster);
        }
        return Outcome.done(view(find(cluster)));
    }

    /** Asks for what Slurm has to be read and compared anew; that happens within seconds, outside of this request. */
    @Transactional
    public Outcome<View> read(Actor actor, String cluster) {
        requireReader(actor);
        find(cluster);
        Optional<Refusal> refusal = refusal(actor);
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        wantReading(cluster);
        return Outcome.done(view(find(cluster)));
    }

    private void wantReading(String cluster) {
        table.wantReading(cluster, clock.instant());
        reconciling.wakeAfterCommit();
    }

    /**
     * Asks for what must change to be changed once, whatever Farga does by itself; that happens within seconds, outside of this
     * request.
     */
    @Transactional
    public Outcome<View> apply(Actor actor, String cluster) {
        requireReader(actor);
        find(cluster);
        Optional<Refusal> refusal = refusal(actor);
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        table.wantApplication(cluster, actor.person(), clock.instant());
        audit.record(actor, "slurm.application-asked", "cluster", cluster, Map.of("cluster", cluster));
        reconciling.wakeAfterCommit();
        return Outcome.done(view(find(cluster)));
    }

    /** What the cluster should have for Farga's sake, as a file for {@code sacctmgr load}. */
    String dump(Actor actor, String cluster) {
        requireReader(actor);
        Reconciliation state = find(cluster);
        String slurmName = state.slurmName();
        return SlurmDump.write(slurmName == null ? cluster : slurmName, reconciler.desired(cluster));
    }

    private static Optional<Refusal> refusal(Actor actor) {
        return mayAct(actor) ? Optional.empty() : Optional.of(Refusal.forbidden("operators-only"));
    }

    private static void requireReader(Actor actor) {
        if (!mayRead(actor)) {
            throw new NotFoundException("cluster");
        }
    }

    // --- steps of one allocation

    /** How an allocation of a project that the actor sees stands to its budget's steps. */
    Holdings.Position ladder(Actor actor, AllocationId id) {
        return holdings.position(allocations.reach(actor, id).allocation());
    }

    /** Gives an allocation steps of its own; for operators, administrators and access officers. */
    @Transactional
    public Outcome<Holdings.Position> setLadder(
            Actor actor,
            AllocationId id,
            @Nullable Integer notice,
            @Nullable Integer slow,
            @Nullable Integer stop,
            @Nullable Integer carryOver) {
        Allocation allocation = allocations.reach(actor, id).allocation();
        if (!maySetLadder(actor)) {
            return Outcome.refused(Refusal.forbidden("ladder-by-centre-only"));
        }
        Optional<Refusal> refusal = Ladder.refusal(notice, slow, stop, carryOver);
        if (refusal.isPresent() || notice == null || slow == null || stop == null || carryOver == null) {
            return Outcome.refused(refusal.orElseThrow());
        }
        ladders.put(id, new Ladder(notice, slow, stop, carryOver), actor.person(), clock.instant());
        audit.record(
                actor,
                "allocation.ladder-set",
                "allocation",
                id,
                Map.of("notice", notice, "slow", slow, "stop", stop, "carryOver", carryOver));
        return Outcome.done(holdings.position(allocation));
    }

    /** Lets the centre's usual steps count for it again; where they do, nothing happens. */
    @Transactional
    public Outcome<Holdings.Position> resetLadder(Actor actor, AllocationId id) {
        Allocation allocation = allocations.reach(actor, id).allocation();
        if (!maySetLadder(actor)) {
            return Outcome.refused(Refusal.forbidden("ladder-by-centre-only"));
        }
        if (ladders.delete(id)) {
            audit.record(actor, "allocation.ladder-reset", "allocation", id, Map.of());
        }
        return Outcome.done(holdings.position(allocation));
    }

    static boolean maySetLadder(Actor actor) {
        return actor.isAny(CentreRole.OPERATOR, CentreRole.ADMINISTRATOR, CentreRole.ACCESS_OFFICER);
    }
}
