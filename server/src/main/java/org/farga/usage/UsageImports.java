package org.farga.usage;

import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.farga.audit.AuditLog;
import org.farga.platform.Cursor;
import org.farga.platform.Settings;
import org.farga.shared.Actor;
import org.farga.shared.AllocationId;
import org.farga.shared.CentreRole;
import org.farga.shared.Fields;
import org.farga.shared.NotFoundException;
import org.farga.shared.Outcome;
import org.farga.shared.Page;
import org.farga.shared.PersonId;
import org.farga.shared.Refusal;
import org.farga.shared.TimeOrderedUuid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.InvalidDataAccessResourceUsageException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/** Brings what {@code sacct} prints into the ledger: from files and streams that operators send, and from what is fetched. */
@Service
public class UsageImports {
    private static final Logger LOG = LoggerFactory.getLogger(UsageImports.class);
    private static final int CHUNK_LINES = 20_000;
    private static final long CHUNK_BYTES = 6L << 20;
    /** Pieces that are entered beside each other: what limits an import is one of the database's processes. */
    private static final int BESIDE_EACH_OTHER = 2;

    private static final Duration CHUNK_TIME = Duration.ofSeconds(2);
    private static final int ATTRIBUTE_EACH = 20_000;
    private static final int MOST_WAITING = 200;

    /** How long a database that is away is waited for: longer than it takes to restart it. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final UsageImportTable table;
    private final LedgerTable ledger;
    private final ObjectProvider<Attribution> attribution;
    private final ObjectProvider<EngineJobs> engineJobs;
    private final AuditLog audit;
    private final TransactionTemplate transaction;
    private final Clock clock;
    private final ZoneId zone;

    UsageImports(
            UsageImportTable table,
            LedgerTable ledger,
            ObjectProvider<Attribution> attribution,
            ObjectProvider<EngineJobs> engineJobs,
            AuditLog audit,
            PlatformTransactionManager transactions,
            Clock clock,
            Settings settings) {
        this.table = table;
        this.ledger = ledger;
        this.attribution = attribution;
        this.engineJobs = engineJobs;
        this.audit = audit;
        this.transaction = new TransactionTemplate(transactions);
        this.clock = clock;
        this.zone = settings.zone();
    }

    /** What is going to be sent. */
    record Announced(
            String cluster,
            @Nullable String zone,
            @Nullable String name,
            @Nullable Long sizeBytes) {}

    /** Opens an import, into which the lines are sent then. */
    @Transactional
    public Outcome<UsageImport> open(Actor actor, Announced announced) {
        requireOperator(actor);
        ZoneId of = zone(announced.zone());
        Optional<Refusal> refusal = new Fields()
                .text("cluster", announced.cluster(), 100)
                .optionalText("name", announced.name(), 500)
                .rule("zone", of != null, "zone")
                .rule(
                        "sizeBytes",
                        announced.sizeBytes() == null || announced.sizeBytes() >= 0,
                        "out-of-range",
                        0,
                        Long.MAX_VALUE)
                .refusal();
        if (refusal.isPresent() || of == null) {
            return Outcome.refused(refusal.orElseThrow());
        }
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        String name = announced.name() == null || announced.name().isBlank()
                ? "sacct"
                : announced.name().strip();
        UsageImport made = new UsageImport(
                TimeOrderedUuid.next(),
                announced.cluster().strip(),
                of,
                name,
                announced.sizeBytes(),
                actor.person(),
                now,
                now,
                null,
                null,
                null,
                0,
                UsageImport.Counts.NONE);
        table.insert(made);
        audit.record(
                actor,
                "usage-import.opened",
                "usage-import",
                made.id(),
                Map.of("cluster", made.cluster(), "zone", of.getId()));
        return Outcome.done(made);
    }

    private @Nullable ZoneId zone(@Nullable String name) {
        if (name == null || name.isBlank()) {
            return zone;
        }
        try {
            return ZoneId.of(name.strip());
        } catch (DateTimeException e) {
            return null;
        }
    }

