package org.farga.operations;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.farga.platform.Figures;
import org.farga.platform.HealthCheck;
import org.farga.platform.HealthFinding;
import org.farga.platform.HealthFinding.Remedy;
import org.farga.platform.HealthFinding.Severity;
import org.farga.platform.Settings;
import org.springframework.stereotype.Component;

/** Whether there is room on the disks that hold what Farga keeps: space and inodes. */
@Component
class DiskCheck implements HealthCheck {
    private static final long GIB = 1L << 30;

    private final Path data;
    private final Figures figures;

    DiskCheck(Settings settings, Figures figures) {
        this.data = settings.data().toAbsolutePath().normalize();
        this.figures = figures;
    }

    @Override
    public String name() {
        return "disk";
    }

    @Override
    public String title() {
        return "operations.check.disk";
    }

    /** One disk and the first of our folders on it; sizes in bytes. */
    record Disk(Path folder, long total, long free) {}

    /**
     * How bad this much free space is: critical below 1 GiB, or below 2 % where that is less than 10 GiB; a warning below
     * 5 GiB, or below 10 % where that is less than 50 GiB; nothing otherwise. The private PostgreSQL stops writing when
     * nothing is left.
     */
    static Optional<Severity> judge(long total, long free) {
        if (free < GIB || (free < total / 50 && free < 10 * GIB)) {
            return Optional.of(Severity.CRITICAL);
        }
        if (free < 5 * GIB || (free < total / 10 && free < 50 * GIB)) {
            return Optional.of(Severity.WARNING);
        }
        return Optional.empty();
    }

    @Override
    public List<HealthFinding> look(Instant now) {
        List<HealthFinding> findings = new ArrayList<>();
        for (Disk disk : disks()) {
            String folder = disk.folder().toString();
            figures.set("farga.disk.total.bytes", disk.total(), "folder", folder);
            figures.set("farga.disk.free.bytes", disk.free(), "folder", folder);
            judge(disk.total(), disk.free())
                    .ifPresent(severity -> findings.add(HealthFinding.of(
                                    severity,
                                    "disk-full",
                                    "operations.finding.disk-full",
                                    folder,
                                    Math.round(disk.free() * 100.0 / GIB) / 100.0,
                                    Math.round(disk.total() * 100.0 / GIB) / 100.0)
                            .about(folder)
                            .with(
                                    new Remedy.Command("du -xh --max-depth=2 " + data + " | sort -h | tail -n 20"),
                                    new Remedy.Command("df -h " + data))));
            inodesFreeShare(disk.folder()).ifPresent(share -> {
                figures.set("farga.disk.inodes.free.ratio", share, "folder", folder);
                if (share < 0.05) {
                    findings.add(HealthFinding.of(
                                    share < 0.01 ? Severity.CRITICAL : Severity.WARNING,
                                    "inodes-full",
                                    "operations.finding.inodes-full",
                                    folder,
                                    Math.round(share * 1000) / 10.0)
                            .about(folder)
                            .with(new Remedy.Command("df -i " + data)));
                }
            });
        }
        return findings;
    }

    private List<Disk> disks() {
        Map<String, Disk> disks = new LinkedHashMap<>();
        for (String part : List.of("", "postgres", "datasets", "runs", "cluster", "log")) {
            Path folder = part.isEmpty() ? data : data.resolve(part);
            try {
                if (Files.isDirectory(folder)) {
                    FileStore store = Files.getFileStore(folder);
                    long total = store.getTotalSpace();
                    disks.putIfAbsent(store + " " + total, new Disk(folder, total, store.getUsableSpace()));
                }
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
        return List.copyOf(disks.values());
    }

    /** The share of inodes that is free, from df, because Java cannot tell; empty where the disk does not count them. */
    private static Optional<Double> inodesFreeShare(Path folder) {
        try {
            Process df = new ProcessBuilder("df", "--output=itotal,iavail", folder.toString())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (BufferedReader out = df.inputReader()) {
                if (!df.waitFor(5, TimeUnit.SECONDS)) {
                    df.destroyForcibly();
                    return Optional.empty();
                }
                List<String> lines = out.lines().toList();
                if (df.exitValue() != 0 || lines.size() < 2) {
                    return Optional.empty();
                }
                String[] numbers = lines.get(1).strip().split("\\s+");
                long total = Long.parseLong(numbers[0]);
                return total == 0 ? Optional.empty() : Optional.of(Long.parseLong(numbers[1]) / (double) total);
            }
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
