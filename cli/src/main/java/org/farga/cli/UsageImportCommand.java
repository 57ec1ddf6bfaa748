package org.farga.cli;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.farga.cli.Cli.Exit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

@Command(
        name = "import",
        description = {
            "Bring what Slurm's accounting printed into the ledger of usage; for operators. Nothing counts twice, so a file may be sent"
                    + " again.",
            "Print it with: sacct -D -P -a -S START -o JobIDRaw,JobID,Cluster,Account,User,Partition,QOS,State,Submit,Start,End,"
                    + "ElapsedRaw,AllocTRES,JobName"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  farga usage import 2025.txt --cluster mn5",
            "  sacct -D -P -a -S 2025-01-01 -o ... | farga usage import - --cluster mn5",
            "  farga usage import 2025.txt --resume 019a5c... "
        })
final class UsageImportCommand extends FargaCommand {
    private static final Duration TELL_EACH = Duration.ofMillis(500);

    @Parameters(paramLabel = "FILE", description = "The file; - reads standard input.")
    private String file = "";

    @Option(names = "--cluster", paramLabel = "NAME", description = "The cluster as Farga calls it.")
    private @Nullable String cluster;

    @Option(names = "--zone", paramLabel = "ZONE", description = "Of local times in it; the centre's unless given.")
    private @Nullable String zone;

    @Option(names = "--resume", paramLabel = "IMPORT", description = "Go on with this import, which was broken off.")
    private @Nullable String resumed;

    UsageImportCommand(Session session) {
        super(session);
    }

    @Override
    int run() throws IOException {
        boolean stream = file.equals("-");
        if (cluster == null && resumed == null) {
            throw new UsageException("name the cluster with --cluster");
        }
        if (stream && resumed != null) {
            throw new UsageException("a stream cannot be gone back in; send it anew, nothing counts twice");
        }
        Path path = Path.of(file);
        Long size = stream ? null : Files.size(path);
        Api api = session.api();
        JsonNode opened = resumed != null
                ? api.get("/api/v1/usage-imports/" + Api.encoded(resumed)).json()
                : api.post(
                                "/api/v1/usage-imports",
                                Api.object(
                                        "cluster",
                                        cluster,
                                        "zone",
                                        zone,
                                        "name",
                                        stream ? "standard input" : String.valueOf(path.getFileName()),
                                        "sizeBytes",
                                        size))
                        .json();
        String id = text(opened, "id");
        long from = opened.path("positionBytes").asLong(0);
        JsonNode done;
        CountDownLatch over = new CountDownLatch(1);
        Thread teller = Thread.ofVirtual().unstarted(() -> tell(api, id, from, size, over));
        try (InputStream in = stream ? System.in : Files.newInputStream(path)) {
            in.skipNBytes(from);
            if (screen.errIsTerminal()) {
                teller.start();
            }
            done = api.stream("/api/v1/usage-imports/" + id + "/lines?from=" + from, new Unclosed(in), "text/plain")
                    .json();
        } catch (Unreachable e) {
            if (!stream) {
                screen.note("It broke off. Go on with: farga usage import " + file + " --resume " + id);
            }
            throw e;
        } finally {
            over.countDown();
        }
        if (screen.errIsTerminal()) {
            screen.note("");
        }
        if (!printed(done)) {
            JsonNode skipped = done.path("skipped");
            facts(
                    "lines", number(done, "lines"),
                    "new runs", number(done, "entered"),
                    "corrected", number(done, "corrected"),
                    "there already", number(done, "unchanged"),
                    "without allocation", number(done, "unattributed"),
                    "nothing to charge",
                            number(skipped, "steps") + " steps, " + number(skipped, "neverStarted") + " never started, "
                                    + number(skipped, "notEnded") + " not ended, " + number(skipped, "empty")
                                    + " empty",
                    "rejected",
                            number(done, "rejected")
                                    + (done.path("rejected").asLong(0) > 0
                                            ? " (" + api.server() + "/api/v1/usage-imports/" + id + "/rejected.csv)"
                                            : ""));
        }
        return Exit.DONE;
    }

    private static String number(JsonNode node, String name) {
        return String.format(Locale.ROOT, "%,d", node.path(name).asLong(0));
    }

    /** Writes how far the server is, again and again on one line. */
    private void tell(Api api, String id, long from, @Nullable Long size, CountDownLatch over) {
        long since = System.nanoTime();
        try {
            while (!over.await(TELL_EACH.toMillis(), TimeUnit.MILLISECONDS)) {
                JsonNode now = api.get("/api/v1/usage-imports/" + id).json();
                long position = now.path("positionBytes").asLong(0);
                double seconds = (System.nanoTime() - since) / 1e9;
                double rate = (position - from) / seconds;
                String left = size == null || rate <= 0
                        ? ""
                        : String.format(
                                Locale.ROOT,
                                " %3d %%, %d s left",
                                100 * position / Math.max(1, size),
                                Math.round((size - position) / rate));
                if (over.getCount() == 0) {
                    return;
                }
                screen.progress(String.format(
                        Locale.ROOT,
                        "%s%s, %,d lines, %,d lines/s%s",
                        Amounts.bytes(position),
                        size == null ? "" : " of " + Amounts.bytes(size),
                        now.path("lines").asLong(0),
                        Math.round(now.path("lines").asLong(0) / seconds),
                        left));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Problem | Unreachable e) {
            // The sending of the lines will tell.
        }
    }

    /** Standard input is not this command's to close. */
    private static final class Unclosed extends FilterInputStream {
        Unclosed(InputStream in) {
            super(in);
        }

        @Override
        public void close() {}
    }
}
