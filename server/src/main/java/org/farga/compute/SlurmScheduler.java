package org.farga.compute;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.farga.shared.JobId;
import org.farga.slurm.SlurmSettings;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A Slurm cluster, spoken to through slurmrestd.
 *
 * <p>A job carries our number for it in its comment, and that Slurm was asked is noted before it is: whoever lost the answer
 * finds the job again by the comment, and asks anew only when Slurm must have lost the question too. One list of jobs serves
 * every observation for a moment; what a job used is accounting's word, in one question for all that have just ended.
 */
final class SlurmScheduler implements Scheduler {

    private static final System.Logger LOG = System.getLogger(SlurmScheduler.class.getName());

    /** After so long slurmctld has either taken a question or dropped it: ten times its default for a message. */
    private static final Duration IN_FLIGHT = Duration.ofSeconds(100);

    /** Clocks of different machines, when accounting is asked for what was submitted since. */
    private static final Duration SKEW = Duration.ofHours(1);

    private static final Duration DESCRIPTION = Duration.ofSeconds(10);

    // Of slurm_errno.h. Those of 2000 to 2199 are about the job itself, but for some that pass.
    private static final int INVALID_JOB = 2017;
    private static final int ALREADY_DONE = 2021;
    private static final Set<Integer> PASSING = Set.of(2016, 2019, 2022, 2027);

    private final SlurmSettings settings;
    private final String mark;
    private final Clock clock;
    private final SlurmRest rest;
    private final Path jobs;
    private final Path payload;
    private final UserPrincipal user;
    /** Slurm's numbers of jobs that have not settled. */
    private final Map<JobId, Long> engineJobs = new ConcurrentHashMap<>();

    /** What settled in the last hour: accounting's list by time may still lack what it says of the one job (22.05). */
    private final Map<JobId, Observation> lately = new ConcurrentHashMap<>();

    private volatile @Nullable Listing listing;
    private volatile @Nullable Described described;

    /** All of slurmctld's jobs at an instant, by Slurm's number. */
    private record Listing(Instant at, Map<Long, JsonNode> jobs) {}

    private record Described(Instant at, Cluster cluster) {}

