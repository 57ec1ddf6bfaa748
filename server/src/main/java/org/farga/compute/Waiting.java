package org.farga.compute;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.farga.compute.Occupancy.EngineJob;
import org.farga.compute.Occupancy.Node;
import org.farga.compute.Occupancy.Partition;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.jspecify.annotations.Nullable;

/**
 * Why a job waits, in plain words with the numbers of the moment, and what can be done about it.
 *
 * @param remedy null where there is nothing to do but wait
 */
record Waiting(Sentence why, @Nullable Sentence remedy) {

    /** Slurm's words that need no numbers and mean that somebody else, or time, has to do something. */
    private static final Set<String> PLAIN = Set.of(
            "None",
            "Licenses",
            "NodesUnavailable",
            "NodeDown",
            "Cleaning",
            "Prolog",
            "Reservation",
            "QOSUsageThreshold",
            "FrontEndDown",
            "SystemFailure",
            "BurstBufferResources",
            "BurstBufferStageIn",
            "BurstBufferOperation",
            "PowerNotAvail",
            "PowerReserved",
            "FedJobLock",
            "SchedDefer",
            "MaxPoweredUpNodes",
            "MpiPortsBusy",
            "Constraints",
            // How the run before ended, of a job that was put back in the queue.
            "JobLaunchFailure",
            "NonZeroExitCode",
            "RaisedSignal",
            "OutOfMemory",
            "TimeLimit",
            "InactiveLimit");

    /** Words after which a job never starts as it is. */
    private static final Set<String> HOPELESS = Set.of(
            "InvalidAccount",
            "InvalidQOS",
            "AccountNotAllowed",
            "QOSNotAllowed",
            "BadConstraints",
            "ReservationDeleted",
            "DeadLine",
            "AssociationTimeLimit",
            "QOSTimeLimit",
            "MaxMemPerLimit");

    /** Older words for limits, which say less than today's. */
    private static final Set<String> SOME_LIMIT = Set.of(
            "AssociationJobLimit", "AssociationResourceLimit", "QOSJobLimit", "QOSResourceLimit", "AccountingPolicy");

    private static final Pattern UNAVAILABLE = Pattern.compile("UnavailableNodes:([^\\s(]+)");
    private static final Pattern DEPENDENCY = Pattern.compile("(\\w+):([0-9_*+:,?]+)");
    private static final int MOST_NAMED = 5;
    private static final double MEBIBYTES = 1024;

    /**
     * What is known of a job and of what it waits for; what is not known is null, and is not spoken of.
     *
     * @param asked what it asks for
     * @param seen the job as its engine lists it
     * @param names what to call another job, given the engine's number for it
     */
    record Facts(
            Resources asked,
            @Nullable Budget budget,
            @Nullable EngineJob seen,
            @Nullable Occupancy occupancy,
            UnaryOperator<String> names) {
        static Facts of(Resources asked) {
            return new Facts(asked, null, null, null, number -> number);
        }
    }

    /** What the allocation has left for this job, and what it may use at most. */
    record Budget(GpuHours gpuLeft, GpuHours gpuNeed, CpuHours cpuLeft, CpuHours cpuNeed) {}

    /** A reason's word: Slurm writes nodes and remarks behind some, and spaces as underscores in newer versions. */
    static String word(String reason) {
        String plain = reason.replace('_', ' ').strip();
        if (plain.startsWith("Nodes required for job are DOWN")) {
            return "NodesUnavailable";
        }
        if (plain.startsWith("launch failed requeued held") || plain.startsWith("JobHoldMaxRequeue")) {
            return "JobHoldMaxRequeue";
        }
        int end = 0;
        while (end < plain.length() && Character.isLetterOrDigit(plain.charAt(end))) {
            end++;
        }
        return plain.substring(0, end);
    }

