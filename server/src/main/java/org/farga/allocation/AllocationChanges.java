package org.farga.allocation;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.farga.audit.AuditLog;
import org.farga.notification.Notifications;
import org.farga.shared.Actor;
import org.farga.shared.AllocationId;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.Period;
import org.farga.shared.PersonId;
import org.farga.shared.TimeOrderedUuid;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Changes allocations after their award: each change on record and audited, and told to the project's people. Whether one may be
 * made is for whoever calls, in whose transaction it happens; the allocation is locked. Slurm's limits follow within the time
 * between two looks of its reconciler.
 */
@Service
public class AllocationChanges {
    private final AllocationTable table;
    private final ProjectTable projects;
    private final AuditLog audit;
    private final Notifications notifications;
    private final Clock clock;

    AllocationChanges(
            AllocationTable table, ProjectTable projects, AuditLog audit, Notifications notifications, Clock clock) {
        this.table = table;
        this.projects = projects;
        this.audit = audit;
        this.notifications = notifications;
        this.clock = clock;
    }

    /**
     * Who wants a change and who let it happen.
     *
     * @param decidedBy null where the rules let it happen at once
     */
    public record By(
            Actor actor, PersonId askedBy, @Nullable PersonId decidedBy) {}

    /** Lets it end later. */
    @Transactional(propagation = Propagation.MANDATORY)
    public Allocation extend(AllocationId id, Instant endsAt, By by) {
        return change(lock(id), AllocationChange.Kind.EXTENDED, 0, 0, endsAt, null, by);
    }

    /** Lets it end now. */
    @Transactional(propagation = Propagation.MANDATORY)
    public Allocation end(AllocationId id, By by) {
        return change(lock(id), AllocationChange.Kind.ENDED, 0, 0, now(), null, by);
    }

    /** Gives it further hours. */
    @Transactional(propagation = Propagation.MANDATORY)
    public Allocation supplement(AllocationId id, GpuHours gpu, CpuHours cpu, By by) {
        Allocation locked = lock(id);
        return change(
                locked,
                AllocationChange.Kind.SUPPLEMENTED,
                gpu.milliseconds(),
                cpu.milliseconds(),
                locked.period().to(),
                null,
                by);
    }

    /** Takes hours away that were not used. */
    @Transactional(propagation = Propagation.MANDATORY)
    public Allocation giveBack(AllocationId id, GpuHours gpu, CpuHours cpu, By by) {
        Allocation locked = lock(id);
        return change(
                locked,
                AllocationChange.Kind.GIVEN_BACK,
                -gpu.milliseconds(),
                -cpu.milliseconds(),
                locked.period().to(),
                null,
                by);
    }

    /**
     * Moves hours to another cluster, where they are others by the rate between the two: onto the allocation of the same award
     * that ends there at the same time or later, or onto a new one with the same end. Answers that one.
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public Allocation move(
            AllocationId id, GpuHours gpu, CpuHours cpu, String cluster, GpuHours gpuThere, CpuHours cpuThere, By by) {
        Allocation from = lock(id);
        Instant now = now();
        Optional<Allocation> there = table.ofProjects(List.of(from.project())).stream()
                .filter(a -> a.cluster().equals(cluster) && a.proposal().equals(from.proposal()))
                .filter(a -> !a.period().to().isBefore(from.period().to()))
                .findFirst();
        Allocation to = there.isPresent()
                ? lock(there.get().id())
                : open(
                        from,
                        cluster,
                        GpuHours.ZERO,
                        CpuHours.ZERO,
                        new Period(later(now, from), from.period().to()));
        change(
                from,
                AllocationChange.Kind.MOVED_OUT,
                -gpu.milliseconds(),
                -cpu.milliseconds(),
                from.period().to(),
                to.id(),
                by);
        return change(
                to,
                AllocationChange.Kind.MOVED_IN,
                gpuThere.milliseconds(),
                cpuThere.milliseconds(),
                to.period().to(),
                from.id(),
                by);
    }

    /** Opens a further allocation of the same award on the same cluster. */
    @Transactional(propagation = Propagation.MANDATORY)
    public Allocation renew(AllocationId id, GpuHours gpu, CpuHours cpu, Period period, By by) {
        Allocation before = lock(id);
        Allocation renewed = open(before, before.cluster(), GpuHours.ZERO, CpuHours.ZERO, period);
        return change(
                renewed,
                AllocationChange.Kind.RENEWED,
                gpu.milliseconds(),
                cpu.milliseconds(),
                period.to(),
                before.id(),
                by);
    }

    /** What became of these, the first first. */
    public List<AllocationChange> of(Collection<AllocationId> ids) {
        return ids.isEmpty() ? List.of() : table.changes(ids);
    }

    private Allocation open(Allocation like, String cluster, GpuHours gpu, CpuHours cpu, Period period) {
        Allocation opened = new Allocation(
                AllocationId.create(),
                like.project(),
                cluster,
                gpu,
                cpu,
                period,
                false,
                like.proposal(),
                like.proposalCode(),
                like.callTitle());
        table.insert(opened);
        return opened;
    }

    private Allocation change(
            Allocation before,
            AllocationChange.Kind kind,
            long gpu,
            long cpu,
            Instant endsAt,
            @Nullable AllocationId other,
            By by) {
        Allocation after = new Allocation(
                before.id(),
                before.project(),
                before.cluster(),
                new GpuHours(Math.addExact(before.gpuHours().milliseconds(), gpu)),
                new CpuHours(Math.addExact(before.cpuHours().milliseconds(), cpu)),
                new Period(before.period().from(), endsAt),
                before.suspended(),
                before.proposal(),
                before.proposalCode(),
                before.callTitle());
        table.update(after);
        AllocationChange line = new AllocationChange(
                TimeOrderedUuid.next(),
                before.id(),
                now(),
                kind,
                gpu,
                cpu,
                before.period().to(),
                endsAt,
                other,
                by.askedBy(),
                by.decidedBy());
        table.insertChange(line);
        audit.record(
                by.actor(),
                "allocation." + kind.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                "allocation",
                before.id(),
                Map.of(
                        "cluster", after.cluster(),
                        "gpuHours", after.gpuHours(),
                        "cpuHours", after.cpuHours(),
                        "gpuHoursBefore", before.gpuHours(),
                        "cpuHoursBefore", before.cpuHours(),
                        "to", after.period().to(),
                        "proposal", after.proposalCode()));
        Project project = projects.find(after.project()).orElseThrow();
        notifications.tell(
                project.members().stream()
                        .map(ProjectMember::person)
                        .filter(p -> !p.equals(by.actor().person()))
                        .toList(),
                "allocation.told." + kind.name(),
                "/projects/" + project.slug(),
                project.name(),
                after.cluster());
        return after;
    }

    private Allocation lock(AllocationId id) {
        return table.lock(id).orElseThrow();
    }

    private static Instant later(Instant now, Allocation allocation) {
        Instant from = allocation.period().from();
        return from.isAfter(now) ? from : now;
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