    /**
     * Uses the cluster without asking it anything yet. {@code mark} tells this Farga's jobs from another's. Throws
     * {@link IllegalStateException} when the folder or the user will not do, with what is wrong.
     */
    SlurmScheduler(SlurmSettings settings, String mark, Clock clock) {
        this.settings = settings;
        this.mark = mark;
        this.clock = clock;
        this.rest = new SlurmRest(settings.rest(), settings.jwtKey(), clock);
        try {
            this.user = settings.folder()
                    .getFileSystem()
                    .getUserPrincipalLookupService()
                    .lookupPrincipalByName(settings.user());
            this.jobs = JobFolders.open(settings.folder().resolve("jobs"));
            this.payload = Launch.install(settings.folder(), List.of("slurm-payload.sh"))
                    .resolve("slurm-payload.sh");
        } catch (UserPrincipalNotFoundException e) {
            throw new IllegalStateException(
                    "there is no user " + settings.user() + " on this machine to run jobs as", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // --- submitting

    @Override
    public Submission submit(JobOrder order) {
        return asking(() -> {
            SlurmFolder folder = folder(order.id());
            Long known = folder.engineJob();
            if (known == null && folder.exists()) {
                known = findAgain(folder);
            }
            if (known != null) {
                return new Submission.Accepted(known.toString());
            }
            Optional<String> refusal = order.refusal().or(() -> refusalHere(order));
            return refusal.isPresent() ? new Submission.Rejected(refusal.get()) : send(folder, order);
        });
    }

    private Submission send(SlurmFolder folder, JobOrder order) throws IOException {
        SlurmVersion version = rest.version(settings.user());
        folder.prepare(order, user);
        Map<String, String> environment = Map.of("PATH", Launch.PATH, "LANG", "C.UTF-8");
        JsonNode body = version.submission(new SlurmVersion.Request(
                order.name(),
                comment(order.id()),
                "#!/bin/sh\nexec /bin/sh " + Launch.quote(payload.toString()) + " "
                        + Launch.quote(folder.path().toString()) + "\n",
                settings.account(),
                settings.partition(),
                order.resources(),
                folder.path().resolve("work").toString(),
                folder.files().log().toString(),
                environment));
        folder.sending(clock.instant());
        SlurmRest.Answer answer;
        try {
            answer = rest.post(settings.user(), version.controller("job/submit"), body);
        } catch (ConnectException e) {
            folder.notSent(); // nobody was there to take it
            throw e;
        }
        Optional<SlurmRest.Trouble> refusal =
                answer.troubles().stream().filter(SlurmScheduler::isAboutTheJob).findFirst();
        if (refusal.isPresent()) {
            JobFolders.discard(folder.path());
            return new Submission.Rejected(
                    "Slurm does not take the job: " + refusal.get().words());
        }
        Long engineJob = SlurmVersion.number(answer.good().path("job_id"));
        if (engineJob == null || engineJob == 0) {
            throw new IOException("Slurm's REST interface took a job and named no number for it");
        }
        folder.known(engineJob);
        return new Submission.Accepted(engineJob.toString());
    }

    private static boolean isAboutTheJob(SlurmRest.Trouble trouble) {
        return trouble.number() >= 2000 && trouble.number() < 2200 && !PASSING.contains(trouble.number());
    }

    /**
     * Slurm's number of a job that it may have been asked to run; null where it surely has not. Throws {@link IOException}
     * while that question may still be on its way.
     */
    private @Nullable Long findAgain(SlurmFolder folder) throws IOException {
        Instant sent = folder.sentAt();
        if (sent == null) {
            return null;
        }
        String comment = comment(folder.id());
        Optional<Long> found = list(true).jobs().entrySet().stream()
                .filter(job -> job.getValue().path("comment").asString("").equals(comment))
                .map(Map.Entry::getKey)
                .min(Comparator.naturalOrder());
        if (found.isEmpty()) {
            found = records(sent.minus(SKEW)).stream()
                    .filter(job -> commentOf(job).equals(comment))
                    .map(job -> Objects.requireNonNull(SlurmVersion.number(job.path("job_id"))))
                    .min(Comparator.naturalOrder());
        }
        if (found.isPresent()) {
            folder.known(found.get());
            return found.get();
        }
        if (clock.instant().isBefore(sent.plus(IN_FLIGHT))) {
            throw new IOException(
                    "whether Slurm has job " + folder.id() + " is not known yet: it was asked at " + sent);
        }
        return null;
    }

    /** Why no node can ever run the order. */
    private Optional<String> refusalHere(JobOrder order) {
        for (Mount mount : order.mounts()) {
            if (!mount.source().isAbsolute() || !Files.isDirectory(mount.source())) {
                return Optional.of("The folder of dataset " + mount.name() + " is not on the cluster's file system");
            }
        }
        Resources wanted = order.resources();
        List<Cluster.Node> nodes = describedLately().nodes();
        if (nodes.stream().noneMatch(node -> node.cpus() >= wanted.cpus())) {
            return Optional.of("The job asks for " + wanted.cpus() + " CPUs, and no node has so many");
        }
        if (nodes.stream().noneMatch(node -> node.gpus().size() >= wanted.gpus())) {
            return Optional.of("The job asks for " + wanted.gpus() + " GPUs, and no node has so many");
        }
        if (nodes.stream().noneMatch(node -> node.memoryMebibytes() >= wanted.memoryMebibytes())) {
            return Optional.of(
                    "The job asks for " + wanted.memoryMebibytes() + " MiB of memory, and no node has so much");
        }
        return settings.sameSoftware()
                ? Interpreter.refusal(order.script(), order.environment().getOrDefault("PATH", Launch.PATH))
                : Optional.empty();
    }

    // --- observing

    @Override
    public Map<JobId, Observation> observe(Set<JobId> asked) {
        return asking(() -> {
            Map<JobId, Observation> observations = new HashMap<>();
            Map<JobId, Long> live = new HashMap<>();
            for (JobId id : asked) {
                Long engineJob = engineJobs.get(id);
                SlurmFolder folder = folder(id);
                if (engineJob == null) {
                    Observation settled = folder.settled();
                    if (settled != null) {
                        observations.put(id, settled);
                        continue;
                    }
                    engineJob = folder.engineJob();
                }
                if (engineJob != null) {
                    engineJobs.put(id, engineJob);
                    live.put(id, engineJob);
                }
            }
            if (!live.isEmpty()) {
                look(live, observations);
            }
            return observations;
        });
    }

    /** What Slurm says of jobs that have not settled; settles those that it says have ended. */
    private void look(Map<JobId, Long> live, Map<JobId, Observation> observations) throws IOException {
        Listing seen = list(false);
        if (!seen.jobs().keySet().containsAll(live.values())) {
            seen = list(true); // one was submitted since
        }
        Map<JobId, Long> gone = new HashMap<>();
        for (Map.Entry<JobId, Long> job : live.entrySet()) {
            JsonNode found = seen.jobs().get(job.getValue());
            // Slurm's numbers start anew with a new cluster, or after the greatest.
            if (found != null && found.path("comment").asString("").equals(comment(job.getKey()))) {
                observations.put(job.getKey(), SlurmVersion.live(job.getKey(), found));
            }
            Observation observation = observations.get(job.getKey());
            if (observation == null || observation.state().ended()) {
                gone.put(job.getKey(), job.getValue());
            }
        }
        if (!gone.isEmpty()) {
            settle(gone, observations);
        }
    }

    private void settle(Map<JobId, Long> gone, Map<JobId, Observation> observations) throws IOException {
        SlurmVersion version = rest.version(settings.observer());
        Map<Long, JsonNode> records = new HashMap<>();
        try {
            for (JsonNode one : rest.get(settings.observer(), version.accountingOf(gone.values()))
                    .good()
                    .path("jobs")) {
                records.put(one.path("job_id").asLong(0), one);
            }
        } catch (IOException e) {
            // slurmdbd may be away for hours; what slurmctld says of running jobs is true meanwhile.
            LOG.log(System.Logger.Level.WARNING, "Slurm''s accounting does not answer: {0}", e.getMessage());
        }
        for (Map.Entry<JobId, Long> job : gone.entrySet()) {
            JobId id = job.getKey();
            Observation live = observations.remove(id);
            JsonNode found = records.get(job.getValue());
            if (found != null
                    && SlurmVersion.state(found.path("state").path("current")).ended()) {
                observations.put(id, keep(SlurmVersion.settled(id, found, live)));
            } else if (live != null && isGivenUp(live)) {
                observations.put(id, keep(live));
            } else if (live != null) {
                observations.put(id, stillClosing(live));
            } else if (found != null) {
                // Gone from slurmctld and never closed in accounting: a record that only the centre can mend.
                LOG.log(System.Logger.Level.WARNING, "Slurm''s accounting never closed its job {0}", job.getValue());
            }
        }
    }

    private boolean isGivenUp(Observation ended) {
        return ended.endedAt() != null
                && clock.instant().isAfter(ended.endedAt().plus(settings.patience()));
    }

    /** Ended, but what it used is not known yet: an end that is told once must be the whole of it. */
    private static Observation stillClosing(Observation ended) {
        return new Observation(
                ended.id(),
                ended.startedAt() == null ? JobState.PENDING : JobState.COMPLETING,
                null,
                ended.startedAt(),
                null,
                null,
                ended.allocation(),
                ended.measured());
    }

    private Observation keep(Observation end) throws IOException {
        SlurmFolder folder = folder(end.id());
        folder.settle(end);
        try {
            folder.forgetDatasets();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "job {0} can still read its datasets: {1}", end.id(), e.getMessage());
        }
        engineJobs.remove(end.id());
        Observation kept = Objects.requireNonNullElse(folder.settled(), end);
        lately.values().removeIf(one -> !endedSince(one, clock.instant().minus(SKEW)));
        lately.put(kept.id(), kept);
        return kept;
    }

    private Listing list(boolean anew) throws IOException {
        Listing known = listing;
        Instant now = clock.instant();
        if (!anew && known != null && now.isBefore(known.at().plus(settings.freshness()))) {
            return known;
        }
        SlurmVersion version = rest.version(settings.observer());
        Map<Long, JsonNode> found = new HashMap<>();
        for (JsonNode job :
                rest.get(settings.observer(), version.controller("jobs")).good().path("jobs")) {
            if (job.path("comment").asString("").startsWith(mark())) {
                found.put(job.path("job_id").asLong(0), job);
            }
        }
        Listing listed = new Listing(now, found);
        listing = listed;
        return listed;
    }

    @Override
    public List<Observation> endedSince(Instant since) {
        return asking(() -> {
            Map<JobId, Observation> ended = new HashMap<>(lately);
            for (JsonNode job : records(since)) {
                JobId id = idOf(commentOf(job));
                if (id == null
                        || !SlurmVersion.state(job.path("state").path("current"))
                                .ended()) {
                    continue;
                }
                SlurmFolder folder = folder(id);
                Observation settled = folder.settled();
                if (settled == null) {
                    settled = observe(Set.of(id)).get(id);
                }
                if (settled != null) {
                    ended.put(id, settled);
                }
            }
            return ended.values().stream()
                    .filter(one -> endedSince(one, since))
                    .sorted(Comparator.comparing(one -> Objects.requireNonNullElse(one.endedAt(), Instant.MAX)))
                    .toList();
        });
    }

    private static boolean endedSince(Observation end, Instant since) {
        return end.endedAt() != null && !end.endedAt().isBefore(since);
    }

    /** All records of accounting that are of jobs which ran, or waited, at some time since. */
    private List<JsonNode> records(Instant since) throws IOException {
        SlurmVersion version = rest.version(settings.observer());
        List<JsonNode> records = new ArrayList<>();
        // The end is named, because some versions leave out what began in the current second otherwise.
        rest.get(
                        settings.observer(),
                        version.accountingBetween(since, clock.instant().plus(SKEW), settings.account()))
                .good()
                .path("jobs")
                .forEach(records::add);
        return records;
    }

    private String mark() {
        return "farga " + mark + " ";
    }

    private String comment(JobId id) {
        return mark() + id;
    }

    private static String commentOf(JsonNode job) {
        return job.path("comment").path("job").asString("");
    }

    private @Nullable JobId idOf(String comment) {
        String number = comment.startsWith(mark()) ? comment.substring(mark().length()) : "";
        return number.matches("[1-9][0-9]{0,17}") ? JobId.valueOf(number) : null;
    }

    // --- cancelling

    @Override
    public void cancel(JobId id) {
        asking(() -> {
            SlurmFolder folder = folder(id);
            if (!folder.exists() || folder.settled() != null) {
                return true;
            }
            Long engineJob = folder.engineJob();
            if (engineJob == null) {
                engineJob = findAgain(folder);
            }
            if (engineJob != null) {
                SlurmVersion version = rest.version(settings.user());
                SlurmRest.Answer answer = rest.delete(settings.user(), version.controller("job/" + engineJob));
                boolean over = answer.troubles().stream()
                        .anyMatch(trouble -> trouble.number() == INVALID_JOB || trouble.number() == ALREADY_DONE);
                if (!over) {
                    answer.good();
                }
                listing = null;
            }
            return true;
        });
    }

    // --- the cluster

    @Override
    public Cluster describe() {
        return asking(() -> {
            SlurmVersion version = rest.version(settings.observer());
            List<Cluster.Node> nodes = new ArrayList<>();
            for (JsonNode node : rest.get(settings.observer(), version.controller("nodes"))
                    .good()
                    .path("nodes")) {
                if (settings.partition() == null
                        || SlurmVersion.words(node.path("partitions")).contains(settings.partition())) {
                    nodes.add(SlurmVersion.node(node));
                }
            }
            // Jobs are processes of their user; how apart users are is the centre's to say.
            Cluster cluster = new Cluster("slurm", IsolationLevel.PLAIN, nodes);
            described = new Described(clock.instant(), cluster);
            return cluster;
        });
    }

    private Cluster describedLately() {
        Described known = described;
        return known != null && clock.instant().isBefore(known.at().plus(DESCRIPTION)) ? known.cluster() : describe();
    }

    @Override
    public List<JobId> withFolders() {
        return asking(() -> JobFolders.ids(jobs));
    }

    @Override
    public void discard(JobId id) {
        asking(() -> {
            JobFolders.remove(folder(id).path());
            return true;
        });
    }

    @Override
    public JobFiles files(JobId job) {
        return folder(job).files();
    }

    private SlurmFolder folder(JobId id) {
        return new SlurmFolder(id, jobs.resolve(id.toString()));
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
}