    /** By the engine's reason, which may carry the names of nodes. */
    static Waiting of(String reason, Facts facts) {
        String word = word(reason);
        EngineJob seen = facts.seen();
        return switch (word) {
            case "Priority" ->
                new Waiting(
                        seen == null || seen.ahead() == null
                                ? Sentence.of("compute.wait.Priority.some")
                                : Sentence.of("compute.wait.Priority", seen.ahead()),
                        elsewhere(facts));
            case "Resources" -> new Waiting(resources(facts), elsewhere(facts));
            case "Dependency" -> new Waiting(dependency(facts), null);
            case "DependencyNeverSatisfied" ->
                new Waiting(
                        waitsFor(facts).isEmpty()
                                ? Sentence.of("compute.wait.DependencyNeverSatisfied.some")
                                : Sentence.of(
                                        "compute.wait.DependencyNeverSatisfied",
                                        waitsFor(facts).size(),
                                        String.join(", ", waitsFor(facts))),
                        Sentence.of("compute.wait.do.dependency"));
            case "BeginTime" -> new Waiting(beginTime(seen), null);
            case "JobHeldUser" ->
                new Waiting(
                        Sentence.of("compute.wait.JobHeldUser"),
                        seen == null ? null : Sentence.of("compute.wait.do.release", seen.number()));
            case "JobHeldAdmin" ->
                new Waiting(Sentence.of("compute.wait.JobHeldAdmin"), Sentence.of("compute.wait.do.centre"));
            case "JobHoldMaxRequeue" ->
                new Waiting(Sentence.of("compute.wait.JobHoldMaxRequeue"), Sentence.of("compute.wait.do.centre"));
            case "AssocGrpGRESMinutes" -> gpuBudget(facts);
            case "AssocGrpCPUMinutesLimit" -> cpuBudget(facts);
            case "PartitionTimeLimit" -> partitionTime(facts);
            case "PartitionNodeLimit", "PartitionConfig" -> partitionNodes(facts);
            case "PartitionDown", "PartitionInactive" ->
                new Waiting(Sentence.of("compute.wait.PartitionDown", partitions(seen)), null);
            case "ReqNodeNotAvail" -> new Waiting(nodesNotAvailable(reason, facts), null);
            case "JobArrayTaskLimit" -> new Waiting(arrayLimit(seen), null);
            default -> others(word, reason, facts);
        };
    }

    private static Waiting others(String word, String reason, Facts facts) {
        if (PLAIN.contains(word)) {
            return new Waiting(Sentence.of("compute.wait." + word), null);
        }
        if (HOPELESS.contains(word)) {
            return new Waiting(Sentence.of("compute.wait." + word), Sentence.of("compute.wait.do.again"));
        }
        if (SOME_LIMIT.contains(word)) {
            return new Waiting(Sentence.of("compute.wait.some-limit", word), null);
        }
        return LimitWord.of(word)
                .map(limit -> limit(limit, facts))
                .orElseGet(() -> new Waiting(
                        Sentence.of("compute.wait.unknown", reason.isBlank() ? "?" : reason),
                        Sentence.of("compute.wait.do.ask")));
    }

    // --- its turn

    private static Sentence resources(Facts facts) {
        Occupancy occupancy = facts.occupancy();
        EngineJob seen = facts.seen();
        Resources asked = facts.asked();
        if (occupancy == null) {
            return Sentence.of("compute.wait.Resources.some");
        }
        List<Node> nodes = occupancy.nodesOf(seen == null ? List.of() : seen.partitions());
        if (seen != null && seen.nodes() > 1) {
            return Sentence.of(
                    "compute.wait.Resources.nodes",
                    seen.nodes(),
                    amount(seen.cpus(), seen.memoryMebibytes(), seen.gpus()),
                    nodes.stream().filter(node -> node.freeCpus() > 0).count(),
                    nodes.size());
        }
        if (asked.exclusive()) {
            return Sentence.of(
                    "compute.wait.Resources.exclusive",
                    nodes.stream()
                            .filter(node -> node.state() == Occupancy.State.FREE)
                            .count(),
                    nodes.size());
        }
        Sentence wanted = amount(asked.cpus(), asked.memoryMebibytes(), asked.gpus());
        Optional<Node> roomiest = nodes.stream()
                .filter(node -> node.state().takesJobs())
                .max(Comparator.comparingInt((Node node) -> asked.gpus() == 0 ? 0 : node.freeGpus())
                        .thenComparingInt(Node::freeCpus)
                        .thenComparingLong(Node::freeMemoryMebibytes));
        if (roomiest.isEmpty()) {
            return Sentence.of("compute.wait.Resources.none", wanted);
        }
        Node node = roomiest.get();
        return Sentence.of(
                fits(node, asked) ? "compute.wait.Resources.soon" : "compute.wait.Resources",
                wanted,
                node.name(),
                node.gpuCount() == 0
                        ? Sentence.of("compute.wait.amount", node.freeCpus(), gibibytes(node.freeMemoryMebibytes()))
                        : amount(node.freeCpus(), node.freeMemoryMebibytes(), node.freeGpus(), true));
    }

