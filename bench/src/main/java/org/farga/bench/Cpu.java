package org.farga.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Processor time that Farga, its PostgreSQL and the bench itself have used, in seconds. Linux only. */
record Cpu(double server, double database, double bench, double disk) {
    private static final double TICKS_PER_SECOND = 100;

    static Cpu now(Server server) throws IOException {
        long postmaster = server.databasePid();
        double database = ProcessHandle.of(postmaster)
                .map(p -> ticks(p.pid())
                        + p.descendants().mapToDouble(c -> ticks(c.pid())).sum())
                .orElse(0.0);
        return new Cpu(
                ticks(server.pid()) / TICKS_PER_SECOND,
                database / TICKS_PER_SECOND,
                ticks(ProcessHandle.current().pid()) / TICKS_PER_SECOND,
                ioWait() / TICKS_PER_SECOND);
    }

    Cpu since(Cpu before) {
        return new Cpu(server - before.server, database - before.database, bench - before.bench, disk - before.disk);
    }

    /** The share of one processor each took over so many seconds. */
    String of(double seconds) {
        return "server %.2f, PostgreSQL %.2f, client %.2f of %d processors; waiting for the disk %.2f"
                .formatted(
                        server / seconds,
                        database / seconds,
                        bench / seconds,
                        Runtime.getRuntime().availableProcessors(),
                        disk / seconds);
    }

    private static double ticks(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            // utime and stime, and those of children that were waited for (proc(5)).
            return Double.parseDouble(fields[11]) + Double.parseDouble(fields[12]);
        } catch (IOException e) {
            return 0;
        }
    }

    private static double ioWait() throws IOException {
        return Double.parseDouble(
                Files.readAllLines(Path.of("/proc/stat")).getFirst().trim().split("\\s+")[5]);
    }
}
