package org.farga.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.farga.cli.Cli.Exit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** A copy of all that Farga keeps about whoever asks. */
@Command(
        name = "my-data",
        description = "Download a copy of all that Farga keeps about you: a ZIP of JSON and readable pages.",
        footerHeading = "%nExamples:%n",
        footer = {"  farga my-data my-data.zip"})
final class MyDataCommand extends FargaCommand {
    private static final int MOST_LOOKS = 600;

    @Parameters(paramLabel = "FILE", description = "Where to write it.", defaultValue = "my-data.zip")
    private Path file = Path.of("my-data.zip");

    MyDataCommand(Session session) {
        super(session);
    }

    @Override
    int run() throws IOException {
        Api api = session.api();
        String path = "/api/v1/me/data-exports/"
                + text(api.post("/api/v1/me/data-exports", Api.object()).json(), "id");
        screen.note("Farga is putting it together...");
        JsonNode export = api.get(path).json();
        for (int i = 0; i < MOST_LOOKS && text(export, "state").equals("PREPARING"); i++) {
            pause();
            export = api.get(path).json();
        }
        if (!text(export, "state").equals("READY")) {
            screen.note("It is not ready yet: see /account/data on " + api.server() + ", or run this again.");
            return Exit.REFUSED;
        }
        long bytes = api.download(path + "/file", file);
        if (!printed(Api.object("file", file.toString(), "bytes", bytes))) {
            screen.say("Wrote " + file + ": open index.html in it.");
        }
        return Exit.DONE;
    }

    private static void pause() {
        try {
            Thread.sleep(1_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
