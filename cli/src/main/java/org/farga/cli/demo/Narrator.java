package org.farga.cli.demo;

import java.util.Locale;
import org.farga.cli.Screen;
import org.farga.cli.Screen.Look;

/** Tells what happens, as it happens: numbered steps, what was done and decided, and a bar for what takes its time. */
final class Narrator {
    private static final int BAR = 24;
    private static final long REDRAW_NANOS = 80_000_000L;

    private final Screen screen;
    private final long started = System.nanoTime();
    private int step;
    private long drawn;
    private boolean bar;
    private int tenth = -1;

    Narrator(Screen screen) {
        this.screen = screen;
    }

    double seconds() {
        return (System.nanoTime() - started) / 1e9;
    }

    /** Begins a step. */
    void step(String title) {
        endBar();
        step++;
        line("");
        line(screen.look(Look.FAINT, String.format(Locale.ROOT, "%6.1f s ", seconds()))
                + screen.look(Look.BOLD, String.format(Locale.ROOT, "%2d  %s", step, title)));
    }

    int steps() {
        return step;
    }

    /** What was done, or what somebody reads. */
    void tell(String text) {
        endBar();
        line("             " + text);
    }

    /** What somebody types. */
    void typed(String command) {
        endBar();
        line("             " + screen.look(Look.LIVE, "$ " + command));
    }

    /** A result that was checked. */
    void checked(String text) {
        endBar();
        line("           " + screen.look(Look.GOOD, "✓ ") + text);
    }

    /** A refusal that is as it should be. */
    void refused(String text) {
        endBar();
        line("             " + screen.look(Look.WARN, "refused  ") + text);
    }

    /** How far something is: redrawn in place on a terminal, a line at each tenth elsewhere. */
    void progress(double share, String text) {
        double within = Math.clamp(share, 0.0, 1.0);
        if (!screen.outIsTerminal()) {
            int now = (int) (within * 10);
            if (now > tenth) {
                tenth = now;
                line("             " + text);
            }
            return;
        }
        long now = System.nanoTime();
        if (within < 1 && now - drawn < REDRAW_NANOS) {
            return;
        }
        drawn = now;
        bar = true;
        int filled = (int) Math.round(within * BAR);
        screen.write("\r\u001b[K             "
                + screen.look(Look.LIVE, "#".repeat(filled))
                + screen.look(Look.FAINT, ".".repeat(BAR - filled)) + "  " + text);
    }

    /** The same for what says nothing of itself: on a terminal only. */
    void waiting(double share, String text) {
        if (screen.outIsTerminal()) {
            progress(share, text);
        }
    }

    /** Leaves the bar as it was last drawn. */
    void endBar() {
        if (bar) {
            screen.write("\n");
        }
        bar = false;
        tenth = -1;
        drawn = 0;
    }

    void line(String text) {
        screen.write(text + "\n");
    }

    String bold(String text) {
        return screen.look(Look.BOLD, text);
    }

    String faint(String text) {
        return screen.look(Look.FAINT, text);
    }
}
