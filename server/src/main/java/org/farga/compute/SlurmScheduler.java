package org.farga.compute;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
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
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.farga.shared.JobId;
import org.farga.slurm.Associations.Association;
import org.farga.slurm.SlurmCommands;
import org.farga.slurm.SlurmSettings;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A Slurm cluster, spoken to through slurmrestd; its list of jobs comes from {@code squeue}, where there is one.
 *
 * <p>A job carries our number for it in its comment, and that Slurm was asked is noted before it is: whoever lost the answer
 * finds the job again by the comment, and asks anew only when Slurm must have lost the question too. The notes in a job's folder
 * outlive Farga, however it ends, but are not waited for until they are on a disk. After a power cut of the machine that holds
 * them they may be gone: then the database, which is durable, says by {@link #recall} that Slurm may have been asked, or with what
 * number it answered, and the job is found again by comment or number. What the job needs of its folder is made anew where it is
 * gone while the job waits; one that Slurm started without it has failed. The script is with Slurm. One list of jobs serves
 * every observation for a moment; what a job used is accounting's word, in one question for all that have just ended.
 */
final class SlurmScheduler implements Scheduler {

    private static final System.Logger LOG = System.getLogger(SlurmScheduler.class.getName());

    /** After so long slurmctld has either taken a question or dropped it: ten times its default for a message. */
    private static final Duration IN_FLIGHT = Duration.ofSeconds(100);

    /** Numbers of jobs that nobody asks about any more may lie about so many. */
    private static final int KEPT = 10_000;

    /** Clocks of different machines, when accounting is asked for what was submitted since. */
    private static final Duration SKEW = Duration.ofHours(1);

    /** By how much fresher a list must be while a job closes; whoever observes does so twice a second, and hardly oftener. */
    private static final int CLOSING = 8;

    private static final Duration DESCRIPTION = Duration.ofSeconds(10);

    /** Numbers that fit into one address. */
    private static final int SETTLED_AT_ONCE = 200;

    /** How long accounting may take to hear of a job that starts, were it not for slurmdbd being away. */
    private static final Duration TRACELESS = Duration.ofSeconds(10);

    /** How long the name of a Unix user stands for the same number. */
    private static final Duration USERS = Duration.ofMinutes(1);

    private static final Measured UNKNOWN = new Measured(null, null);

    // Of slurm_errno.h. Those of 2000 to 2199 are about the job itself, but for some that pass.
    private static final int INVALID_JOB = 2017;
    private static final int ALREADY_DONE = 2021;
    /** slurmrestd could not even connect to slurmctld. */
    private static final Set<Integer> NOT_SENT = Set.of(1001, 1800);

    private static final Set<Integer> PASSING = Set.of(2016, 2019, 2022, 2027);

    private final SlurmSettings settings;
    private final String mark;
    private final Clock clock;
    private final SlurmRest rest;
    private final @Nullable SlurmQueue queue;
    private final @Nullable SlurmRights rights;
    private final Function<JobOrder, Optional<Association>> identities;
    private final Path jobs;
    private final Path payload;
    /** What Slurm calls jobs that have not settled. */
    private final Map<JobId, SlurmFolder.Known> engineJobs = new ConcurrentHashMap<>();

    /** What settled in the last hour: accounting's list by time may still lack what it says of the one job (22.05). */
    private final Map<JobId, Observation> lately = new ConcurrentHashMap<>();

    /** What jobs that run were given, by Slurm's number and their start. */
    private final Map<String, Allocation> given = new ConcurrentHashMap<>();

    /** Since when tasks are known to nobody. */
    private final Map<JobId, Instant> missing = new ConcurrentHashMap<>();

    /** What Slurm was surely not asked for, though that could not be noted: on a full disk, say. */
    private final Set<JobId> unasked = ConcurrentHashMap.newKeySet();

    /** Unix users by name: a directory service may be asked for each. */
    private final Cache<String, UserPrincipal> users =
            Caffeine.newBuilder().expireAfterWrite(USERS).maximumSize(10_000).build();

    private volatile @Nullable Listing listing;
    /** Whether a job of the last list is at its end: how it ended is known in a moment, and somebody waits for it. */
    private volatile boolean closing;

    private volatile @Nullable Described described;

    /** All of slurmctld's jobs at an instant, by Slurm's number. */
    private record Listing(Instant at, Map<String, SlurmJob> jobs) {}

    private record Described(Instant at, Cluster cluster, List<SlurmPartition.Placed> nodes) {}

    /**
     * Uses the cluster without asking it anything yet. Throws {@link IllegalStateException} when the folder or the user will
     * not do, with what is wrong.
     *
     * @param mark tells this Farga's jobs from another's
     * @param commands Slurm's, which list jobs far quicker than slurmrestd; empty where this machine has none
     * @param identities as whom an order runs, and which account it is charged to; where that is empty the settings' user and
     *     account are meant
     */
    SlurmScheduler(
            SlurmSettings settings,
            String mark,
            Optional<SlurmCommands> commands,
            Function<JobOrder, Optional<Association>> identities,
            Clock clock) {
        this.settings = settings;
        this.mark = mark;
        this.clock = clock;
        this.rest = new SlurmRest(settings.rest(), settings.jwtKey(), clock);
        this.queue = commands.map(SlurmQueue::new).orElse(null);
        this.rights = commands.map(some -> new SlurmRights(some, clock)).orElse(null);
        this.identities = identities;
        try {
            if (settings.user() != null) {
                principal(settings.user());
            }
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

    private UserPrincipal principal(String user) throws IOException {
        UserPrincipal known = users.getIfPresent(user);
        if (known == null) {
            known = settings.folder()
                    .getFileSystem()
                    .getUserPrincipalLookupService()
                    .lookupPrincipalByName(user);
            users.put(user, known);
        }
        return known;
    }

    // --- submitting

    @Override
    public boolean queuesItself() {
        return true;
    }

    /** Slurm's time limits are whole minutes. */
    @Override
    public Duration timeGrain() {
        return Duration.ofMinutes(1);
    }

    @Override
    public Submission submit(JobOrder order) {
        return asking(() -> submit(folder(order.id()), List.of(order)));
    }

    @Override
    public Submission submitArray(JobId array, List<JobOrder> tasks) {
        return asking(() -> submit(folder(array), tasks));
    }

    /** Asks for one job, or for an array of which the folder is, unless Slurm has it. */
    private Submission submit(SlurmFolder folder, List<JobOrder> orders) throws IOException {
        try {
            return ask(folder, orders);
        } catch (IOException | RuntimeException e) {
            noteUnasked(folder, e);
            throw e;
        }
    }

    /** Lets the next one who comes ask at once where this one has not come so far. */
    private void noteUnasked(SlurmFolder folder, Exception why) {
        try {
            if (folder.sent() == null) {
                unasked.add(folder.id());
                folder.notSent();
                unasked.remove(folder.id());
            }
        } catch (IOException e) {
            why.addSuppressed(e);
        }
    }

    private Submission ask(SlurmFolder folder, List<JobOrder> orders) throws IOException {
        if (folder.exists()) {
            SlurmFolder.Known known = folder.known();
            String engineJob = known == null ? findAgain(folder, orders) : known.engineJob();
            if (engineJob != null) {
                return new Submission.Accepted(engineJob);
            }
        }
        JobOrder order = orders.getFirst();
        Optional<String> refusal = order.refusal().or(() -> refusalHere(order));
        if (refusal.isPresent()) {
            return new Submission.Rejected(refusal.get());
        }
        Association who = who(order).orElse(null);
        if (who == null) {
            return new Submission.Rejected("You have no account on this cluster for this allocation yet. It is made by"
                    + " itself, mostly within minutes; submit the job again then, or write to the centre");
        }
        UserPrincipal user;
        try {
            user = principal(who.unixUser());
        } catch (UserPrincipalNotFoundException e) {
            return new Submission.Rejected(
                    "The cluster's machine does not know your user " + who.unixUser() + "; write to the centre");
        }
        return switch (place(who, order)) {
            case SlurmPartition.Found.None(String reason) -> new Submission.Rejected(reason);
            case SlurmPartition.Found.Chosen(SlurmPartition.Choice choice) -> send(folder, orders, who, user, choice);
        };
    }

    private Optional<Association> who(JobOrder order) {
        return identities.apply(order).or(this::everyone);
    }

    private Optional<Association> everyone() {
        return settings.user() == null || settings.account() == null
                ? Optional.empty()
                : Optional.of(new Association(settings.account(), settings.user()));
    }

    private SlurmPartition.Found place(Association who, JobOrder order) {
        String named = order.partition() == null ? settings.partition() : order.partition();
        if (rights == null || (order.partition() == null && settings.partition() != null)) {
            return new SlurmPartition.Found.Chosen(new SlurmPartition.Choice(named, order.qos()));
        }
        return SlurmPartition.choose(
                rights.partitions(),
                describedLately().nodes(),
                who.account(),
                rights.of(who),
                order.resources(),
                order.partition(),
                order.qos());
    }

    private Submission send(
            SlurmFolder folder,
            List<JobOrder> orders,
            Association who,
            UserPrincipal user,
            SlurmPartition.Choice choice)
            throws IOException {
        SlurmVersion version = rest.version(who.unixUser());
        for (JobOrder order : orders) {
            folder(order.id()).prepare(order, user);
        }
        JobOrder order = orders.getFirst();
        JobOrder.Task task = order.task();
        boolean array = !folder.id().equals(order.id());
        if (array) {
            folder.prepareArray(orders);
        }
        String tasks = folder.path().resolve("tasks").toString();
        JsonNode body = version.submission(new SlurmVersion.Request(
                order.name(),
                comment(folder.id()),
                "#!/bin/sh\nexec /bin/sh " + Launch.quote(payload.toString()) + " "
                        + (array
                                ? Launch.quote(tasks + "/") + "\"$SLURM_ARRAY_TASK_ID\""
                                : Launch.quote(folder.path().toString()))
                        + " \"$0\"\n" + order.script(), // which the shell never comes to read
                who.account(),
                choice.partition(),
                choice.qos(),
                array && task != null ? indexes(orders, task.atOnce()) : null,
                dependency(order),
                asTheNodesSayIt(order.resources()),
                (array ? Path.of(tasks) : folder.path().resolve("work")).toString(),
                array
                        ? tasks + "/%a/"
                                + folder.path().relativize(folder.files().log())
                        : folder.files().log().toString(),
                Map.of("PATH", Launch.PATH, "LANG", "C.UTF-8")));
        folder.sending(clock.instant(), who.unixUser(), who.account());
        SlurmRest.Answer answer;
        try {
            answer = rest.post(who.unixUser(), version.controller("job/submit"), body);
        } catch (ConnectException | SlurmRest.Unauthorised e) {
            folder.notSent(); // nobody was there to take it
            throw e;
        }
        // A number is what counts: beside it a trouble is a remark, such as that all its nodes are down just now.
        Long engineJob = SlurmVersion.number(answer.body().path("job_id"));
        if (engineJob == null || engineJob == 0) {
            Optional<SlurmRest.Trouble> refusal = answer.troubles().stream()
                    .filter(SlurmScheduler::isAboutTheJob)
                    .findFirst();
            if (refusal.isPresent()) {
                JobFolders.remove(folder.path());
                for (JobOrder one : orders) {
                    JobFolders.remove(folder(one.id()).path());
                }
                return new Submission.Rejected(
                        "Slurm does not take the job: " + refusal.get().words());
            }
            if (answer.troubles().stream().anyMatch(trouble -> NOT_SENT.contains(trouble.number()))) {
                folder.notSent();
            }
            answer.good();
            throw new IOException("Slurm's REST interface took a job and named no number for it");
        }
        folder.known(engineJob.toString());
        for (JobOrder one : orders) {
            String called = engineJob
                    + (array ? "_" + Objects.requireNonNull(one.task()).index() : "");
            engineJobs.put(one.id(), new SlurmFolder.Known(called, folder.id(), who.unixUser(), false));
        }
        return new Submission.Accepted(engineJob.toString());
    }

    private static String indexes(List<JobOrder> tasks, @Nullable Integer atOnce) {
        return new ArrayIndexes(
                        tasks.stream()
                                .map(order ->
                                        Objects.requireNonNull(order.task()).index())
                                .sorted()
                                .toList(),
                        atOnce)
                .words();
    }

    private static @Nullable String dependency(JobOrder order) {
        return order.after().isEmpty()
                ? null
                : order.after().stream()
                        .map(after -> after.kind().word() + ":" + after.engineJobId())
                        .collect(Collectors.joining(","));
    }

    /** A GPU's type in the case and words that the nodes have it. */
    private Resources asTheNodesSayIt(Resources wanted) {
        if (wanted.gpuType() == null) {
            return wanted;
        }
        String type = describedLately().nodes().stream()
                .flatMap(placed -> placed.node().gpus().stream())
                .map(Cluster.Gpu::model)
                .filter(wanted::takes)
                .findFirst()
                .orElse(wanted.gpuType());
        return new Resources(
                wanted.cpus(),
                wanted.memoryMebibytes(),
                wanted.gpus(),
                type,
                wanted.exclusive(),
                wanted.timeLimit(),
                wanted.diskMebibytes());
    }

    private static boolean isAboutTheJob(SlurmRest.Trouble trouble) {
        return trouble.number() >= 2000 && trouble.number() < 2200 && !PASSING.contains(trouble.number());
    }

    @Override
    public void recall(JobId id, JobOrder.@Nullable Task task, @Nullable String engineJobId, Instant since) {
        asking(() -> {
            SlurmFolder whole = folder(task == null ? id : task.array());
            if (engineJobId == null && unasked.contains(whole.id())) {
                whole.notSent();
                unasked.remove(whole.id());
            }
            folder(id).recall(task, engineJobId, since, clock.instant());
            return true;
        });
    }

    /**
     * Slurm's number of a job that it may have been asked to run; null where it surely has not. Throws {@link IOException}
     * while that question may still be on its way.
     *
     * @param orders what it was asked, if it was; none where that is not at hand
     */
    private @Nullable String findAgain(SlurmFolder folder, List<JobOrder> orders) throws IOException {
        SlurmFolder.Sent sent = folder.sent();
        Instant at = sent == null ? null : sent.at();
        if (sent == null || at == null) {
            return null;
        }
        String comment = comment(folder.id());
        // Anybody may write such a comment; only under the user it was sent as is the job ours.
        Association who = sentAs(sent, orders).orElse(null);
        if (who == null) {
            throw new IOException("as whom Slurm was asked for job " + folder.id() + " is not known");
        }
        String user = who.unixUser();
        List<SlurmJob> live = list(true).jobs().values().stream()
                .filter(job -> job.comment().equals(comment) && job.user().equals(user))
                .toList();
        Optional<String> found = live.stream().map(SlurmJob::array).min(Comparator.comparingLong(Long::parseLong));
        if (found.isEmpty()) {
            found = records(Objects.requireNonNullElse(sent.since(), at).minus(SKEW), who.account()).stream()
                    .filter(job -> commentOf(job).equals(comment)
                            && job.path("user").asString("").equals(user))
                    .map(job -> arrayOf(SlurmVersion.engineJob(job)))
                    .min(Comparator.comparingLong(Long::parseLong));
        }
        if (found.isPresent()) {
            if (!live.isEmpty() && live.stream().allMatch(job -> job.state() == JobState.PENDING)) {
                mend(folder, orders, user);
            }
            if (sent.user() == null) {
                folder.sending(at, user, who.account());
            }
            folder.known(found.get());
            return found.get();
        }
        if (clock.instant().isBefore(at.plus(IN_FLIGHT))) {
            throw new IOException("whether Slurm has job " + folder.id() + " is not known yet: it was asked at " + at);
        }
        return null;
    }

    private Optional<Association> sentAs(SlurmFolder.Sent sent, List<JobOrder> orders) {
        if (sent.user() != null) {
            return Optional.of(new Association(
                    sent.account() == null ? Objects.requireNonNullElse(settings.account(), "") : sent.account(),
                    sent.user()));
        }
        return orders.isEmpty() ? Optional.empty() : who(orders.getFirst());
    }

    /** Writes anew what waiting jobs will need and a power cut took. */
    private void mend(SlurmFolder folder, List<JobOrder> orders, String user) throws IOException {
        boolean array =
                !orders.isEmpty() && !folder.id().equals(orders.getFirst().id());
        for (JobOrder order : orders) {
            if (!folder(order.id()).isPrepared()) {
                folder(order.id()).prepare(order, principal(user));
            }
        }
        if (array) {
            folder.prepareArray(orders);
        }
    }

    private static String arrayOf(String engineJob) {
        int underscore = engineJob.indexOf('_');
        return underscore < 0 ? engineJob : engineJob.substring(0, underscore);
    }

    /** Why no node can ever run the order. */
    private Optional<String> refusalHere(JobOrder order) {
        for (Mount mount : order.mounts()) {
            if (!mount.source().isAbsolute() || !Files.isDirectory(mount.source())) {
                return Optional.of("The folder of dataset " + mount.name() + " is not on the cluster's file system");
            }
        }
        Resources wanted = order.resources();
        List<Cluster.Node> nodes = describedLately().nodes().stream()
                .map(SlurmPartition.Placed::node)
                .toList();
        if (nodes.stream().noneMatch(node -> node.cpus() >= wanted.cpus())) {
            return Optional.of("The job asks for " + wanted.cpus() + " CPUs, and no node has so many");
        }
        if (nodes.stream()
                .noneMatch(node -> node.gpus().stream()
                                .filter(gpu -> wanted.takes(gpu.model()))
                                .count()
                        >= wanted.gpus())) {
            return Optional.of("The job asks for " + wanted.gpus()
                    + (wanted.gpuType() == null ? "" : " " + wanted.gpuType()) + " GPUs, and no node has so many");
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
            Map<JobId, SlurmFolder.Known> live = new HashMap<>();
            for (JobId id : asked) {
                SlurmFolder.Known known = engineJobs.get(id);
                SlurmFolder folder = folder(id);
                if (known == null) {
                    Observation settled = folder.settled();
                    if (settled != null) {
                        observations.put(id, settled);
                        continue;
                    }
                    known = folder.known();
                }
                if (known != null) {
                    engineJobs.put(id, known);
                    live.put(id, known);
                }
            }
            if (!live.isEmpty()) {
                look(live, observations);
            }
            if (engineJobs.size() > 2 * asked.size() + KEPT) {
                engineJobs.keySet().retainAll(asked); // whose end another process saw
            }
            return observations;
        });
    }

    /** What Slurm says of jobs that have not settled; settles those that it says have ended. */
    private void look(Map<JobId, SlurmFolder.Known> live, Map<JobId, Observation> observations) throws IOException {
        Listing last = list(false);
        boolean whole = live.values().stream().allMatch(known -> last.jobs().containsKey(known.engineJob()));
        Listing seen = whole ? last : list(true); // one was submitted since
        Map<JobId, SlurmJob> found = new HashMap<>();
        for (Map.Entry<JobId, SlurmFolder.Known> job : live.entrySet()) {
            SlurmJob listed = seen.jobs().get(job.getValue().engineJob());
            if (listed != null && isMeant(listed, job.getValue())) {
                found.put(job.getKey(), listed);
            }
        }
        closing = found.values().stream().anyMatch(job -> job.state() == JobState.COMPLETING);
        learnWhatTheyHold(found, live, seen);
        Map<String, Integer> codes = exitCodes(found.values());
        Map<JobId, SlurmFolder.Known> gone = new HashMap<>();
        live.forEach((id, known) -> {
            SlurmJob listed = found.get(id);
            if (listed != null) {
                missing.remove(id);
                observations.put(id, whole(listed, codes).observation(id));
            }
            if (listed == null || listed.state().ended()) {
                gone.put(id, known);
            }
        });
        if (!gone.isEmpty()) {
            settle(gone, observations);
        }
    }

    /** Slurm's numbers start anew with a new cluster, or after the greatest. */
    private boolean isMeant(SlurmJob listed, SlurmFolder.Known known) {
        return (known.byHand() || listed.comment().equals(comment(known.number())))
                && (known.user() == null || listed.user().equals(known.user()));
    }

    /** Asks once, for all jobs that have started since the last look, what they were given. */
    private void learnWhatTheyHold(Map<JobId, SlurmJob> found, Map<JobId, SlurmFolder.Known> live, Listing seen) {
        if (queue == null) {
            return;
        }
        Map<String, SlurmJob> started = new HashMap<>();
        Set<String> ours = new HashSet<>();
        found.forEach((id, job) -> {
            if (job.hasStarted() && !given.containsKey(holdingKey(job)) && started.size() < SlurmQueue.MOST_DETAILS) {
                started.put(job.id(), job);
                if (!Objects.requireNonNull(live.get(id)).byHand()) {
                    ours.add(job.id());
                }
            }
        });
        if (!started.isEmpty()) {
            queue.given(started, ours)
                    .forEach((id, allocation) ->
                            given.put(holdingKey(Objects.requireNonNull(started.get(id))), allocation));
        }
        if (given.size() > 2 * (found.size() + SlurmQueue.MOST_DETAILS)) {
            Set<String> there = seen.jobs().values().stream()
                    .map(SlurmScheduler::holdingKey)
                    .collect(Collectors.toSet());
            given.keySet().retainAll(there);
        }
    }

    private Map<String, Integer> exitCodes(Collection<SlurmJob> jobs) {
        List<String> ended = jobs.stream()
                .filter(job -> SlurmVersion.hasExitCode(job.state()) && job.exitCode() == null)
                .map(SlurmJob::id)
                .limit(SlurmQueue.MOST_DETAILS)
                .toList();
        return queue == null || ended.isEmpty() ? Map.of() : queue.exitCodes(ended);
    }

    /** A job with what the list leaves out. */
    private SlurmJob whole(SlurmJob job, Map<String, Integer> codes) {
        return queue == null ? job : job.with(given.get(holdingKey(job)), codes.get(job.id()));
    }

    /** A job that is put back in the queue starts elsewhere. */
    private static String holdingKey(SlurmJob job) {
        return job.id() + "@" + job.startedAt();
    }

    private void settle(Map<JobId, SlurmFolder.Known> gone, Map<JobId, Observation> observations) throws IOException {
        Map<String, JsonNode> records = new HashMap<>();
        boolean answered = true;
        try {
            SlurmVersion version = rest.version(settings.observer());
            List<String> engineJobs =
                    gone.values().stream().map(SlurmFolder.Known::engineJob).toList();
            for (int from = 0; from < engineJobs.size(); from += SETTLED_AT_ONCE) {
                List<String> some = engineJobs.subList(from, Math.min(engineJobs.size(), from + SETTLED_AT_ONCE));
                for (JsonNode one : rest.get(settings.observer(), version.accountingOf(some))
                        .good()
                        .path("jobs")) {
                    records.put(SlurmVersion.engineJob(one), one);
                }
            }
        } catch (IOException e) {
            // slurmdbd may be away for hours; what slurmctld says of running jobs is true meanwhile.
            answered = false;
            LOG.log(System.Logger.Level.WARNING, "Slurm''s accounting does not answer: {0}", e.getMessage());
        }
        for (Map.Entry<JobId, SlurmFolder.Known> job : gone.entrySet()) {
            JobId id = job.getKey();
            Observation live = observations.remove(id);
            JsonNode found = records.get(job.getValue().engineJob());
            if (found != null && isOf(found, job.getValue()) && SlurmVersion.isClosed(found, live)) {
                observations.put(id, keep(SlurmVersion.settled(id, found, live)));
            } else if (live != null && isGivenUp(live)) {
                observations.put(id, keep(live));
            } else if (live != null) {
                observations.put(id, stillClosing(live));
            } else if (!answered) {
                // Neither running nor lost: who can say is away.
                observations.put(id, new Observation(id, JobState.PENDING, null, null, null, null, null, UNKNOWN));
            } else if (found == null && isTakenBack(id, job.getValue())) {
                Observation end = new Observation(
                        id, JobState.CANCELLED, "Cancelled", null, missing.get(id), null, null, UNKNOWN);
                missing.remove(id);
                observations.put(id, keep(end));
            } else if (found == null && missing.containsKey(id)) {
                observations.put(id, new Observation(id, JobState.PENDING, null, null, null, null, null, UNKNOWN));
            } else if (found != null) {
                // Gone from slurmctld and never closed in accounting: a record that only the centre can mend.
                LOG.log(
                        System.Logger.Level.WARNING,
                        "Slurm''s accounting never closed its job {0}",
                        job.getValue().engineJob());
            }
        }
    }

    /**
     * A task of an array that is cancelled while it waits is gone without a trace, from accounting too; whatever starts leaves
     * one there, if not at once.
     */
    private boolean isTakenBack(JobId id, SlurmFolder.Known known) {
        if (known.engineJob().equals(arrayOf(known.engineJob()))) {
            return false;
        }
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        missing.values().removeIf(since -> since.isBefore(now.minus(SKEW)));
        return !missing.computeIfAbsent(id, one -> now).plus(TRACELESS).isAfter(now);
    }

    private static boolean isOf(JsonNode record, SlurmFolder.Known known) {
        return known.user() == null || record.path("user").asString("").equals(known.user());
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

    private Observation keep(Observation ended) throws IOException {
        SlurmFolder folder = folder(ended.id());
        Observation end = ended.state() == JobState.FAILED && folder.isTooLarge() ? tooLarge(ended) : ended;
        try {
            folder.settle(end);
        } catch (IOException e) {
            // On a full disk, say. Farga keeps it; whoever asks again before it does asks Slurm.
            LOG.log(System.Logger.Level.WARNING, "the end of job {0} cannot be noted: {1}", end.id(), e.getMessage());
        }
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

    /** Its own shell ended it, and only that knows why. */
    private static Observation tooLarge(Observation end) {
        return new Observation(
                end.id(),
                end.state(),
                "DiskQuotaExceeded",
                end.startedAt(),
                end.endedAt(),
                end.exitCode(),
                end.allocation(),
                end.measured());
    }

    private Listing list(boolean anew) throws IOException {
        Listing known = listing;
        Instant now = clock.instant();
        Duration fresh = closing ? settings.freshness().dividedBy(CLOSING) : settings.freshness();
        if (!anew && known != null && now.isBefore(known.at().plus(fresh))) {
            return known;
        }
        Listing listed = new Listing(now, queue != null ? queue.list() : listByRest());
        listing = listed;
        return listed;
    }

    private Map<String, SlurmJob> listByRest() throws IOException {
        SlurmVersion version = rest.version(settings.observer());
        Map<String, SlurmJob> found = new HashMap<>();
        for (JsonNode job :
                rest.get(settings.observer(), version.controller("jobs")).good().path("jobs")) {
            SlurmVersion.listed(job).forEach(one -> found.put(one.id(), one));
        }
        return found;
    }

    @Override
    public List<Observation> endedSince(Instant since) {
        return asking(() -> {
            Map<JobId, Observation> ended = new HashMap<>(lately);
            for (JsonNode job : records(since, settings.account())) {
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
    private List<JsonNode> records(Instant since, @Nullable String account) throws IOException {
        SlurmVersion version = rest.version(settings.observer());
        List<JsonNode> records = new ArrayList<>();
        // The end is named, because some versions leave out what began in the current second otherwise.
        rest.get(
                        settings.observer(),
                        version.accountingBetween(since, clock.instant().plus(SKEW), account))
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

    // --- what others gave to Slurm

    @Override
    public List<ByHand> everybodys() {
        return queue == null
                ? List.of()
                : asking(() -> byHand(list(false).jobs().values()));
    }

    @Override
    public List<ByHand> everybodys(Instant since) {
        return queue == null ? List.of() : byHand(queue.records(since));
    }

    /** Heterogeneous jobs are left to the import of accounting: their parts go by other numbers there. */
    private List<ByHand> byHand(Collection<SlurmJob> jobs) {
        List<ByHand> found = new ArrayList<>();
        for (SlurmJob job : jobs) {
            if (job.submittedAt() != null && job.id().matches("\\d+(_\\d+)?")) {
                found.add(new ByHand(
                        job.id(),
                        job.account(),
                        job.user(),
                        job.name(),
                        job.partition(),
                        job.submittedAt(),
                        idOf(job.comment())));
            }
        }
        return found;
    }

    @Override
    public Map<String, Resources> asked(Collection<ByHand> some) {
        return queue == null || some.isEmpty()
                ? Map.of()
                : queue.asked(some.stream().map(ByHand::engineJobId).toList());
    }

    @Override
    public void adopt(JobId id, ByHand job) {
        asking(() -> {
            folder(id).adopt(job.engineJobId(), job.unixUser());
            return true;
        });
    }

    // --- cancelling

    @Override
    public void cancel(JobId id) {
        asking(() -> {
            SlurmFolder folder = folder(id);
            if (!folder.exists() || folder.settled() != null) {
                return true;
            }
            SlurmFolder.Known known = folder.known();
            if (known == null && findAgain(folder.whole(), List.of()) != null) {
                known = folder.known();
            }
            if (known != null) {
                String user = Objects.requireNonNullElse(
                        known.user(), Objects.requireNonNullElse(settings.user(), settings.observer()));
                SlurmVersion version = rest.version(user);
                SlurmRest.Answer answer = rest.delete(user, version.controller("job/" + known.engineJob()));
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
            List<SlurmPartition.Placed> nodes = new ArrayList<>();
            for (JsonNode node : rest.get(settings.observer(), version.controller("nodes"))
                    .good()
                    .path("nodes")) {
                List<String> partitions = SlurmVersion.words(node.path("partitions"));
                if (settings.partition() == null || partitions.contains(settings.partition())) {
                    nodes.add(new SlurmPartition.Placed(SlurmVersion.node(node), partitions));
                }
            }
            // Jobs are processes of their user; how apart users are is the centre's to say.
            Cluster cluster = new Cluster(
                    "slurm",
                    IsolationLevel.PLAIN,
                    nodes.stream().map(SlurmPartition.Placed::node).toList());
            described = new Described(clock.instant(), cluster, nodes);
            return cluster;
        });
    }

    @Override
    public Set<String> partitions() {
        // Whoever submits is not kept waiting, nor refused, while Slurm is away.
        Described known = described;
        return (known == null ? describedLately() : known)
                .nodes().stream()
                        .flatMap(placed -> placed.partitions().stream())
                        .collect(Collectors.toCollection(TreeSet::new));
    }

    private Described describedLately() {
        Described known = described;
        if (known == null || !clock.instant().isBefore(known.at().plus(DESCRIPTION))) {
            describe();
            known = described;
        }
        return Objects.requireNonNull(known);
    }

    @Override
    public List<JobId> withFolders() {
        return asking(() -> JobFolders.ids(jobs));
    }

    @Override
    public void discard(JobId id) {
        asking(() -> {
            folder(id).discard();
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
