package org.farga.compute;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.farga.platform.Figures;
import org.farga.platform.HealthCheck;
import org.farga.platform.HealthFinding;
import org.farga.platform.HealthFinding.Remedy;
import org.farga.platform.HealthFinding.Severity;
import org.farga.slurm.SlurmClusterSettings;
import org.springframework.stereotype.Component;

/** Whether the clusters answer with all their nodes and GPUs, and jobs move from stage to stage. */
@Component
class ClusterCheck implements HealthCheck {
    private static final long GIB = 1L << 30;
    private static final Duration HANDED_OVER_WITHIN = Duration.ofMinutes(5);
    private static final Duration PAST_LIMIT = Duration.ofMinutes(10);

    private final Clusters clusters;
    private final JobTable jobs;
    private final Figures figures;
    private final SlurmClusterSettings settings;
    /** The most GPUs seen since this process started: fewer later means that some were lost. */
    private final Map<String, Integer> mostGpus = new HashMap<>();

    ClusterCheck(Clusters clusters, JobTable jobs, Figures figures, SlurmClusterSettings settings) {
        this.clusters = clusters;
        this.jobs = jobs;
        this.figures = figures;
        this.settings = settings;
        // From the start on they stand at nought: a collector takes a first sight for no increase.
        JobMeters.register();
    }

    @Override
    public String name() {
        return "clusters";
    }

    @Override
    public String title() {
        return "compute.check.clusters";
    }

    @Override
    public synchronized List<HealthFinding> look(Instant now) {
        List<HealthFinding> findings = new ArrayList<>();
        for (Clusters.Listed listed : clusters.list()) {
            judge(listed, now, findings);
        }
        settings.slurm().forEach((name, reach) -> {
            if (reach.folder() != null) {
                judge(name, reach.folder(), findings);
            }
        });
        JobTable.Progress progress = jobs.progress(now.minus(HANDED_OVER_WITHIN), now.minus(PAST_LIMIT));
        progress.live().forEach((stage, count) -> figures.set("farga.jobs", count, "stage", stage));
        figures.set("farga.jobs.stuck", progress.notHandedOver() + progress.pastLimit());
        if (progress.notHandedOver() > 0) {
            findings.add(HealthFinding.of(
                            Severity.WARNING,
                            "jobs-not-handed-over",
                            "compute.finding.jobs-not-handed-over",
                            progress.notHandedOver(),
                            HANDED_OVER_WITHIN.toMinutes())
                    .since(progress.oldestNotHandedOver())
                    .with(
                            new Remedy.Link("compute.check.see-jobs", "/jobs?state=PENDING"),
                            new Remedy.Link("compute.check.see-work", "/operations#failing")));
        }
        if (progress.pastLimit() > 0) {
            findings.add(HealthFinding.of(
                            Severity.WARNING,
                            "jobs-past-limit",
                            "compute.finding.jobs-past-limit",
                            progress.pastLimit(),
                            PAST_LIMIT.toMinutes())
                    .with(new Remedy.Link("compute.check.see-jobs", "/jobs?state=RUNNING")));
        }
        return findings;
    }

    /** Without room there no job can be handed over, and those that run cannot write. */
    private static void judge(String cluster, Path folder, List<HealthFinding> findings) {
        try {
            FileStore disk = Files.getFileStore(folder);
            long free = disk.getUsableSpace();
            if (free < disk.getTotalSpace() / 50 && free < 10 * GIB) {
                findings.add(HealthFinding.of(
                                Severity.CRITICAL,
                                "jobs-folder-full",
                                "compute.finding.jobs-folder-full",
                                cluster,
                                folder.toString(),
                                Math.round(free * 100.0 / GIB) / 100.0)
                        .about(cluster)
                        .with(new Remedy.Command("df -h " + folder)));
            }
        } catch (IOException e) {
            findings.add(HealthFinding.of(
                            Severity.CRITICAL,
                            "jobs-folder-away",
                            "compute.finding.jobs-folder-away",
                            cluster,
                            folder.toString(),
                            String.valueOf(e.getMessage()))
                    .about(cluster)
                    .with(new Remedy.Command("df -h " + folder)));
        }
    }

    private void judge(Clusters.Listed listed, Instant now, List<HealthFinding> findings) {
        String name = listed.name();
        Cluster cluster = listed.cluster();
        Clusters.Silence silent = clusters.silence(name).orElse(null);
        boolean answers = cluster != null
                && (silent == null || silent.since().plus(settings.silence()).isAfter(now));
        figures.set("farga.cluster.up", answers ? 1 : 0, "cluster", name);
        if (!listed.enabled()) {
            findings.add(HealthFinding.of(Severity.NOTICE, "cluster-closed", "compute.finding.cluster-closed", name)
                    .about(name));
        }
        if (cluster == null || !answers) {
            findings.add(HealthFinding.of(
                            Severity.CRITICAL,
                            "cluster-silent",
                            "compute.finding.cluster-silent",
                            name,
                            silent == null ? "?" : silent.complaint())
                    .about(name)
                    .since(silent == null ? null : silent.since())
                    .with(new Remedy.Command("farga clusters")));
            return;
        }
        long down = cluster.nodes().stream().filter(n -> !n.available()).count();
        int gpus = cluster.nodes().stream().mapToInt(n -> n.gpus().size()).sum();
        int most = mostGpus.merge(name, gpus, Math::max);
        figures.set("farga.cluster.nodes", cluster.nodes().size(), "cluster", name);
        figures.set("farga.cluster.nodes.down", down, "cluster", name);
        figures.set("farga.cluster.gpus", gpus, "cluster", name);
        figures.set("farga.cluster.gpus.lost", most - gpus, "cluster", name);
        if (down > 0) {
            findings.add(HealthFinding.of(
                            down == cluster.nodes().size() ? Severity.CRITICAL : Severity.WARNING,
                            "nodes-down",
                            "compute.finding.nodes-down",
                            name,
                            down,
                            cluster.nodes().size())
                    .about(name));
        }
        if (gpus < most) {
            findings.add(HealthFinding.of(
                            Severity.CRITICAL, "gpus-lost", "compute.finding.gpus-lost", name, most - gpus, most)
                    .about(name)
                    .with(new Remedy.Command("nvidia-smi"), new Remedy.Command("dmesg | grep -i xid | tail")));
        }
    }
}
