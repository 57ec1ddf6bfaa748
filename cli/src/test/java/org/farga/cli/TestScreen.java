package org.farga.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Map;

/** A screen whose text can be read. */
final class TestScreen {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    final Screen screen;

    TestScreen(String terminals, Map<String, String> environment) {
        this.screen = new Screen(
                new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8), terminals, environment);
    }

    String out() {
        return out.toString(UTF_8);
    }

    String err() {
        return err.toString(UTF_8);
    }
}
