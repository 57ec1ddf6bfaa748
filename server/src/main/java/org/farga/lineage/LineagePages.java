package org.farga.lineage;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import org.farga.platform.Shell;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

@Controller
@RequestMapping("/lineage")
class LineagePages {
    private final Lineages lineages;
    private final Shells shells;

    LineagePages(Lineages lineages, Shells shells) {
        this.lineages = lineages;
        this.shells = shells;
    }

    @GetMapping("/{kind}/{id}")
    ModelAndView show(
            Actor actor,
            @PathVariable String kind,
            @PathVariable String id,
            @RequestParam(required = false) @Nullable String before,
            HttpServletRequest request) {
        LineageGraph graph = lineages.around(actor, kind, id, before);
        return new ModelAndView(
                "lineage/lineage",
                Map.of("shell", shells.of(request), "graph", graph, "picture", LineagePicture.of(graph)));
    }

    /** What tells a node from others of its name, in the reader's language. */
    static String detail(Shell shell, LineageNode node) {
        return node.id().kind() == LineageKind.RUN ? shell.t("models.state." + node.detail()) : node.detail();
    }

    /** As much of a text as fits into a box. */
    static String fitting(String text, int most) {
        return text.codePointCount(0, text.length()) <= most
                ? text
                : text.substring(0, text.offsetByCodePoints(0, most - 1)) + "…";
    }
}
