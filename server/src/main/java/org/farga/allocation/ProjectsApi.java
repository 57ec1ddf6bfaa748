package org.farga.allocation;

import static java.util.Objects.requireNonNull;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.farga.allocation.AllocationsApi.AllocationJson;
import org.farga.people.Organisations;
import org.farga.people.People;
import org.farga.platform.Answer;
import org.farga.shared.Actor;
import org.farga.shared.AllocationId;
import org.farga.shared.OrganisationId;
import org.farga.shared.Page;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/projects")
class ProjectsApi {
    private final Projects projects;
    private final Allocations allocations;
    private final AllocationsApi json;
    private final People people;
    private final Organisations organisations;

    ProjectsApi(
            Projects projects,
            Allocations allocations,
            AllocationsApi json,
            People people,
            Organisations organisations) {
        this.projects = projects;
        this.allocations = allocations;
        this.json = json;
        this.people = people;
        this.organisations = organisations;
    }

    record ProjectMemberJson(PersonId person, String name, ProjectRole role) {}

    record ProjectJson(
            ProjectId id,
            String slug,
            String name,
            OrganisationId organisation,
            String organisationName,
            PersonId lead,
            String leadName,
            List<ProjectMemberJson> members,
            List<AllocationJson> allocations) {}

    record ProjectMemberChange(@Nullable ProjectRole role) {}

    @GetMapping
    Page<ProjectJson> list(
            Actor actor,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(required = false) @Nullable Integer limit) {
        Page<Project> page = projects.list(actor, cursor, limit);
        return new Page<>(json(page.items()), page.next());
    }

    @GetMapping("/{idOrSlug}")
    ProjectJson get(Actor actor, @PathVariable String idOrSlug) {
        return json(List.of(projects.get(actor, idOrSlug))).getFirst();
    }

    @PutMapping("/{idOrSlug}/members/{person}")
    ProjectJson putMember(
            Actor actor,
            @PathVariable String idOrSlug,
            @PathVariable PersonId person,
            @RequestBody(required = false) @Nullable ProjectMemberChange body) {
        ProjectRole role = body == null || body.role() == null ? ProjectRole.MEMBER : body.role();
        return json(List.of(Answer.of(projects.putMember(actor, idOrSlug, person, role))))
                .getFirst();
    }

    @DeleteMapping("/{idOrSlug}/members/{person}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void removeMember(Actor actor, @PathVariable String idOrSlug, @PathVariable PersonId person) {
        Answer.of(projects.removeMember(actor, idOrSlug, person));
    }

    private List<ProjectJson> json(Collection<Project> shown) {
        Map<ProjectId, List<Allocation>> held =
                allocations.ofProjects(shown.stream().map(Project::id).toList());
        Map<AllocationId, Suspension> suspensions = allocations.suspensions(
                held.values().stream().flatMap(List::stream).map(Allocation::id).toList());
        Map<PersonId, People.Summary> names = people.summaries(shown.stream()
                .flatMap(p -> p.members().stream())
                .map(ProjectMember::person)
                .distinct()
                .toList());
        Map<OrganisationId, Organisations.Summary> owners = organisations.summaries(
                shown.stream().map(Project::organisation).distinct().toList());
        return shown.stream()
                .map(p -> new ProjectJson(
                        p.id(),
                        p.slug(),
                        p.name(),
                        p.organisation(),
                        requireNonNull(owners.get(p.organisation())).name(),
                        p.lead(),
                        requireNonNull(names.get(p.lead())).name(),
                        p.members().stream()
                                .map(m -> new ProjectMemberJson(
                                        m.person(),
                                        requireNonNull(names.get(m.person())).name(),
                                        m.role()))
                                .toList(),
                        Stream.ofNullable(held.get(p.id()))
                                .flatMap(List::stream)
                                .map(a -> json.json(a, suspensions.get(a.id())))
                                .toList()))
                .toList();
    }
}
