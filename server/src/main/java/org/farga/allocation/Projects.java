package org.farga.allocation;

import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.farga.audit.AuditLog;
import org.farga.notification.Notifications;
import org.farga.people.Organisations;
import org.farga.platform.Cursor;
import org.farga.shared.Actor;
import org.farga.shared.AllocationId;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.NotFoundException;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.Page;
import org.farga.shared.Period;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Opens projects and says who works in them. */
@Service
public class Projects {
    private final ProjectTable table;
    private final AllocationTable allocations;
    private final Organisations organisations;
    private final AuditLog audit;
    private final Notifications notifications;
    private final Clock clock;

    Projects(
            ProjectTable table,
            AllocationTable allocations,
            Organisations organisations,
            AuditLog audit,
            Notifications notifications,
            Clock clock) {
        this.table = table;
        this.allocations = allocations;
        this.organisations = organisations;
        this.audit = audit;
        this.notifications = notifications;
        this.clock = clock;
    }

    /** What an award gives: a project and its first allocation. */
    public record Award(
            String title,
            OrganisationId organisation,
            PersonId lead,
            ProposalId proposal,
            String proposalCode,
            String callTitle,
            String cluster,
            GpuHours gpuHours,
            CpuHours cpuHours,
            Period period) {}

    public record Summary(ProjectId id, String slug, String name, OrganisationId organisation, PersonId lead) {}

    /**
     * Opens the project with the lead as its first member and the allocation; in the transaction of the award. The same
     * proposal a second time is answered with the project that it opened.
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public ProjectId open(Award award) {
        Instant now = clock.instant();
        String wanted = Project.slug(award.title());
        for (int attempt = 1; attempt <= 1_000; attempt++) {
            Optional<ProjectId> opened = table.openedBy(award.proposal());
            if (opened.isPresent()) {
                return opened.get();
            }
            Project project = new Project(
                    ProjectId.create(),
                    attempt == 1 ? wanted : wanted + "-" + attempt,
                    award.title(),
                    award.organisation(),
                    award.proposal(),
                    now,
                    List.of());
            if (table.insert(project)) {
                settleIn(project, award, now);
                return project.id();
            }
        }
        throw new IllegalStateException("a thousand projects are called " + wanted);
    }

    private void settleIn(Project project, Award award, Instant now) {
        table.putMember(project.id(), award.lead(), ProjectRole.LEAD, now);
        Allocation allocation = new Allocation(
                AllocationId.create(),
                project.id(),
                award.cluster(),
                award.gpuHours(),
                award.cpuHours(),
                award.period(),
                false,
                award.proposal(),
                award.proposalCode(),
                award.callTitle());
        allocations.insert(allocation);
        audit.recordByRule(
                "project.opened",
                "project",
                project.id(),
                Map.of(
                        "name",
                        project.name(),
                        "organisation",
                        project.organisation(),
                        "proposal",
                        award.proposalCode()));
        audit.recordByRule(
                "allocation.granted",
                "allocation",
                allocation.id(),
                Map.of(
                        "project", project.id(),
                        "cluster", allocation.cluster(),
                        "gpuHours", allocation.gpuHours(),
                        "cpuHours", allocation.cpuHours(),
                        "from", allocation.period().from(),
                        "to", allocation.period().to(),
                        "proposal", award.proposalCode()));
    }

    /**
     * Makes these people members of a project that was there before Farga and is taken over; who is one stays what they are. In
     * the transaction of the take-over. Whoever does not belong to the organisation works in it only once they do.
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public void takeOver(Actor actor, ProjectId id, Collection<PersonId> people) {
        table.lock(id);
        Project project = table.find(id).orElseThrow(() -> new NotFoundException("project"));
        Instant now = clock.instant();
        for (PersonId person : people) {
            if (project.member(person).isEmpty()) {
                table.putMember(id, person, ProjectRole.MEMBER, now);
                audit.record(actor, "project.member-added", "project", id, Map.of("person", person));
            }
        }
    }

    /** Projects of which the actor is a member or whose organisation they own; all for the centre's staff. */
    public VisibleProjects visibleTo(Actor actor) {
        if (Project.seesAll(actor)) {
            return new VisibleProjects(true, Set.of());
        }
        Set<OrganisationId> belongsTo = actor.organisations().keySet();
        return new VisibleProjects(
                false,
                table.visible(
                        actor.person(),
                        belongsTo,
                        belongsTo.stream().filter(actor::isOwnerOf).toList()));
    }

    /** Projects of which the actor is a member, and so may run jobs in, whatever else they may see. */
    public Set<ProjectId> ofMember(Actor actor) {
        return table.visible(actor.person(), actor.organisations().keySet(), List.of());
    }

    /** Whether the actor is a member of the project, and so may run jobs in it. */
    public boolean isMember(Actor actor, ProjectId project) {
        return table.find(project).filter(p -> p.isWorkedInBy(actor)).isPresent();
    }

    /**
     * How an actor stands to a project that they see.
     *
     * @param member whether they work in it, and so may run jobs there
     */
    public record Standing(Summary project, boolean member) {}

    static Standing standing(Actor actor, Project project) {
        return new Standing(summary(project), project.isWorkedInBy(actor));
    }

    /** Whoever asks; throws {@link NotFoundException}. */
    public Summary summary(ProjectId project) {
        return table.find(project).map(Projects::summary).orElseThrow(() -> new NotFoundException("project"));
    }