    private static boolean fits(Node node, Resources asked) {
        return node.freeCpus() >= asked.cpus()
                && node.freeGpus() >= asked.gpus()
                && node.freeMemoryMebibytes() >= asked.memoryMebibytes();
    }

    /** Another partition, open to all, in which a node has room for it this moment. */
    private static @Nullable Sentence elsewhere(Facts facts) {
        Occupancy occupancy = facts.occupancy();
        EngineJob seen = facts.seen();
        Resources asked = facts.asked();
        if (occupancy == null || seen == null || seen.nodes() > 1) {
            return null;
        }
        return occupancy.partitions().stream()
                .filter(p -> p.open() && !seen.partitions().contains(p.name()))
                .filter(p -> p.accounts().isEmpty()
                        && p.groups().isEmpty()
                        && p.qos().isEmpty())
                .filter(p -> p.longest() == null || p.longest().compareTo(asked.timeLimit()) >= 0)
                .filter(p -> occupancy.nodesOf(List.of(p.name())).stream()
                        .anyMatch(node -> (asked.exclusive()
                                        ? node.state() == Occupancy.State.FREE
                                        : node.state().takesJobs())
                                && fits(node, asked)
                                // Nodes with GPUs are for those who need them.
                                && (asked.gpus() > 0 || node.gpuCount() == 0)
                                && (asked.gpuType() == null
                                        || node.gpus().stream().anyMatch(kind -> asked.takes(kind.model())))))
                // Where others wait too, it would only stand in another line.
                .filter(p -> occupancy.jobs().stream()
                        .noneMatch(one -> !one.running()
                                && one.inLine()
                                && one.partitions().contains(p.name())))
                .findFirst()
                .map(p -> Sentence.of("compute.wait.do.elsewhere", p.name()))
                .orElse(null);
    }

    private static Sentence amount(int cpus, long memoryMebibytes, int gpus) {
        return amount(cpus, memoryMebibytes, gpus, gpus > 0);
    }

    private static Sentence amount(int cpus, long memoryMebibytes, int gpus, boolean withGpus) {
        return withGpus
                ? Sentence.of("compute.wait.amount-gpus", cpus, gibibytes(memoryMebibytes), gpus)
                : Sentence.of("compute.wait.amount", cpus, gibibytes(memoryMebibytes));
    }

    private static BigDecimal gibibytes(long mebibytes) {
        return BigDecimal.valueOf(mebibytes / MEBIBYTES).setScale(1, RoundingMode.HALF_UP);
    }

    private static Sentence beginTime(@Nullable EngineJob seen) {
        if (seen == null || seen.eligibleAt() == null) {
            return Sentence.of("compute.wait.BeginTime.some");
        }
        return Sentence.of(
                seen.restarts() > 0 ? "compute.wait.BeginTime.again" : "compute.wait.BeginTime", seen.eligibleAt());
    }

    private static Sentence arrayLimit(@Nullable EngineJob seen) {
        Matcher most = Pattern.compile("%(\\d{1,9})").matcher(seen == null ? "" : seen.name());
        return most.find()
                ? Sentence.of("compute.wait.JobArrayTaskLimit", Integer.valueOf(most.group(1)))
                : Sentence.of("compute.wait.JobArrayTaskLimit.some");
    }

    // --- other jobs

