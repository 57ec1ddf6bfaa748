package org.farga.compute;

import jakarta.servlet.http.HttpServletRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.farga.platform.Shell;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.Page;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** What runs and waits on each cluster, and what of it is free. */
@Controller
@RequestMapping("/clusters")
class ClusterPages {
    private static final int MOST_WAITING = 100;

    private final Clusters clusters;
    private final ClusterViews views;
    private final Explanations explanations;
    private final Shells shells;

    ClusterPages(Clusters clusters, ClusterViews views, Explanations explanations, Shells shells) {
        this.clusters = clusters;
        this.views = views;
        this.explanations = explanations;
        this.shells = shells;
    }

    @GetMapping
    ModelAndView list(Actor actor, HttpServletRequest request) {
        List<Clusters.Listed> all = clusters.list();
        Map<String, ClusterView.Sums> sums = new HashMap<>();
        all.stream()
                .filter(one -> one.cluster() != null)
                .forEach(one -> views.sums(one.name()).ifPresent(found -> sums.put(one.name(), found)));
        return new ModelAndView("compute/clusters", Map.of("shell", shells.of(request), "clusters", all, "sums", sums));
    }

    @GetMapping("/{name}")
    ModelAndView show(
            Actor actor,
            @PathVariable String name,
            @RequestParam(required = false) @Nullable String cursor,
            HttpServletRequest request) {
        Clusters.Listed listed = views.get(name);
        Shell shell = shells.of(request);
        ClusterView view = views.view(actor, listed.name()).orElse(null);
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shell);
        model.put("cluster", listed);
        model.put(
                "seesAccounts",
                listed.scheduler().equals("SLURM")
                        && actor.isAny(CentreRole.OPERATOR, CentreRole.ADMINISTRATOR, CentreRole.AUDITOR));
        model.put("seesAll", views.seesAll(actor));
        model.put("view", view);
        model.put("waits", views.waits(listed.name()));
        if (view != null) {
            List<ClusterView.Row> queue =
                    view.queue().stream().limit(MOST_WAITING).toList();
            model.put("nodes", ClusterViews.page(view.nodes(), cursor, null));
            model.put("queue", queue);
            model.put("unshown", view.queue().size() - queue.size());
            model.put("told", explanations.of(ClusterViews.jobs(queue), shell.language()));
            Map<String, String> others = new HashMap<>();
            for (ClusterView.Row row : queue) {
                if (row instanceof ClusterView.Row.One(ClusterView.Shown shown) && shown.job() == null) {
                    others.put(
                            shown.engine().name(),
                            explanations.why(shown.engine(), view.occupancy(), shell.language()));
                }
            }
            model.put("others", others);
        } else {
            model.put("nodes", new Page<>(List.of(), null));
            model.put("queue", List.of());
            model.put("unshown", 0);
            model.put("told", Map.of());
            model.put("others", Map.of());
        }
        return new ModelAndView("compute/cluster", model);
    }
}
