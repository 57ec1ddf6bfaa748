package org.farga.allocation;

import static java.util.Objects.requireNonNull;

import gg.jte.Content;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.farga.people.Organisations;
import org.farga.people.People;
import org.farga.platform.Answer;
import org.farga.platform.Shell;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.AllocationId;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.Page;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

@Controller
@RequestMapping("/projects")
class ProjectPages {
    private final Projects projects;
    private final Allocations allocations;
    private final People people;
    private final Organisations organisations;
    private final List<ProjectPanel> panels;
    private final Optional<BudgetBar> budgetBar;
    private final Shells shells;

    ProjectPages(
            Projects projects,
            Allocations allocations,
            People people,
            Organisations organisations,
            List<ProjectPanel> panels,
            ObjectProvider<BudgetBar> budgetBar,
            Shells shells) {
        this.projects = projects;
        this.allocations = allocations;
        this.people = people;
        this.organisations = organisations;
        this.panels = panels.stream()
                .sorted(Comparator.comparingInt(ProjectPanel::order))
                .toList();
        this.budgetBar = budgetBar.stream().findFirst();
        this.shells = shells;
    }

    /** A project in a list: with its organisation's name and its allocations. */
    record Row(Project project, String organisation, List<Allocation> allocations) {}

    /** An allocation as the page shows it: why it is held back, where it is, and how much of it is used. */
    record Budget(
            Allocation allocation,
            AllocationState state,
            @Nullable Suspension suspension,
            @Nullable Content bar) {}

    @GetMapping
    ModelAndView list(
            Actor actor, @RequestParam(required = false) @Nullable String cursor, HttpServletRequest request) {
        Page<Project> page = projects.list(actor, cursor, null);
        return new ModelAndView(
                "allocation/projects",
                Map.of("shell", shells.of(request), "page", new Page<>(rows(page.items()), page.next())));
    }

    private List<Row> rows(Collection<Project> shown) {
        Map<OrganisationId, Organisations.Summary> owners = organisations.summaries(
                shown.stream().map(Project::organisation).distinct().toList());
        Map<ProjectId, List<Allocation>> held =
                allocations.ofProjects(shown.stream().map(Project::id).toList());
        return shown.stream()
                .map(p -> new Row(
                        p, requireNonNull(owners.get(p.organisation())).name(), held.getOrDefault(p.id(), List.of())))
                .toList();
    }

    @GetMapping("/{idOrSlug}")
    ModelAndView show(Actor actor, @PathVariable String idOrSlug, HttpServletRequest request) {
        return show(actor, idOrSlug, null, request);
    }

    private ModelAndView show(Actor actor, String idOrSlug, @Nullable Refusal refusal, HttpServletRequest request) {
        Shell shell = shells.of(request);
        Project project = projects.get(actor, idOrSlug);
        List<Allocation> held = allocations.ofProject(project.id());
        Map<AllocationId, Suspension> suspensions =
                allocations.suspensions(held.stream().map(Allocation::id).toList());
        List<PersonId> colleagues = organisations.people(project.organisation());
        Map<PersonId, People.Summary> names = people.summaries(java.util.stream.Stream.concat(
                        project.members().stream().map(ProjectMember::person), colleagues.stream())
                .distinct()
                .toList());
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shell);
        model.put("project", project);
        model.put("organisation", organisations.summary(project.organisation()).name());
        model.put("names", names);
        model.put(
                "budgets",
                held.stream()
                        .map(a -> new Budget(
                                a,
                                a.state(shell.now()),
                                suspensions.get(a.id()),
                                budgetBar.map(b -> b.barFor(a, shell)).orElse(null)))
                        .toList());
        model.put(
                "addable",
                colleagues.stream()
                        .filter(p -> project.member(p).isEmpty())
                        .map(names::get)
                        .sorted(Comparator.comparing(People.Summary::name))
                        .toList());
        model.put("keeper", project.isKeptBy(actor));
        model.put("suspender", Suspension.isUpTo(actor));
        model.put(
                "panels",
                panels.stream()
                        .map(p -> p.panelFor(actor, project.id(), shell))
                        .flatMap(Optional::stream)
                        .toList());
        model.put("refusal", refusal);
        return Answer.page("allocation/project", model, refusal);
    }

    @PostMapping("/{idOrSlug}/members")
    ModelAndView addMember(
            Actor actor,
            @PathVariable String idOrSlug,
            @RequestParam PersonId person,
            @RequestParam(defaultValue = "MEMBER") ProjectRole role,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return answer(
                actor,
                projects.putMember(actor, idOrSlug, person, role),
                role == ProjectRole.LEAD ? "allocation.done.lead" : "allocation.done.member-added",
                idOrSlug,
                request,
                redirect);
    }

    @PostMapping("/{idOrSlug}/members/{person}/removal")
    ModelAndView removeMember(
            Actor actor,
            @PathVariable String idOrSlug,
            @PathVariable PersonId person,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        Outcome<Boolean> outcome = projects.removeMember(actor, idOrSlug, person);
        if (outcome instanceof Outcome.Done<Boolean> && actor.person().equals(person)) {
            // Whoever left may not see the page any more.
            redirect.addFlashAttribute(Shells.NOTICE, "allocation.done.left");
            return new ModelAndView("redirect:/projects");
        }
        return answer(actor, outcome, "allocation.done.member-removed", idOrSlug, request, redirect);
    }

    @PostMapping("/{idOrSlug}/allocations/{id}/suspension")
    ModelAndView suspend(
            Actor actor,
            @PathVariable String idOrSlug,
            @PathVariable AllocationId id,
            @RequestParam(required = false) @Nullable String reason,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return answer(
                actor,
                allocations.suspend(actor, id, reason),
                "allocation.done.suspended",
                idOrSlug,
                request,
                redirect);
    }

    @PostMapping("/{idOrSlug}/allocations/{id}/resumption")
    ModelAndView resume(
            Actor actor,
            @PathVariable String idOrSlug,
            @PathVariable AllocationId id,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return answer(actor, allocations.resume(actor, id), "allocation.done.resumed", idOrSlug, request, redirect);
    }

    private ModelAndView answer(
            Actor actor,
            Outcome<?> outcome,
            String notice,
            String idOrSlug,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return switch (outcome) {
            case Outcome.Done<?> done -> {
                redirect.addFlashAttribute(Shells.NOTICE, notice);
                // By the project's own slug, never by what was typed: the address goes into a header.
                yield new ModelAndView(
                        "redirect:/projects/" + projects.get(actor, idOrSlug).slug());
            }
            case Outcome.Refused<?>(Refusal refusal) -> show(actor, idOrSlug, refusal, request);
        };
    }
}