    public Map<ProjectId, Summary> summaries(Collection<ProjectId> projects) {
        return projects.isEmpty()
                ? Map.of()
                : table.list(projects).stream()
                        .map(Projects::summary)
                        .collect(Collectors.toMap(Summary::id, Function.identity()));
    }

    /**
     * Who works in each of these projects, and so may run jobs there; whoever left the organisation does not. For all people
     * of a cluster at once.
     */
    public Map<ProjectId, Set<PersonId>> workers(Collection<ProjectId> projects) {
        if (projects.isEmpty()) {
            return Map.of();
        }
        List<Project> found = table.list(projects);
        Map<OrganisationId, Set<PersonId>> belonging =
                organisations.people(found.stream().map(Project::organisation).collect(Collectors.toSet()));
        Map<ProjectId, Set<PersonId>> workers = new HashMap<>();
        for (Project project : found) {
            Set<PersonId> people = belonging.getOrDefault(project.organisation(), Set.of());
            workers.put(
                    project.id(),
                    project.members().stream()
                            .map(ProjectMember::person)
                            .filter(people::contains)
                            .collect(Collectors.toSet()));
        }
        return workers;
    }

    /**
     * That somebody works in a project, or worked there.
     *
     * @param until when they left; null where they are there
     */
    public record Work(
            PersonId person,
            ProjectId project,
            String name,
            OrganisationId organisation,
            @Nullable Instant until) {}

    /** In which projects these people work, or worked until after an instant; whoever asks. */
    public List<Work> worked(Collection<PersonId> people, Instant since) {
        return people.isEmpty() ? List.of() : table.worked(people, since);
    }

    private static Summary summary(Project project) {
        return new Summary(project.id(), project.slug(), project.name(), project.organisation(), project.lead());
    }

    /** By its identifier or its slug, for those who may see it; throws {@link NotFoundException}. */
    public Summary visible(Actor actor, String idOrSlug) {
        return summary(get(actor, idOrSlug));
    }

    /** By its identifier or its slug, for those who may see it; throws {@link NotFoundException}. */
    Project get(Actor actor, String idOrSlug) {
        return uuid(idOrSlug)
                .flatMap(id -> table.find(new ProjectId(id)))
                .or(() -> table.find(idOrSlug))
                .filter(p -> p.isVisibleTo(actor))
                .orElseThrow(() -> new NotFoundException("project"));
    }

    Page<Project> list(Actor actor, @Nullable String cursor, @Nullable Integer limit) {
        int size = Cursor.size(limit);
        List<Project> rows = table.list(visibleTo(actor), Cursor.decode(cursor, ProjectId::valueOf), size + 1);
        return Cursor.page(rows, size, p -> p.id().toString());
    }

    /** Those in which the actor works themselves, newest first. */
    List<Project> workedInBy(Actor actor, int most) {
        Set<ProjectId> mine =
                table.visible(actor.person(), actor.organisations().keySet(), List.of());
        return table.list(new VisibleProjects(false, mine), null, most);
    }

    /** Makes a person of the organisation a member, or the lead; the lead before becomes a member. */
    @Transactional
    Outcome<Project> putMember(Actor actor, String idOrSlug, PersonId person, ProjectRole role) {
        table.lock(get(actor, idOrSlug).id());
        Project project = get(actor, idOrSlug);
        boolean belongs = organisations.people(project.organisation()).contains(person);
        Optional<Refusal> refusal = project.refusalToAdd(actor, belongs);
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        boolean there = project.member(person).filter(m -> m.role() == role).isPresent();
        if (there) {
            return Outcome.done(project);
        }
        if (project.lead().equals(person)) {
            return Outcome.refused(Refusal.conflict("lead-stays"));
        }
        Instant now = clock.instant();
        if (role == ProjectRole.LEAD) {
            table.putMember(project.id(), project.lead(), ProjectRole.MEMBER, now);
            table.putMember(project.id(), person, ProjectRole.LEAD, now);
            audit.record(
                    actor,
                    "project.lead-changed",
                    "project",
                    project.id(),
                    Map.of("from", project.lead(), "to", person));
            tell(List.of(person), "allocation.told.lead", project, actor);
        } else {
            table.putMember(project.id(), person, ProjectRole.MEMBER, now);
            audit.record(actor, "project.member-added", "project", project.id(), Map.of("person", person));
            tell(List.of(person), "allocation.told.member-added", project, actor);
        }
        return Outcome.done(get(actor, idOrSlug));
    }

    /** Takes a member out of the project; their jobs and what they made stay. */
    @Transactional
    Outcome<Boolean> removeMember(Actor actor, String idOrSlug, PersonId person) {
        table.lock(get(actor, idOrSlug).id());
        Project project = get(actor, idOrSlug);
        Optional<Refusal> refusal = project.refusalToRemove(actor, person);
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        if (project.member(person).isEmpty()) {
            throw new NotFoundException("project member");
        }
        table.removeMember(project.id(), person);
        audit.record(actor, "project.member-removed", "project", project.id(), Map.of("person", person));
        if (!person.equals(actor.person())) {
            tell(List.of(person), "allocation.told.member-removed", project, actor);
        }
        return Outcome.done(true);
    }

    private void tell(List<PersonId> people, String message, Project project, Actor actor) {
        List<PersonId> others =
                people.stream().filter(p -> !p.equals(actor.person())).toList();
        notifications.tell(others, message, "/projects/" + project.slug(), project.name(), actor.name());
    }

    private static Optional<UUID> uuid(String text) {
        try {
            return Optional.of(UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
