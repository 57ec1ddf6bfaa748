package org.farga.compute;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.farga.shared.JobId;
import org.jspecify.annotations.Nullable;

/** An engine that runs nothing: tests say what becomes of its jobs, and where whoever speaks to it dies. */
final class FakeScheduler implements Scheduler {
    /** Stands for a kill -9 of the process that called: nothing that follows in it happens. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    enum Trouble {
        NONE,
        /** The caller dies before the engine hears of the job. */
        DIES_BEFORE,
        /** The caller dies after the engine took the job, before it has the answer. */
        DIES_AFTER,
        /** The engine cannot be reached. */
        AWAY,
        /** The engine does not answer until {@link #answers}. */
        HANGS,
        REJECTS
    }

    private static final Measured NOTHING = new Measured(null, null);
    final Map<JobId, JobOrder> orders = new HashMap<>();
    final Map<JobId, Observation> jobs = new HashMap<>();
    final Set<JobId> cancelled = new HashSet<>();
    final List<JobId> asked = new ArrayList<>();
    /** What others gave to it: now there, and in its accounting. */
    final List<ByHand> others = new ArrayList<>();

    final List<ByHand> othersRecords = new ArrayList<>();
    final Map<JobId, ByHand> adopted = new HashMap<>();
    final List<Instant> accountingAsked = new ArrayList<>();
    /** What it was told again, in case its own notes were lost. */
    final List<String> recalled = new ArrayList<>();

    List<Cluster.Node> nodes = List.of();
    boolean queuesItself;
    final CountDownLatch hung = new CountDownLatch(1);
    final CountDownLatch answers = new CountDownLatch(1);
    Trouble trouble = Trouble.NONE;

    @Override
    public Submission submit(JobOrder order) {
        asked.add(order.id());
        if (trouble == Trouble.DIES_BEFORE) {
            throw new Killed();
        }
        if (trouble == Trouble.AWAY) {
            throw new UncheckedIOException(new IOException("no route to the engine"));
        }
        if (trouble == Trouble.HANGS) {
            hung.countDown();
            try {
                answers.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        if (trouble == Trouble.REJECTS) {
            return new Submission.Rejected("no such partition");
        }
        if (orders.putIfAbsent(order.id(), order) == null) {
            jobs.put(
                    order.id(),
                    new Observation(order.id(), JobState.PENDING, "Priority", null, null, null, null, NOTHING));
        }
        if (trouble == Trouble.DIES_AFTER) {
            throw new Killed();
        }
        return new Submission.Accepted("engine-" + order.id());
    }

    void start(JobId job, Instant at) {
        jobs.put(job, new Observation(job, JobState.RUNNING, null, at, null, null, held(job), NOTHING));
    }

    /** It ran, and is to be started anew. */
    void takeBack(JobId job) {
        jobs.put(job, new Observation(job, JobState.PENDING, "BeginTime", null, null, null, null, NOTHING));
    }

    void end(JobId job, JobState state, Instant from, Instant to) {
        jobs.put(job, new Observation(job, state, null, from, to, 0, held(job), new Measured(900L, 12L)));
    }

    private Allocation held(JobId job) {
        Resources resources = orders.get(job).resources();
        return new Allocation("node1", resources.cpus(), resources.memoryMebibytes(), resources.gpus(), List.of());
    }

    @Override
    public Map<JobId, Observation> observe(Set<JobId> ids) {
        if (trouble == Trouble.AWAY) {
            throw new UncheckedIOException(new IOException("no route to the engine"));
        }
        Map<JobId, Observation> seen = new HashMap<>(jobs);
        seen.keySet().retainAll(ids);
        return seen;
    }

    @Override
    public void cancel(JobId job) {
        if (jobs.containsKey(job)) {
            cancelled.add(job);
        }
    }

    @Override
    public List<Observation> endedSince(Instant since) {
        return List.of();
    }

    @Override
    public Cluster describe() {
        if (trouble == Trouble.AWAY) {
            throw new UncheckedIOException(new IOException("no route to the engine"));
        }
        return new Cluster("fake", IsolationLevel.PLAIN, nodes);
    }

    @Override
    public JobFiles files(JobId job) {
        Path nowhere = Path.of("/nonexistent/" + job);
        return new JobFiles(nowhere.resolve("log"), nowhere.resolve("output"), nowhere.resolve("metrics"));
    }

    @Override
    public List<JobId> withFolders() {
        return List.of();
    }

    @Override
    public void discard(JobId job) {}

    @Override
    public boolean queuesItself() {
        return queuesItself;
    }

    @Override
    public Submission submitArray(JobId array, List<JobOrder> tasks) {
        tasks.forEach(this::submit);
        return new Submission.Accepted("array-" + array);
    }

    @Override
    public List<ByHand> everybodys() {
        return List.copyOf(others);
    }

    @Override
    public List<ByHand> everybodys(Instant since) {
        if (trouble == Trouble.AWAY) {
            throw new UncheckedIOException(new IOException("no accounting"));
        }
        accountingAsked.add(since);
        return List.copyOf(othersRecords);
    }

    @Override
    public void recall(JobId job, JobOrder.@Nullable Task task, @Nullable String engineJobId, Instant since) {
        recalled.add(job + " " + engineJobId);
    }

    @Override
    public void adopt(JobId id, ByHand job) {
        adopted.put(id, job);
    }
}
