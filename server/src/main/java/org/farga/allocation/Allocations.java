package org.farga.allocation;

import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.farga.audit.AuditLog;
import org.farga.notification.Notifications;
import org.farga.shared.Actor;
import org.farga.shared.AllocationId;
import org.farga.shared.NotFoundException;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** What other modules ask of allocations, and what the centre does to hold one back. */
@Service
public class Allocations {
    private final AllocationTable table;
    private final ProjectTable projects;
    private final AuditLog audit;
    private final Notifications notifications;
    private final Clock clock;

    Allocations(
            AllocationTable table, ProjectTable projects, AuditLog audit, Notifications notifications, Clock clock) {
        this.table = table;
        this.projects = projects;
        this.audit = audit;
        this.notifications = notifications;
        this.clock = clock;
    }

    /** Whoever asks; throws {@link NotFoundException}. */
    public Allocation get(AllocationId id) {
        return table.find(id).orElseThrow(() -> new NotFoundException("allocation"));
    }

    /** An allocation with its project as it was read. */
    record InProject(Allocation allocation, Project project) {}

    /** An allocation, and how an actor stands to its project, which they see. */
    public record Reached(Allocation allocation, Projects.Standing project) {}

    /** One of a project that the actor sees; throws {@link NotFoundException}. */
    public Reached reach(Actor actor, AllocationId id) {
        return table.findInProject(id)
                .filter(found -> found.project().isVisibleTo(actor))
                .map(found -> new Reached(found.allocation(), Projects.standing(actor, found.project())))
                .orElseThrow(() -> new NotFoundException("allocation"));
    }

    /** The same, with its row locked until the end of the transaction: budget checks on it happen one after another. */
    @Transactional(propagation = Propagation.MANDATORY)
    public Allocation lock(AllocationId id) {
        return table.lock(id).orElseThrow(() -> new NotFoundException("allocation"));
    }

    /** Many at once, by their identifiers; those that are not there are left out. */
    public Map<AllocationId, Allocation> list(Collection<AllocationId> ids) {
        return ids.isEmpty()
                ? Map.of()
                : table.list(ids).stream().collect(Collectors.toMap(Allocation::id, Function.identity()));
    }

    /** Those of an award, whoever asks, the earliest first. */
    public List<Allocation> ofProposal(ProposalId proposal) {
        return table.ofProposal(proposal);
    }

    /** Those of a project, newest first. */
    public List<Allocation> ofProject(ProjectId project) {
        return table.ofProjects(List.of(project));
    }

    /** Those of many projects, newest first within each. */
    public Map<ProjectId, List<Allocation>> ofProjects(Collection<ProjectId> ids) {
        return ids.isEmpty()
                ? Map.of()
                : table.ofProjects(ids).stream().collect(Collectors.groupingBy(Allocation::project));
    }

    /** Those of all projects of an organisation, newest first, whoever asks. */
    public List<Allocation> ofOrganisation(OrganisationId organisation) {
        return table.ofOrganisation(organisation);
    }

    /** All there are, newest first, whoever asks. */
    public List<Allocation> all() {
        return table.all();
    }

    /** All on a cluster, the earliest first, whatever their state; for what keeps the cluster in step. */
    public List<Allocation> onCluster(String cluster) {
        return table.onCluster(cluster);
    }

    /** One of a project that the actor may see; throws {@link NotFoundException}. */
    Allocation get(Actor actor, AllocationId id) {
        Allocation allocation = get(id);
        projectOf(actor, allocation);
        return allocation;
    }

    Map<AllocationId, Suspension> suspensions(Collection<AllocationId> ids) {
        return ids.isEmpty() ? Map.of() : table.suspensions(ids);
    }

    /** Holds an allocation back: no further job starts on it until that is lifted. The project's people are told why. */
    @Transactional
    public Outcome<Allocation> suspend(Actor actor, AllocationId id, @Nullable String reason) {
        Project project = projectOf(actor, get(id));
        Optional<Refusal> refusal = Suspension.refusal(actor, reason);
        if (refusal.isPresent() || reason == null) {
            return Outcome.refused(refusal.orElseThrow());
        }
        if (lock(id).suspended()) {
            return Outcome.refused(Refusal.conflict("allocation-suspended"));
        }
        table.insertSuspension(id, new Suspension(reason.strip(), actor.person(), clock.instant(), false));
        audit.record(actor, "allocation.suspended", "allocation", id, Map.of("reason", reason.strip()));
        tell(project, "allocation.told.suspended", reason.strip());
        return Outcome.done(get(id));
    }

    /** Lifts the suspension; where there is none, nothing happens. */
    @Transactional
    public Outcome<Allocation> resume(Actor actor, AllocationId id) {
        Project project = projectOf(actor, get(id));
        if (!Suspension.isUpTo(actor)) {
            return Outcome.refused(Refusal.forbidden("suspension-by-centre-only"));
        }
        if (lock(id).suspended()) {
            table.liftSuspension(id, actor.person(), clock.instant());
            audit.record(actor, "allocation.resumed", "allocation", id, Map.of());
            tell(project, "allocation.told.resumed", "");
        }
        return Outcome.done(get(id));
    }

    private void tell(Project project, String message, String reason) {
        List<PersonId> people =
                project.members().stream().map(ProjectMember::person).toList();
        Object[] arguments =
                Stream.of(project.name(), reason).filter(a -> !a.isEmpty()).toArray();
        notifications.tell(people, message, "/projects/" + project.slug(), arguments);
    }

    private Project projectOf(Actor actor, Allocation allocation) {
        return projects.find(allocation.project())
                .filter(p -> p.isVisibleTo(actor))
                .orElseThrow(() -> new NotFoundException("allocation"));
    }
}