    /**
     * Reads lines to the end of what is sent, from a place on that must be the import's position. What was read is committed in
     * pieces; a database that goes away meanwhile is waited for. Refused as {@code import-header} where the first line does not
     * name the columns that are needed, {@code import-position} where it is sent from elsewhere, {@code import-ended}.
     * Throws {@link IOException} where whoever sends it goes away: the import then goes on from its position.
     */
    Outcome<UsageImport> take(Actor actor, UUID id, long from, InputStream body) throws IOException {
        requireOperator(actor);
        UsageImport known = table.find(id).orElseThrow(() -> new NotFoundException("usage-import"));
        if (known.endedAt() != null) {
            return Outcome.refused(Refusal.conflict("import-ended"));
        }
        if (known.positionBytes() != from) {
            return Outcome.refused(Refusal.conflict("import-position", known.positionBytes()));
        }
        LineReader lines = new LineReader(body, from);
        String header = known.header() == null ? lines.next() : known.header();
        SacctExport.Opened opened = SacctExport.open(header == null ? "" : header, known.zone());
        if (!(opened instanceof SacctExport.Opened.Readable(SacctExport export)) || header == null) {
            transaction.executeWithoutResult(s -> table.deleteUnread(id));
            List<String> lacking =
                    opened instanceof SacctExport.Opened.Lacking(List<String> columns) ? columns : List.of();
            return Outcome.refused(Refusal.invalid("import-header", String.join(", ", lacking), SacctExport.COLUMNS));
        }
        export.of(known.slurmCluster());
        transaction.executeWithoutResult(s -> table.deleteChunks(id));
        Target target = new Target(id, known.cluster(), header, export, owners(known.cluster()));
        if (!read(lines, target, from, known.linesRead())) {
            return Outcome.refused(Refusal.conflict("import-position", position(id)));
        }
        UsageImport ended = transaction.execute(s -> {
            if (table.end(id, clock.instant())) {
                UsageImport.Counts counts = table.find(id).orElseThrow().counts();
                audit.record(
                        actor,
                        "usage-import.ended",
                        "usage-import",
                        id,
                        Map.of(
                                "lines",
                                counts.lines(),
                                "entered",
                                counts.entered(),
                                "corrected",
                                counts.corrected(),
                                "unattributed",
                                counts.unattributed(),
                                "rejected",
                                counts.rejected()));
            }
            return table.find(id).orElseThrow();
        });
        return Outcome.done(java.util.Objects.requireNonNull(ended));
    }

    private record Target(UUID id, String cluster, String header, SacctExport export, LedgerTable.Owners owners) {}

    private long position(UUID id) {
        return table.find(id).map(UsageImport::positionBytes).orElse(0L);
    }

    /** A piece of the file, and between which places it stands there. */
    private record Piece(
            SacctChunk chunk, long from, long to, @Nullable String slurmCluster) {}

    /** One piece is read while those before are entered. False where somebody else goes on with the import. */
    private boolean read(LineReader lines, Target target, long from, long linesBefore) throws IOException {
        Deque<CompletableFuture<Boolean>> underWay = new ArrayDeque<>();
        CompletableFuture<Boolean> last = CompletableFuture.completedFuture(true);
        long number = Math.max(linesBefore, 1);
        long begin = from;
        SacctChunk chunk = new SacctChunk();
        Instant since = clock.instant();
        boolean more = true;
        try {
            while (more) {
                String line = lines.next();
                if (line == null) {
                    more = false;
                } else {
                    number++;
                    chunk.add(
                            number,
                            line,
                            lines.wasTooLong()
                                    ? new SacctReading.Rejected(SacctReading.Reason.TOO_LONG)
                                    : target.export().read(line));
                }
                boolean full = chunk.lines() >= CHUNK_LINES || lines.position() - begin >= CHUNK_BYTES;
                if (lines.position() > begin
                        && (full || !more || lines.mayWait() && clock.instant().isAfter(since.plus(CHUNK_TIME)))) {
                    if (underWay.size() >= BESIDE_EACH_OTHER && !joined(underWay.remove())) {
                        return false;
                    }
                    Piece piece = new Piece(
                            chunk, begin, lines.position(), target.export().cluster());
                    last = last.thenCombine(
                            CompletableFuture.supplyAsync(() -> enter(target, piece), Thread::startVirtualThread),
                            (before, entered) -> before && entered && advance(target, piece));
                    underWay.add(last);
                    chunk = new SacctChunk();
                    begin = lines.position();
                    since = clock.instant();
                }
            }
            return joined(last);
        } finally {
            // Also where whoever sends it went away: nothing goes on behind the answer's back.
            last.exceptionally(e -> false).join();
        }
    }

