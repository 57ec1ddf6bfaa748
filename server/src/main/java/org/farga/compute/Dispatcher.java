package org.farga.compute;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.farga.shared.JobId;
import org.jspecify.annotations.Nullable;

/**
 * Starts waiting jobs as the machine has room, and finds those whose supervisor died. Of all Fargas that share a folder
 * one does this; it knows nothing that the folder does not say, so another can take over at any time.
 *
 * <p>First come, first served: nothing overtakes the first job that waits, because on one machine a job that asks for
 * most of it would otherwise wait for as long as small ones keep coming.
 */
final class Dispatcher implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Dispatcher.class.getName());
    private static final Duration TICK = Duration.ofMillis(200);
    private static final Duration TAKEOVER = Duration.ofSeconds(1);
    /** Looks between two that read every waiting job's notes. */
    private static final int THOROUGHLY = 50;
    /** A supervisor beats once a second; in a container another's process number may not be seen at all. */
    private static final Duration SILENCE = Duration.ofSeconds(4);
    /** From a claim to the supervisor's first note, on a machine that is very busy. */
    private static final Duration SLOW_START = Duration.ofSeconds(30);

    private final JobFolders folders;
    private final Machine machine;
    private final Launch launch;
    private final Clock clock;
    private final HolderLock lock;
    private final Thread thread;
    private volatile boolean closed;

    private final Map<JobId, JobFolder.Claim> claims = new HashMap<>();
    private int looks;

    /** Since when (nanoseconds) a job's note has said the same; what a job says is its heartbeat or its silence. */
    private final Map<JobId, Silence> silences = new HashMap<>();

    private record Silence(String said, long sinceNanos) {}

    Dispatcher(JobFolders folders, Machine machine, Launch launch, Clock clock) {
        this.folders = folders;
        this.machine = machine;
        this.launch = launch;
        this.clock = clock;
        this.lock = new HolderLock(folders.root().resolve("lock"));
        this.thread = Thread.ofPlatform().daemon().name("farga-jobs").unstarted(this::work);
    }

    void start() {
        thread.start();
    }

    /** Looks for work now rather than at the next tick. */
    void wake() {
        LockSupport.unpark(thread);
    }

    /** Stops starting jobs; those that run go on. */
    @Override
    public void close() throws IOException {
        closed = true;
        wake();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        lock.close();
    }

    private void work() {
        while (!closed) {
            try {
                if (lock.hold()) {
                    look();
                    LockSupport.parkNanos(TICK.toNanos());
                } else {
                    looks = 0;
                    LockSupport.parkNanos(TAKEOVER.toNanos());
                }
            } catch (IOException | RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "the job folder cannot be worked on; trying again", e);
                LockSupport.parkNanos(TAKEOVER.toNanos());
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void look() throws IOException, InterruptedException {
        // A claim is never unwritten, so it is read once; those of jobs cancelled in the queue are found now and then.
        boolean thoroughly = looks++ % THOROUGHLY == 0;
        List<JobFolder> waiting = new ArrayList<>();
        Set<JobId> active = new HashSet<>();
        for (JobFolder job : folders.active()) {
            active.add(job.id());
            try {
                if (thoroughly && !claims.containsKey(job.id())) {
                    JobFolder.Claim claim = job.claim();
                    if (claim != null) {
                        claims.put(job.id(), claim);
                    }
                }
                JobFolder.Claim claim = claims.get(job.id());
                if (claim == null) {
                    waiting.add(job);
                } else {
                    follow(job, claim);
                }
            } catch (IOException | RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "job " + job.id() + " cannot be followed", e);
            }
        }
        claims.keySet().retainAll(active);
        silences.keySet().retainAll(active);
        startInTurn(waiting);
    }

    private void follow(JobFolder job, JobFolder.Claim claim) throws IOException, InterruptedException {
        if (job.hasEnded() || !job.exists()) { // without its folder nothing more can be known of it
            folders.retire(job);
            claims.remove(job.id());
        } else if (claim.cancelled()) {
            job.end(cancelledInTheQueue(clock.instant())); // its canceller died between the two notes
        } else {
            endIfLost(job);
        }
    }

    private void startInTurn(List<JobFolder> waiting) {
        for (JobFolder job : waiting) {
            try {
                if (!job.exists()) {
                    continue;
                }
                JobOrder order = job.order();
                JobFolder.Claim claim = fit(order.resources());
                if (claim == null || closed) {
                    return;
                }
                if (job.claim(claim)) {
                    claims.put(job.id(), claim);
                    start(job, order, claim);
                }
            } catch (IOException | RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "job " + job.id() + " cannot be started", e);
            }
        }
    }

    /** What the job would get of what the others leave; null when that is not enough. */
    private JobFolder.@Nullable Claim fit(Resources wanted) {
        Free free = Free.of(machine, claims.values());
        if (wanted.exclusive()) {
            return claims.values().stream().allMatch(JobFolder.Claim::cancelled)
                    ? new JobFolder.Claim(false, free.cpus(), free.gpus(), wanted.memoryMebibytes(), machine.name())
                    : null;
        }
        List<Integer> gpus = machine.gpus().stream()
                .filter(gpu -> wanted.takes(gpu.model()) && free.gpus().contains(gpu.index()))
                .map(Cluster.Gpu::index)
                .toList();
        if (wanted.cpus() > free.cpus().size()
                || wanted.memoryMebibytes() > free.memoryMebibytes()
                || wanted.gpus() > gpus.size()) {
            return null;
        }
        return new JobFolder.Claim(
                false,
                free.cpus().subList(0, wanted.cpus()),
                gpus.subList(0, wanted.gpus()),
                wanted.memoryMebibytes(),
                machine.name());
    }

    private void start(JobFolder job, JobOrder order, JobFolder.Claim claim) throws IOException {
        try {
            launch.start(job, order, claim);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.ERROR, "job " + job.id() + " cannot be started", e);
            if (job.giveUpStart()) {
                job.end(new JobFolder.End(
                        JobState.FAILED, "JobLaunchFailure", clock.instant(), null, new Measured(null, null)));
            }
        }
    }

    /** Ends a job whose supervisor is gone without a word: the machine, or someone on it, ended it. */
    private void endIfLost(JobFolder job) throws IOException, InterruptedException {
        JobFolder.Start start = job.start();
        JobFolder.Heartbeat heartbeat = job.heartbeat();
        String said = start == null ? "" : start + " " + heartbeat;
        Silence silence = silences.get(job.id());
        if (silence == null || !silence.said().equals(said)) {
            silences.put(job.id(), new Silence(said, System.nanoTime()));
            return;
        }
        Duration patience = start == null ? SLOW_START : SILENCE;
        boolean silent = System.nanoTime() - silence.sinceNanos() >= patience.toNanos();
        if (!silent || (start != null && isAlive(start))) {
            return;
        }
        if (start == null && !job.giveUpStart()) {
            return;
        }
        launch.sweep(job);
        Instant at = start == null ? clock.instant() : start.at().plusMillis(heartbeat.elapsedMilliseconds());
        String reason = start == null ? "JobLaunchFailure" : "NodeFail";
        job.end(new JobFolder.End(JobState.NODE_FAIL, reason, at, null, heartbeat.measured()));
        LOG.log(System.Logger.Level.WARNING, "job {0} was lost: its supervisor is gone", job.id());
    }

    static JobFolder.End cancelledInTheQueue(Instant at) {
        return new JobFolder.End(JobState.CANCELLED, "Cancelled", at, null, new Measured(null, null));
    }

    /** Whether this very process still runs, not another that got its number. */
    static boolean isAlive(JobFolder.Start start) {
        try {
            String boot =
                    Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
            String stat = Files.readString(Path.of("/proc/" + start.pid() + "/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return boot.equals(start.boot()) && fields[19].equals(start.ticks()) && !fields[0].equals("Z");
        } catch (IOException e) {
            return false;
        }
    }

    /** What is not set aside for a job. */
    record Free(List<Integer> cpus, long memoryMebibytes, List<Integer> gpus) {
        static Free of(Machine machine, Collection<JobFolder.Claim> running) {
            List<Integer> cpus =
                    new ArrayList<>(IntStream.range(0, machine.cpus()).boxed().toList());
            List<Integer> gpus = new ArrayList<>(
                    machine.gpus().stream().map(Cluster.Gpu::index).toList());
            long memory = machine.memoryMebibytes();
            for (JobFolder.Claim claim : running) {
                cpus.removeAll(claim.cpus());
                gpus.removeAll(claim.gpus());
                memory -= claim.memoryMebibytes();
            }
            return new Free(cpus, memory, gpus);
        }
    }
}
