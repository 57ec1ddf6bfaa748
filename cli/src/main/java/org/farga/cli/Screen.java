package org.farga.cli;

import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a command writes to and asks from: standard output for what was asked for, standard error for everything else, and
 * the person at the terminal where there is one.
 */
public final class Screen {
    /** How a text looks on a terminal that has colours; nowhere is colour the only sign. */
    public enum Look {
        BOLD("1"),
        FAINT("2"),
        GOOD("32"),
        BAD("31"),
        WARN("33"),
        LIVE("36");

        private final String code;

        Look(String code) {
            this.code = code;
        }
    }

    private final PrintStream out;
    private final PrintStream err;
    private final boolean outIsTerminal;
    private final boolean inIsTerminal;
    private final boolean errIsTerminal;
    private final boolean colours;
    private @Nullable BufferedReader lines;

    /** @param terminals the letters of those that are terminals: i for input, o for output, e for errors */
    public Screen(PrintStream out, PrintStream err, String terminals, Map<String, String> environment) {
        this.out = out;
        this.err = err;
        this.outIsTerminal = terminals.contains("o");
        this.inIsTerminal = terminals.contains("i");
        this.errIsTerminal = terminals.contains("e");
        // https://no-color.org: set and not empty.
        this.colours = outIsTerminal
                && environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "").equals("dumb");
    }

    /** The screen of this program; the launcher says in {@code farga.terminals} what is a terminal. */
    @SuppressWarnings("SystemConsoleNull") // it may be, with a console module of somebody's own
    public static Screen ofThisProgram() {
        String terminals = System.getProperty("farga.terminals");
        if (terminals == null) {
            Console console = System.console();
            terminals = console != null && console.isTerminal() ? "ioe" : "";
        }
        return new Screen(stream(FileDescriptor.out), stream(FileDescriptor.err), terminals, System.getenv());
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        // The JDK's own would write question marks for names under LANG=C, which is what cron and containers have.
        return new PrintStream(
                new BufferedOutputStream(new FileOutputStream(descriptor), 8192), false, StandardCharsets.UTF_8);
    }

    java.io.PrintWriter outWriter() {
        return new java.io.PrintWriter(out, true, StandardCharsets.UTF_8);
    }

    java.io.PrintWriter errWriter() {
        return new java.io.PrintWriter(err, true, StandardCharsets.UTF_8);
    }

    public boolean outIsTerminal() {
        return outIsTerminal;
    }

    /** Whether a person can be asked. */
    public boolean canAsk() {
        return inIsTerminal;
    }

    public String look(Look look, String text) {
        return colours && !text.isEmpty() ? "\u001b[" + look.code + "m" + text + "\u001b[0m" : text;
    }

    public boolean errIsTerminal() {
        return errIsTerminal;
    }

    /** A line beside what was asked for, in the place of the one before it. */
    public void progress(String line) {
        err.print("\r\u001b[K" + line);
        err.flush();
    }

    /** A line of what was asked for. */
    public void say(String line) {
        out.print(line + "\n");
    }

    /** Text as it is, at once. */
    public void write(String text) {
        out.print(text);
        out.flush();
    }

    /** A line beside what was asked for. */
    public void note(String line) {
        out.flush();
        err.print(line + "\n");
        err.flush();
    }

    public void flush() {
        out.flush();
        err.flush();
    }

    /** Asks for a line; the fallback for an empty one. Throws {@link UsageException} where there is nobody to ask. */
    public String ask(String question, String fallback) {
        String answer = line(question + (fallback.isEmpty() ? "" : " [" + fallback + "]") + ": ");
        return answer.isBlank() ? fallback : answer.strip();
    }

    /** Asks for yes or no. */
    public boolean agrees(String question) {
        String answer = line(question + " [y/N] ").strip().toLowerCase(Locale.ROOT);
        return answer.equals("y") || answer.equals("yes");
    }

    /** Asks for a secret without showing it. */
    @SuppressWarnings("SystemConsoleNull") // as above
    public String askSecret(String question) {
        Console console = System.console();
        if (!canAsk() || console == null) {
            throw new UsageException("nobody is at a terminal to be asked for the password; use --password-stdin");
        }
        flush();
        char[] secret = console.readPassword("%s: ", question);
        if (secret == null) {
            throw new UsageException("no password was given");
        }
        return new String(secret);
    }

    private String line(String question) {
        if (!canAsk()) {
            throw new UsageException("nobody is at a terminal to be asked \"" + question.strip()
                    + "\"; give it as an option (see --help)");
        }
        out.flush();
        err.print(question);
        err.flush();
        try {
            BufferedReader reader = Objects.requireNonNullElseGet(
                    lines, () -> new BufferedReader(new InputStreamReader(System.in, terminalCharset())));
            lines = reader;
            String line = reader.readLine();
            if (line == null) {
                throw new UsageException("the input ended before the question was answered");
            }
            return line;
        } catch (IOException e) {
            throw new UsageException("the answer cannot be read: " + e.getMessage());
        }
    }

    private static Charset terminalCharset() {
        return Charset.forName(System.getProperty("stdin.encoding", "UTF-8"));
    }
}
