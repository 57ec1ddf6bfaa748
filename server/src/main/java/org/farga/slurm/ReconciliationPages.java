package org.farga.slurm;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.Outcome;
import org.farga.shared.Page;
import org.farga.shared.Refusal;
import org.farga.slurm.Reconciliation.Mode;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** What Farga would change in Slurm or has changed, and the switch. */
@Controller
@RequestMapping("/clusters/{cluster}/slurm")
class ReconciliationPages {
    /** Of each kind on the whole plan's page; a kind's own pages have all. */
    private static final int MOST_OF_A_KIND = 20;

    private final Reconciliations reconciliations;
    private final Shells shells;

    ReconciliationPages(Reconciliations reconciliations, Shells shells) {
        this.reconciliations = reconciliations;
        this.shells = shells;
    }

    /** Changes of one kind: some of them, and how many there are. */
    record Group(PlanLine.Kind kind, List<PlanLine> lines, long all) {}

    /**
     * What is looked for in the plan.
     *
     * @param kind null for all kinds
     * @param words a part of an account's or a user's name; empty for all
     */
    record Search(
            PlanLine.@Nullable Kind kind,
            String words,
            @Nullable String cursor) {
        private static final Search NONE = new Search(null, "", null);

        boolean isNarrowed() {
            return kind != null || !words.isEmpty();
        }

        /** As a query, without the page. */
        String query() {
            return (kind == null ? "" : "&kind=" + kind.name())
                    + (words.isEmpty() ? "" : "&q=" + URLEncoder.encode(words, StandardCharsets.UTF_8));
        }
    }

    @GetMapping
    ModelAndView show(
            Actor actor,
            @PathVariable String cluster,
            @RequestParam(required = false) PlanLine.@Nullable Kind kind,
            @RequestParam(defaultValue = "") String q,
            @RequestParam(required = false) @Nullable String cursor,
            HttpServletRequest request) {
        return page(actor, cluster, new Search(kind, q.strip(), cursor), null, request);
    }

    @PostMapping("/reading")
    ModelAndView read(
            Actor actor, @PathVariable String cluster, HttpServletRequest request, RedirectAttributes redirect) {
        return answer(reconciliations.read(actor, cluster), "slurm.reading-asked", actor, cluster, request, redirect);
    }

    @PostMapping("/application")
    ModelAndView apply(
            Actor actor, @PathVariable String cluster, HttpServletRequest request, RedirectAttributes redirect) {
        return answer(
                reconciliations.apply(actor, cluster), "slurm.application-asked", actor, cluster, request, redirect);
    }

    @PostMapping("/mode")
    ModelAndView setMode(
            Actor actor,
            @PathVariable String cluster,
            @RequestParam Mode mode,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return answer(
                reconciliations.setMode(actor, cluster, mode),
                mode == Mode.APPLY ? "slurm.switched-on" : "slurm.switched-off",
                actor,
                cluster,
                request,
                redirect);
    }

    @GetMapping("/dump")
    ResponseEntity<String> dump(Actor actor, @PathVariable String cluster) {
        return ResponseEntity.ok()
                .contentType(new MediaType(MediaType.TEXT_PLAIN, StandardCharsets.UTF_8))
                .header(
                        "Content-Disposition",
                        "attachment; filename=\"" + cluster.replaceAll("[^A-Za-z0-9_-]", "_") + ".cfg\"")
                .body(reconciliations.dump(actor, cluster));
    }

    private ModelAndView answer(
            Outcome<?> outcome,
            String notice,
            Actor actor,
            String cluster,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return switch (outcome) {
            case Outcome.Done<?> done -> {
                redirect.addFlashAttribute(Shells.NOTICE, notice);
                redirect.addAttribute("cluster", cluster);
                yield new ModelAndView("redirect:/clusters/{cluster}/slurm");
            }
            case Outcome.Refused<?>(Refusal refusal) -> {
                ModelAndView page = page(actor, cluster, Search.NONE, refusal, request);
                page.setStatus(HttpStatus.FORBIDDEN);
                yield page;
            }
        };
    }

    private ModelAndView page(
            Actor actor, String cluster, Search search, @Nullable Refusal refusal, HttpServletRequest request) {
        Reconciliations.View view = reconciliations.get(actor, cluster);
        Map<PlanLine.Kind, Long> counts = reconciliations.planCounts(actor, cluster, search.words());
        Page<PlanLine> page = search.isNarrowed()
                ? reconciliations.plan(actor, cluster, search.kind(), search.words(), search.cursor(), null)
                : new Page<>(reconciliations.planByKinds(actor, cluster, MOST_OF_A_KIND), null);
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("view", view);
        model.put("acts", Reconciliations.mayAct(actor));
        model.put("search", search);
        model.put("counts", counts);
        model.put("groups", groups(page.items(), counts));
        model.put("page", page);
        if (refusal != null) {
            model.put("refusal", refusal);
        }
        return new ModelAndView("slurm/slurm", model);
    }

    static List<Group> groups(List<PlanLine> lines, Map<PlanLine.Kind, Long> counts) {
        Map<PlanLine.Kind, List<PlanLine>> kinds = lines.stream()
                .collect(Collectors.groupingBy(
                        PlanLine::kind, () -> new EnumMap<>(PlanLine.Kind.class), Collectors.toList()));
        return kinds.entrySet().stream()
                .map(e -> new Group(e.getKey(), e.getValue(), counts.getOrDefault(e.getKey(), 0L)))
                .toList();
    }
}