    private static Sentence dependency(Facts facts) {
        EngineJob seen = facts.seen();
        List<String> jobs = waitsFor(facts);
        if (seen != null && jobs.isEmpty() && seen.dependency().startsWith("singleton")) {
            return Sentence.of("compute.wait.Dependency.singleton");
        }
        if (seen == null || jobs.isEmpty()) {
            return Sentence.of("compute.wait.Dependency.some");
        }
        Set<String> kinds = DEPENDENCY
                .matcher(seen.dependency())
                .results()
                .map(m -> m.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        return Sentence.of(
                "compute.wait.Dependency",
                kinds.size() == 1 ? kinds.iterator().next() : "several",
                jobs.size(),
                String.join(", ", jobs));
    }

    /** For what a job waits that the engine does not have yet, because it can only be given it then. */
    static Sentence after(List<Dependency> all) {
        List<String> jobs = all.stream()
                .map(one -> one.parent().toString())
                .distinct()
                .limit(MOST_NAMED)
                .toList();
        Set<String> kinds = all.stream().map(one -> one.kind().word()).collect(Collectors.toSet());
        return Sentence.of(
                "compute.wait.Dependency",
                kinds.size() == 1 ? kinds.iterator().next() : "several",
                jobs.size(),
                String.join(", ", jobs));
    }

    /** The jobs that it depends on, as {@code afterok:15(failed),afterany:7_*(unfulfilled)} names them. */
    private static List<String> waitsFor(Facts facts) {
        if (facts.seen() == null) {
            return List.of();
        }
        List<String> jobs = new ArrayList<>();
        DEPENDENCY.matcher(facts.seen().dependency()).results().forEach(match -> {
            for (String job : match.group(2).split("[:,?]", -1)) {
                // after:7+5 is five minutes after the start of 7.
                String number = job.replaceFirst("\\+.*", "");
                String name = number.isEmpty() ? "" : facts.names().apply(number.replaceFirst("_\\*$", ""));
                if (!name.isEmpty() && !jobs.contains(name) && jobs.size() < MOST_NAMED) {
                    jobs.add(name);
                }
            }
        });
        return jobs;
    }

    // --- budgets and limits

    private static Waiting gpuBudget(Facts facts) {
        Budget budget = facts.budget();
        if (budget == null) {
            return new Waiting(
                    Sentence.of("compute.wait.AssocGrpGRESMinutes.some"), Sentence.of("compute.wait.do.fewer-gpus"));
        }
        // Slurm may count otherwise: a limit above the account, or the whole time limit of jobs that run.
        boolean short_ = budget.gpuNeed().isMoreThan(budget.gpuLeft());
        return new Waiting(
                Sentence.of(
                        short_ ? "compute.wait.AssocGrpGRESMinutes" : "compute.wait.AssocGrpGRESMinutes.set-aside",
                        hours(atLeastNone(budget.gpuLeft().hours())),
                        hours(budget.gpuNeed().hours())),
                short_ ? Sentence.of("compute.wait.do.fewer-gpus") : null);
    }

    private static Waiting cpuBudget(Facts facts) {
        Budget budget = facts.budget();
        if (budget == null) {
            return new Waiting(
                    Sentence.of("compute.wait.AssocGrpCPUMinutesLimit.some"),
                    Sentence.of("compute.wait.do.fewer-cpus"));
        }
        boolean short_ = budget.cpuNeed().isMoreThan(budget.cpuLeft());
        return new Waiting(
                Sentence.of(
                        short_
                                ? "compute.wait.AssocGrpCPUMinutesLimit"
                                : "compute.wait.AssocGrpCPUMinutesLimit.set-aside",
                        hours(atLeastNone(budget.cpuLeft().hours())),
                        hours(budget.cpuNeed().hours())),
                short_ ? Sentence.of("compute.wait.do.fewer-cpus") : null);
    }

    private static BigDecimal atLeastNone(BigDecimal hours) {
        return hours.max(BigDecimal.ZERO);
    }

    /** To two decimals, or four where there is less than one hour. */
    private static BigDecimal hours(BigDecimal hours) {
        return hours.setScale(hours.compareTo(BigDecimal.ONE) < 0 ? 4 : 2, RoundingMode.HALF_UP);
    }

    private static Waiting limit(LimitWord limit, Facts facts) {
        EngineJob seen = facts.seen();
        Sentence whose = limit.owner() == LimitWord.Owner.ACCOUNT
                ? Sentence.of("compute.limit.whose.ACCOUNT")
                : seen == null || seen.qos().isEmpty()
                        ? Sentence.of("compute.limit.whose.QOS.some")
                        : Sentence.of("compute.limit.whose.QOS", seen.qos());
        Sentence what = Sentence.of("compute.limit.what." + limit.what());
        Sentence again = Sentence.of("compute.wait.do.again");
        LimitWord.What of = limit.what();
        return switch (limit.span()) {
            case ALL, USER, ONE_ACCOUNT -> {
                boolean jobs = of == LimitWord.What.JOBS || of == LimitWord.What.SUBMITTED;
                String key = of == LimitWord.What.WALL
                        ? "compute.limit.WALL"
                        : (jobs ? "compute.limit.JOBS." : "compute.limit.") + limit.span();
                yield new Waiting(Sentence.of(key, whose, what), null);
            }
            case ALL_MINUTES -> new Waiting(Sentence.of("compute.limit.ALL_MINUTES", whose, what), again);
            case RUN_MINUTES -> new Waiting(Sentence.of("compute.limit.RUN_MINUTES", whose, what), null);
            case JOB ->
                of == LimitWord.What.WALL
                        ? new Waiting(Sentence.of("compute.limit.JOB.WALL", whose, limitOf(facts)), again)
                        : new Waiting(Sentence.of("compute.limit.JOB", whose, what), again);
            case JOB_MINUTES -> new Waiting(Sentence.of("compute.limit.JOB_MINUTES", whose, what), again);
            case NODE -> new Waiting(Sentence.of("compute.limit.NODE", whose, what), again);
            case LEAST -> new Waiting(Sentence.of("compute.limit.LEAST", whose, what), again);
        };
    }

    private static Object limitOf(Facts facts) {
        EngineJob seen = facts.seen();
        if (seen == null) {
            return facts.asked().timeLimit();
        }
        Duration limit = seen.limit();
        return limit == null ? Sentence.of("compute.time.unlimited") : limit;
    }

    // --- partitions and nodes

    private static Waiting partitionTime(Facts facts) {
        Duration longest = partitionsOf(facts).stream()
                .map(Partition::longest)
                .filter(Objects::nonNull)
                .map(Objects::requireNonNull)
                .max(Comparator.naturalOrder())
                .orElse(null);
        if (longest == null) {
            return new Waiting(
                    Sentence.of("compute.wait.PartitionTimeLimit.some"), Sentence.of("compute.wait.do.again"));
        }
        return new Waiting(
                Sentence.of("compute.wait.PartitionTimeLimit", limitOf(facts), partitions(facts.seen()), longest),
                Sentence.of("compute.wait.do.shorter", longest));
    }

    private static Waiting partitionNodes(Facts facts) {
        EngineJob seen = facts.seen();
        int most = partitionsOf(facts).stream()
                .mapToInt(p -> p.mostNodes() == null ? p.nodes() : Math.min(p.mostNodes(), p.nodes()))
                .max()
                .orElse(0);
        return seen == null || most == 0 || seen.nodes() <= most
                ? new Waiting(Sentence.of("compute.wait.PartitionNodeLimit.some"), Sentence.of("compute.wait.do.ask"))
                : new Waiting(
                        Sentence.of("compute.wait.PartitionNodeLimit", seen.nodes(), partitions(seen), most),
                        Sentence.of("compute.wait.do.again"));
    }

    private static List<Partition> partitionsOf(Facts facts) {
        Occupancy occupancy = facts.occupancy();
        EngineJob seen = facts.seen();
        return occupancy == null || seen == null
                ? List.of()
                : seen.partitions().stream()
                        .map(occupancy::partition)
                        .filter(Objects::nonNull)
                        .map(Objects::requireNonNull)
                        .toList();
    }

    private static String partitions(@Nullable EngineJob seen) {
        return seen == null ? "?" : String.join(", ", seen.partitions());
    }

    private static Sentence nodesNotAvailable(String reason, Facts facts) {
        Matcher listed = UNAVAILABLE.matcher(reason);
        if (!listed.find()) {
            return Sentence.of(
                    reason.replace('_', ' ').contains("Reserved for maintenance")
                            ? "compute.wait.ReqNodeNotAvail.maintenance"
                            : "compute.wait.ReqNodeNotAvail.some");
        }
        List<String> names = NodeNames.of(listed.group(1));
        String named = names.stream()
                        .limit(MOST_NAMED)
                        .map(name -> withReason(name, facts.occupancy()))
                        .collect(Collectors.joining(", "))
                + (names.size() > MOST_NAMED ? ", …" : "");
        return Sentence.of("compute.wait.ReqNodeNotAvail", names.size(), named);
    }

    private static String withReason(String name, @Nullable Occupancy occupancy) {
        return occupancy == null
                ? name
                : occupancy.nodes().stream()
                        .filter(node -> node.name().equals(name) && node.reason() != null)
                        .findFirst()
                        .map(node -> name + " (" + node.reason() + ")")
                        .orElse(name);
    }
}
