package org.farga.lineage;

import java.util.List;
import org.farga.shared.Actor;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/lineage")
class LineageApi {
    private final Lineages lineages;

    LineageApi(Lineages lineages) {
        this.lineages = lineages;
    }

    /**
     * A node; {@code kind} and {@code id} make the address of the graph around it, {@code page} is the page about it.
     * {@code deleted}: it is no longer offered, but something in the record rests on it.
     */
    record LineageNodeJson(
            String kind,
            String id,
            String title,
            String detail,
            @Nullable String page,
            boolean deleted) {
        static LineageNodeJson of(LineageNode node) {
            return new LineageNodeJson(
                    node.id().kind().word(),
                    node.id().value(),
                    node.title(),
                    node.detail(),
                    node.page(),
                    node.deleted());
        }
    }

    record LineageEndJson(String kind, String id) {
        static LineageEndJson of(LineageNode.Id id) {
            return new LineageEndJson(id.kind().word(), id.value());
        }
    }

    /** From one node to what came of it. */
    record LineageEdgeJson(LineageEndJson from, LineageEndJson to) {}

    /** How many more of a kind there are; {@code before} shows the next of them. */
    record LineageMoreJson(
            String kind, int count, boolean exact, @Nullable String before) {}

    record LineageGraphJson(
            LineageNodeJson centre,
            List<LineageNodeJson> nodes,
            List<LineageEdgeJson> edges,
            List<LineageMoreJson> more) {}

    /**
     * What one thing came from and what came of it. Kinds and identifiers: call, organisation, proposal, project, allocation,
     * agreement and run by their identifiers (a call also by its code), dataset by its slug, dataset-version as
     * {@code slug@number}, script by its SHA-256, job by its number, model as {@code identifier@version}.
     */
    @GetMapping("/{kind}/{id}")
    LineageGraphJson get(
            Actor actor,
            @PathVariable String kind,
            @PathVariable String id,
            @RequestParam(required = false) @Nullable String before) {
        LineageGraph graph = lineages.around(actor, kind, id, before);
        return new LineageGraphJson(
                LineageNodeJson.of(graph.centre()),
                graph.nodes().stream().map(LineageNodeJson::of).toList(),
                graph.edges().stream()
                        .map(e -> new LineageEdgeJson(LineageEndJson.of(e.from()), LineageEndJson.of(e.to())))
                        .toList(),
                graph.more().stream()
                        .map(m -> new LineageMoreJson(m.kind().word(), m.count(), m.exact(), m.next()))
                        .toList());
    }
}
