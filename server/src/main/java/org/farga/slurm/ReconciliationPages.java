package org.farga.slurm;

import jakarta.servlet.http.HttpServletRequest;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;
import org.farga.slurm.Reconciliation.Mode;
import org.farga.slurm.Reconciliation.Read;
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
    /** Of each kind; the API and the command line have all. */
    private static final int MOST_OF_A_KIND = 50;

    private final Reconciliations reconciliations;
    private final Shells shells;

    ReconciliationPages(Reconciliations reconciliations, Shells shells) {
        this.reconciliations = reconciliations;
        this.shells = shells;
    }

    /** Changes of one kind, and how many of those that were kept are not shown. */
    record Group(PlanLine.Kind kind, List<PlanLine> lines, int more) {}

    @GetMapping
    ModelAndView show(Actor actor, @PathVariable String cluster, HttpServletRequest request) {
        return page(actor, cluster, null, request);
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
                .contentType(new MediaType(MediaType.TEXT_PLAIN, java.nio.charset.StandardCharsets.UTF_8))
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
                ModelAndView page = page(actor, cluster, refusal, request);
                page.setStatus(HttpStatus.FORBIDDEN);
                yield page;
            }
        };
    }

    private ModelAndView page(Actor actor, String cluster, @Nullable Refusal refusal, HttpServletRequest request) {
        Reconciliations.View view = reconciliations.get(actor, cluster);
        Read read = view.state().read();
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("view", view);
        model.put("acts", Reconciliations.mayAct(actor));
        model.put("groups", read == null ? List.of() : groups(read.lines()));
        if (refusal != null) {
            model.put("refusal", refusal);
        }
        return new ModelAndView("slurm/slurm", model);
    }

    static List<Group> groups(List<PlanLine> lines) {
        Map<PlanLine.Kind, List<PlanLine>> kinds = lines.stream()
                .collect(Collectors.groupingBy(
                        PlanLine::kind, () -> new EnumMap<>(PlanLine.Kind.class), Collectors.toList()));
        return kinds.entrySet().stream()
                .map(e -> new Group(
                        e.getKey(),
                        e.getValue().stream().limit(MOST_OF_A_KIND).toList(),
                        Math.max(0, e.getValue().size() - MOST_OF_A_KIND)))
                .toList();
    }
}