    private static boolean joined(CompletableFuture<Boolean> entering) {
        try {
            return entering.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    /**
     * Enters a piece in one transaction with the note that it is; false where the import is elsewhere. Pieces are entered in any order:
     * whatever comes twice stands in the ledger already.
     */
    private boolean enter(Target target, Piece piece) {
        boolean[] careful = {false};
        return persistently(target, again -> {
            try {
                return Boolean.TRUE.equals(transaction.execute(s -> {
                    long position = table.position(target.id()).orElse(-1L);
                    if (again && (position >= piece.to() || table.hasChunk(target.id(), piece.from()))) {
                        // The answer to a commit may be lost with the connection.
                        return true;
                    }
                    if (position < 0 || position > piece.from()) {
                        return false;
                    }
                    LedgerTable.Merged merged = ledger.merge(
                            target.cluster(),
                            piece.chunk().runs(),
                            target.owners(),
                            careful[0]
                                    || ledger.knowsTasks(
                                            target.cluster(), piece.chunk().runs()));
                    table.reject(target.id(), piece.chunk().rejections());
                    if (!table.insertChunk(
                            target.id(), piece.from(), piece.to(), UsageImport.Counts.of(piece.chunk(), merged))) {
                        s.setRollbackOnly();
                        return false;
                    }
                    return true;
                }));
            } catch (DuplicateKeyException e) {
                if (careful[0]) {
                    throw e;
                }
                careful[0] = true;
                return null;
            }
        });
    }

    /** Moves the import on over a piece, after all before it. False where somebody else did. */
    private boolean advance(Target target, Piece piece) {
        return persistently(
                target,
                again -> Boolean.TRUE.equals(transaction.execute(s -> {
                    long position = table.lockPosition(target.id()).orElse(-1L);
                    return position == piece.from()
                            ? table.advance(target.id(), target.header(), piece.slurmCluster(), clock.instant())
                            : again && position == piece.to();
                })));
    }

    private interface Step {
        /** Null to be taken again at once. */
        @Nullable
        Boolean take(boolean again);
    }

    /** Waits for a database that is away. */
    private boolean persistently(Target target, Step step) {
        Instant since = clock.instant();
        boolean again = false;
        while (true) {
            try {
                Boolean done = step.take(again);
                if (done != null) {
                    return done;
                }
            } catch (DataAccessException | TransactionException e) {
                if (!mayPass(e) || clock.instant().isAfter(since.plus(PATIENCE))) {
                    throw e;
                }
                LOG.warn("usage import {}: the database does not take lines; trying again", target.id(), e);
                again = true;
                rest();
            }
        }
    }

    /** Enters lines of no file: what was fetched. */
    LedgerTable.Merged enter(String cluster, SacctChunk chunk) {
        LedgerTable.Owners owners = owners(cluster);
        LedgerTable.Merged merged;
        try {
            merged = transaction.execute(s -> ledger.merge(cluster, chunk.runs(), owners, false));
        } catch (DuplicateKeyException e) {
            merged = transaction.execute(s -> ledger.merge(cluster, chunk.runs(), owners, true));
        }
        return java.util.Objects.requireNonNull(merged);
    }

    private static boolean mayPass(RuntimeException e) {
        return !(e instanceof DataIntegrityViolationException)
                && !(e instanceof InvalidDataAccessResourceUsageException);
    }

    private static void rest() {
        try {
            Thread.sleep(Duration.ofSeconds(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("stopped while it waited for the database", e);
        }
    }

    /** What accounts and users stand for, asked once each for as long as this is used. */
    private LedgerTable.Owners owners(String cluster) {
        Attribution names = attribution.getIfAvailable();
        EngineJobs jobs = engineJobs.getIfAvailable();
        Map<String, EngineJobs.Own> own = jobs == null
                ? Map.of()
                : jobs.live(cluster).stream().collect(Collectors.toMap(EngineJobs.Own::engineJob, j -> j, (a, b) -> b));
        return new LedgerTable.Owners() {
            // Of several threads.
            private final Map<String, Optional<AllocationId>> allocations = new ConcurrentHashMap<>();
            private final Map<String, Optional<PersonId>> persons = new ConcurrentHashMap<>();

            @Override
            public @Nullable AllocationId allocation(SacctRun run) {
                return names == null
                        ? null
                        : allocations
                                .computeIfAbsent(run.account(), account -> names.allocationOf(cluster, account))
                                .orElse(null);
            }

            @Override
            public @Nullable PersonId person(SacctRun run) {
                return names == null
                        ? null
                        : persons.computeIfAbsent(run.unixUser(), names::personOf)
                                .orElse(null);
            }

            @Override
            public EngineJobs.@Nullable Own own(SacctRun run) {
                if (own.isEmpty()) {
                    return null;
                }
                // Farga knows a task of an array by the array's number and its index, as sacct shows it.
                EngineJobs.Own job = own.get(Long.toString(run.job()));
                if (run.task() != null && own.containsKey(run.task())) {
                    job = own.get(run.task());
                }
                // An hour for clocks of different machines.
                return job != null
                                && run.startedAt()
                                        >= job.submittedAt()
                                                .minus(Duration.ofHours(1))
                                                .getEpochSecond()
                        ? job
                        : null;
            }
        };
    }

    UsageImport find(Actor actor, UUID id) {
        requireReader(actor);
        return table.find(id).orElseThrow(() -> new NotFoundException("usage-import"));
    }

    Page<UsageImport> list(Actor actor, @Nullable String cursor, @Nullable Integer limit) {
        requireReader(actor);
        int size = Cursor.size(limit);
        return Cursor.page(
                table.newest(Cursor.decode(cursor, UsageImportTable.Key::parse), size + 1),
                size,
                UsageImportTable.Key::of);
    }

    List<UsageImportTable.Rejected> rejected(Actor actor, UUID id, long afterLine, int most) {
        find(actor, id);
        return table.rejected(id, afterLine, most);
    }

    /** Accounts with runs that nobody is charged for yet. */
    List<LedgerTable.Waiting> waiting(Actor actor, @Nullable String cluster) {
        requireReader(actor);
        return ledger.waiting(cluster, MOST_WAITING);
    }

    /** Charges runs that waited to the allocations that their accounts stand for by now; answers how many those were. */
    long attribute(Actor actor) {
        requireOperator(actor);
        long attributed = attributeWaiting();
        transaction.executeWithoutResult(
                s -> audit.record(actor, "usage.attributed", "usage", "all", Map.of("count", attributed)));
        return attributed;
    }

    /** The same by rule. */
    public long attributeWaiting() {
        Attribution names = attribution.getIfAvailable();
        if (names == null) {
            return 0;
        }
        long attributed = 0;
        for (LedgerTable.Waiting waiting : ledger.waiting(null, Integer.MAX_VALUE)) {
            Optional<AllocationId> allocation = names.allocationOf(waiting.cluster(), waiting.account());
            if (allocation.isEmpty()) {
                continue;
            }
            Map<String, PersonId> persons = new HashMap<>();
            for (String user : ledger.waitingUsers(waiting.cluster(), waiting.account())) {
                names.personOf(user).ifPresent(person -> persons.put(user, person));
            }
            long some;
            do {
                Long moved = transaction.execute(s -> ledger.attribute(
                        waiting.cluster(), waiting.account(), allocation.get(), persons, ATTRIBUTE_EACH));
                some = moved == null ? 0 : moved;
                attributed += some;
            } while (some == ATTRIBUTE_EACH);
        }
        return attributed;
    }

    static boolean mayAct(Actor actor) {
        return actor.isAny(CentreRole.OPERATOR, CentreRole.ADMINISTRATOR);
    }

    static void requireReader(Actor actor) {
        if (!mayAct(actor) && !actor.is(CentreRole.AUDITOR)) {
            throw new NotFoundException("usage-import");
        }
    }

    static void requireOperator(Actor actor) {
        requireReader(actor);
        if (!mayAct(actor)) {
            throw new org.farga.platform.Answer.RefusedException(Refusal.forbidden("operators-only"));
        }
    }
}
