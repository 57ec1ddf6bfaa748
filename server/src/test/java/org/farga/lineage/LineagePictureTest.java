package org.farga.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineagePictureTest {
    private static LineageNode node(LineageKind kind, String id) {
        return new LineageNode(new LineageNode.Id(kind, id), kind.word() + " " + id, "", null);
    }

    private static LineageGraph.Edge edge(LineageNode from, LineageNode to) {
        return new LineageGraph.Edge(from.id(), to.id());
    }

    /** Three jobs of one allocation, each with its run; the runs' order is the jobs' turned round by their names. */
    private static LineageGraph graph(long seed) {
        LineageNode allocation = node(LineageKind.ALLOCATION, "a");
        List<LineageNode> nodes = new ArrayList<>(List.of(allocation));
        List<LineageGraph.Edge> edges = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            LineageNode job = node(LineageKind.JOB, String.valueOf(i));
            LineageNode run = node(LineageKind.RUN, String.valueOf(9 - i));
            nodes.addAll(List.of(job, run));
            edges.addAll(List.of(edge(allocation, job), edge(job, run)));
        }
        Collections.shuffle(nodes, new Random(seed));
        Collections.shuffle(edges, new Random(seed));
        return LineageGraph.of(
                allocation, nodes, edges, List.of(new LineageGraph.More(LineageKind.JOB, 240, true, "job:0")));
    }

    @Test
    void theSameGraphMakesTheSamePictureHoweverItWasFound() {
        assertThat(LineagePicture.of(graph(1))).isEqualTo(LineagePicture.of(graph(2)));
        assertThat(graph(1).edges()).isEqualTo(graph(3).edges());
    }

    @Test
    void whatSomethingCameFromStandsLeftOfItAndNothingOverlaps() {
        LineagePicture picture = LineagePicture.of(graph(1));
        for (LineagePicture.Box one : picture.boxes()) {
            assertThat(one.x() + LineagePicture.BOX_WIDTH).isLessThanOrEqualTo(picture.width());
            assertThat(one.y() + LineagePicture.BOX_HEIGHT).isLessThanOrEqualTo(picture.height());
            for (LineagePicture.Box other : picture.boxes()) {
                if (one != other && one.x() == other.x()) {
                    assertThat(Math.abs(one.y() - other.y())).isGreaterThanOrEqualTo(LineagePicture.BOX_HEIGHT);
                }
            }
        }
        assertThat(x(picture, LineageKind.ALLOCATION)).isLessThan(x(picture, LineageKind.JOB));
        assertThat(x(picture, LineageKind.JOB)).isLessThan(x(picture, LineageKind.RUN));
        assertThat(picture.boxes()).filteredOn(b -> b.more() != null).hasSize(1);
    }

    @Test
    void edgesDoNotCrossWhereTheyNeedNot() {
        LineagePicture picture = LineagePicture.of(graph(1));
        List<Integer> runs = picture.boxes().stream()
                .filter(b -> b.node() != null && b.node().id().kind() == LineageKind.RUN)
                .sorted(java.util.Comparator.comparingInt(LineagePicture.Box::y))
                .map(b -> 9 - Integer.parseInt(b.node().id().value()))
                .toList();
        List<Integer> jobs = picture.boxes().stream()
                .filter(b -> b.node() != null && b.node().id().kind() == LineageKind.JOB)
                .sorted(java.util.Comparator.comparingInt(LineagePicture.Box::y))
                .map(b -> Integer.parseInt(b.node().id().value()))
                .toList();
        assertThat(runs).isEqualTo(jobs);
    }

    @Test
    void anEdgeThatPassesAColumnPassesBetweenItsBoxes() {
        LineageNode project = node(LineageKind.PROJECT, "p");
        LineageNode allocation = node(LineageKind.ALLOCATION, "a");
        LineageNode job = node(LineageKind.JOB, "1");
        LineageNode ofJob = node(LineageKind.RUN, "1");
        LineageNode ofLaptop = node(LineageKind.RUN, "2");
        LineagePicture picture = LineagePicture.of(LineageGraph.of(
                project,
                List.of(project, allocation, job, ofJob, ofLaptop),
                List.of(edge(project, allocation), edge(allocation, job), edge(job, ofJob), edge(project, ofLaptop)),
                List.of()));
        String passing = picture.curves().stream()
                .map(LineagePicture.Curve::path)
                .filter(path -> path.contains("H"))
                .findFirst()
                .orElseThrow();
        assertThat(picture.curves()).filteredOn(c -> c.path().contains("H")).hasSize(1);
        for (LineageKind kind : List.of(LineageKind.ALLOCATION, LineageKind.JOB)) {
            LineagePicture.Box box = picture.boxes().stream()
                    .filter(b -> b.node() != null && b.node().id().kind() == kind)
                    .findFirst()
                    .orElseThrow();
            var at = java.util.regex.Pattern.compile(" " + box.x() + " (\\d+)H").matcher(passing);
            assertThat(at.find()).as(passing).isTrue();
            int y = Integer.parseInt(at.group(1));
            assertThat(y < box.y() || y > box.y() + LineagePicture.BOX_HEIGHT)
                    .as(passing)
                    .isTrue();
        }
    }

    @Test
    void theTreeNamesEachNodeOnceInFull() {
        LineageNode dataset = node(LineageKind.DATASET, "d");
        LineageNode version = node(LineageKind.DATASET_VERSION, "d@1");
        LineageNode agreement = node(LineageKind.AGREEMENT, "a");
        LineageNode job = node(LineageKind.JOB, "1");
        LineageGraph graph = LineageGraph.of(
                job,
                List.of(dataset, version, agreement, job),
                List.of(edge(dataset, version), edge(dataset, agreement), edge(version, job), edge(agreement, job)),
                List.of());
        assertThat(graph.origins()).hasSize(2);
        assertThat(graph.origins().get(0).below()).hasSize(1);
        assertThat(graph.origins().get(1).below().getFirst().again()).isTrue();
        assertThat(graph.results()).isEmpty();
    }

    @Test
    void anEdgeToWhatIsNotThereIsNot() {
        LineageNode job = node(LineageKind.JOB, "1");
        LineageNode hidden = node(LineageKind.AGREEMENT, "a");
        assertThat(LineageGraph.of(job, List.of(job), List.of(edge(hidden, job)), List.of())
                        .edges())
                .isEmpty();
    }

    private static int x(LineagePicture picture, LineageKind kind) {
        return picture.boxes().stream()
                .filter(b -> b.node() != null && b.node().id().kind() == kind)
                .findFirst()
                .orElseThrow()
                .x();
    }
}
