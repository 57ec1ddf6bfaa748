package org.farga.compute;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.farga.shared.JobId;
import org.jspecify.annotations.Nullable;

/**
 * The machine itself as a cluster of one node, for a centre's first day, for a laptop and for tests.
 *
 * <p>Everything it knows is in files under one folder, so Farga may be killed at any time: jobs go on, each under its own
 * small supervisor, and the next Farga finds them. Several may share the folder, on one machine; one of them starts jobs.
 */
final class LocalScheduler implements Scheduler, AutoCloseable {

    private static final System.Logger LOG = System.getLogger(LocalScheduler.class.getName());

    private final JobFolders folders;
    private final Machine machine;
    private final Isolation isolation;
    private final Clock clock;
    private final Dispatcher dispatcher;
    /** Ends never change, so each is read from its folder once. */
    private final Map<JobId, Instant> ends = new ConcurrentHashMap<>();

    /**
     * Opens the folder, making it where it is missing, and starts the jobs that wait there. Throws
     * {@link IllegalStateException} when this machine cannot run jobs, with what is missing.
     */
    LocalScheduler(Path root, Clock clock, LocalSettings settings) {
        try {
            Path home = JobFolders.open(root).toRealPath();
            this.folders = new JobFolders(home);
            this.machine = Machine.find(settings);
            this.isolation = Trial.strongest(home, settings, machine);
            this.clock = clock;
            Launch launch = new Launch(home, isolation, settings, machine.cpuNumbers());
            this.dispatcher = new Dispatcher(folders, machine, launch, clock);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        dispatcher.start();
    }

    @Override
    public Submission submit(JobOrder order) {
        return asking(() -> {
            if (!folders.folder(order.id()).exists()) {
                Optional<String> refusal = order.refusal().or(() -> refusalHere(order));
                if (refusal.isPresent()) {
                    return new Submission.Rejected(refusal.get());
                }
                folders.place(order);
                dispatcher.wake();
            }
            return new Submission.Accepted(order.id().toString());
        });
    }

    /** Why this machine can never run the order. */
    private Optional<String> refusalHere(JobOrder order) {
        Resources wanted = order.resources();
        if (wanted.cpus() > machine.cpus()) {
            return tooMuch(wanted.cpus() + " CPUs", machine.cpus() + " CPUs");
        }
        if (wanted.gpus() > machine.gpus().size()) {
            return tooMuch(wanted.gpus() + " GPUs", machine.gpus().size() + " GPUs");
        }
        if (machine.gpus().stream().filter(gpu -> wanted.takes(gpu.model())).count() < wanted.gpus()) {
            return tooMuch(
                    wanted.gpus() + " " + wanted.gpuType() + " GPUs",
                    machine.gpus().stream().map(Cluster.Gpu::model).distinct().collect(Collectors.joining(", ")));
        }
        if (order.partition() != null || order.qos() != null) {
            return Optional.of("This machine has no partitions and no QoS to choose from; leave them out");
        }
        if (wanted.memoryMebibytes() > machine.memoryMebibytes()) {
            return tooMuch(wanted.memoryMebibytes() + " MiB of memory", machine.memoryMebibytes() + " MiB");
        }
        for (Mount mount : order.mounts()) {
            Optional<String> refusal = refusalOf(mount);
            if (refusal.isPresent()) {
                return refusal;
            }
        }
        return Interpreter.refusal(order.script(), order.environment().getOrDefault("PATH", Launch.PATH));
    }

    private Optional<String> tooMuch(String wanted, String has) {
        return Optional.of("The job asks for " + wanted + ", but node " + machine.name() + " has " + has);
    }

    private Optional<String> refusalOf(Mount mount) {
        if (!mount.source().isAbsolute() || !Files.isDirectory(mount.source())) {
            return Optional.of("The folder of dataset " + mount.name() + " is not on this machine");
        }
        return isolation.canRead(mount.source())
                ? Optional.empty()
                : Optional.of("The folder of dataset " + mount.name() + " is not readable by the users that jobs run"
                        + " under; make it so with chmod o+rx");
    }

    @Override
    public Map<JobId, Observation> observe(Set<JobId> jobs) {
        return asking(() -> {
            Map<JobId, Observation> observations = new HashMap<>();
            JobId first = firstInQueue();
            for (JobId job : jobs) {
                Observation observation = observation(job, job.equals(first) ? "Resources" : "Priority");
                if (observation != null) {
                    observations.put(job, observation);
                }
            }
            return observations;
        });
    }

    /** Null where there is no such job, or its notes are damaged, which must not hide the others. */
    private @Nullable Observation observation(JobId job, String waitsFor) throws IOException {
        JobFolder folder = folders.folder(job);
        try {
            return folder.exists() ? folder.observe(waitsFor) : null;
        } catch (IllegalArgumentException e) {
            LOG.log(System.Logger.Level.ERROR, "the notes of job {0} are damaged: {1}", job, e.getMessage());
            return null;
        }
    }

    private @Nullable JobId firstInQueue() throws IOException {
        for (JobFolder job : folders.active()) {
            if (job.exists() && job.claim() == null) {
                return job.id();
            }
        }
        return null;
    }

    @Override
    public void cancel(JobId job) {
        asking(() -> {
            JobFolder folder = folders.folder(job);
            if (folder.exists() && !folder.hasEnded()) {
                cancel(folder);
            }
            return true;
        });
    }

    private void cancel(JobFolder folder) throws IOException {
        JobFolder.Claim nobodys = new JobFolder.Claim(true, List.of(), List.of(), 0, machine.name());
        if (folder.claim(nobodys)) {
            folder.end(Dispatcher.cancelledInTheQueue(clock.instant()));
            return;
        }
        folder.cancel();
        JobFolder.Start start = folder.start();
        if (start != null && Dispatcher.isAlive(start)) {
            // Only wakes the supervisor, which looks for the note each second in any case.
            ProcessHandle.of(start.pid()).ifPresent(ProcessHandle::destroy);
        }
    }

    @Override
    public List<Observation> endedSince(Instant since) {
        return asking(() -> {
            List<Observation> ended = new ArrayList<>();
            for (JobFolder folder : folders.all()) {
                Instant end = ends.get(folder.id());
                if (end == null) {
                    JobFolder.End read = folder.end();
                    if (read == null) {
                        continue;
                    }
                    end = read.at();
                    ends.put(folder.id(), end);
                }
                Observation observation = end.isBefore(since) ? null : observation(folder.id(), "None");
                if (observation != null) {
                    ended.add(observation);
                }
            }
            ended.sort(Comparator.comparing(observation -> ends.getOrDefault(observation.id(), Instant.MAX)));
            return ended;
        });
    }

    @Override
    public Cluster describe() {
        return asking(() -> {
            List<JobFolder.Claim> running = new ArrayList<>();
            for (JobFolder job : folders.active()) {
                JobFolder.Claim claim = job.claim();
                if (claim != null && !job.hasEnded()) {
                    running.add(claim);
                }
            }
            Dispatcher.Free free = Dispatcher.Free.of(machine, running);
            List<Cluster.Gpu> gpus = machine.gpus().stream()
                    .map(gpu -> new Cluster.Gpu(
                            gpu.index(),
                            gpu.model(),
                            gpu.memoryMebibytes(),
                            gpu.uuid(),
                            free.gpus().contains(gpu.index())))
                    .toList();
            Cluster.Node node = new Cluster.Node(
                    machine.name(),
                    true,
                    machine.cpus(),
                    free.cpus().size(),
                    machine.memoryMebibytes(),
                    free.memoryMebibytes(),
                    gpus);
            return new Cluster("local", isolation.level(), List.of(node));
        });
    }

    @Override
    public JobFiles files(JobId job) {
        return folders.folder(job).files();
    }

    /** Stops starting jobs from this process. Jobs that run go on, and are found again by the next scheduler. */
    @Override
    public void close() {
        asking(() -> {
            dispatcher.close();
            return true;
        });
    }

    /** The name of the one node. */
    String node() {
        return machine.name();
    }

    /** Whether it has GPUs to give out. */
    boolean hasGpus() {
        return !machine.gpus().isEmpty();
    }

    private interface Question<T> {
        T ask() throws IOException;
    }

    private static <T> T asking(Question<T> question) {
        try {
            return question.ask();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public List<JobId> withFolders() {
        return asking(() -> folders.all().stream().map(JobFolder::id).toList());
    }

    @Override
    public void discard(JobId id) {
        asking(() -> {
            JobFolders.remove(folders.folder(id).path());
            return true;
        });
    }
}
