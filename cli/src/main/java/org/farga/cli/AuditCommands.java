package org.farga.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.farga.cli.AuditVerifier.Verdict;
import org.farga.cli.Cli.Exit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** The audit log's proof, for auditors and for whoever would rather check than trust. */
final class AuditCommands {
    private AuditCommands() {}

    static CommandLine line(Session session) {
        return new CommandLine(new Audit())
                .addSubcommand("export", new Export(session))
                .addSubcommand("verify", new Verify(session))
                .addSubcommand("checkpoint", new Checkpoint(session))
                .addSubcommand("prove", new Prove(session));
    }

    @Command(
            name = "audit",
            description = "The audit log and its proof.",
            synopsisSubcommandLabel = "COMMAND",
            footerHeading = "%nExamples:%n",
            footer = {
                "  farga audit checkpoint >> kept-elsewhere.txt",
                "  farga audit export log.jsonl",
                "  farga audit verify log.jsonl --checkpoint kept.txt",
                "  farga audit prove 17 --json"
            })
    static final class Audit extends CommandGroup {}

    @Command(name = "export", description = "Download the log, or a part of it, with what proves it.")
    static final class Export extends FargaCommand {
        @Parameters(paramLabel = "FILE", description = "Where to write it.")
        private Path file = Path.of("");

        @Option(names = "--from", paramLabel = "N", description = "The first leaf, counted from 0.")
        private @Nullable Long from;

        @Option(names = "--to", paramLabel = "N", description = "The leaf after the last.")
        private @Nullable Long to;

        @Option(names = "--personal", description = "With the personal values that were not erased.")
        private boolean personal;

        Export(Session session) {
            super(session);
        }

        @Override
        int run() throws IOException {
            List<String> query = new ArrayList<>(List.of("personal=" + personal));
            if (from != null) {
                query.add("from=" + from);
            }
            if (to != null) {
                query.add("to=" + to);
            }
            long bytes = session.api().download("/api/v1/audit/export?" + String.join("&", query), file);
            if (!printed(Api.object("file", file.toString(), "bytes", bytes))) {
                screen.say("Wrote " + file + ". Check it with: farga audit verify " + file);
            }
            return Exit.DONE;
        }
    }

    @Command(
            name = "verify",
            description = "Check an export by itself: it needs no server. Exit code 0 only if nothing is wrong.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  farga audit verify log.jsonl",
                "  farga audit verify log.jsonl --checkpoint kept-in-may.txt --key farga.example.org/audit+..."
            })
    static final class Verify extends FargaCommand {
        @Parameters(paramLabel = "EXPORT", description = "A file that \"farga audit export\" wrote.")
        private Path file = Path.of("");

        @Option(
                names = "--checkpoint",
                paramLabel = "OLDER",
                description =
                        "A file with a checkpoint kept from before: shows that nothing was put back or rewritten.")
        private @Nullable Path older;

        @Option(
                names = "--key",
                paramLabel = "KEY",
                description =
                        "The log's key as you got it elsewhere; once for each, where it was changed. Without it, the"
                                + " export's own are believed.")
        private List<String> keys = new ArrayList<>();

        Verify(Session session) {
            super(session);
        }

        @Override
        int run() throws IOException {
            Verdict verdict;
            try (BufferedReader lines = Files.newBufferedReader(readable(file), UTF_8)) {
                verdict = new AuditVerifier(keys, older == null ? null : Files.readString(readable(older), UTF_8))
                        .verify(lines);
            }
            if (!printed(Api.object("whole", verdict.whole(), "proved", verdict.proved(), "wrong", verdict.wrong()))) {
                verdict.proved().forEach(p -> screen.say(screen.look(Screen.Look.GOOD, "proved  ") + p));
                verdict.wrong().forEach(w -> screen.say(screen.look(Screen.Look.BAD, "WRONG   ") + w));
                if (verdict.whole() && keys.isEmpty()) {
                    screen.note("The key came with the export: compare it with one you got elsewhere, by --key.");
                }
                if (verdict.whole() && older == null) {
                    screen.note("Without an older checkpoint (--checkpoint) this cannot show that the whole log was not"
                            + " replaced by whoever holds the key.");
                }
            }
            return verdict.whole() ? Exit.DONE : Exit.REFUSED;
        }

        private static Path readable(Path path) {
            if (!Files.isReadable(path) || Files.isDirectory(path)) {
                throw new NotThere("there is no readable file " + path);
            }
            return path;
        }
    }

    @Command(
            name = "checkpoint",
            description = "Print the newest signed checkpoint. Keep it somewhere else: it fixes all entries before it.")
    static final class Checkpoint extends FargaCommand {
        @Option(names = "--size", paramLabel = "N", description = "The one over so many entries.")
        private @Nullable Long size;

        Checkpoint(Session session) {
            super(session);
        }

        @Override
        int run() {
            String note = session.api()
                    .get("/api/v1/audit/checkpoint" + (size == null ? "" : "?size=" + size))
                    .text();
            if (!printed(Api.object("checkpoint", note))) {
                screen.write(note);
            }
            return Exit.DONE;
        }
    }

    @Command(name = "prove", description = "The proof that an entry is in the log, as JSON with what is hashed.")
    static final class Prove extends FargaCommand {
        @Parameters(paramLabel = "NUMBER", description = "The entry's number.")
        private long number;

        Prove(Session session) {
            super(session);
        }

        @Override
        int run() {
            JsonNode proof = session.api()
                    .get("/api/v1/audit/entries/" + number + "/proof")
                    .json();
            if (!printed(proof)) {
                facts(
                        "Entry", text(proof, "number"),
                        "Leaf", text(proof, "index") + " of " + text(proof.path("checkpoint"), "size"),
                        "Hash", text(proof, "leafHash"),
                        "Root", text(proof.path("checkpoint"), "rootHash"),
                        "Signed", session.when(text(proof.path("checkpoint"), "signedAt")));
                proof.path("path").forEach(hash -> screen.say("  " + faint("path") + "  " + hash.asString()));
                screen.say(text(proof, "leaf"));
            }
            return Exit.DONE;
        }
    }
}
