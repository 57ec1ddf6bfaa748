package org.farga.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.farga.cli.Screen.Look;
import org.junit.jupiter.api.Test;

class TableTest {
    private static String printed(Table table, String terminals, Map<String, String> environment) {
        TestScreen test = new TestScreen(terminals, environment);
        table.print(test.screen);
        return test.out();
    }

    private final Table table = new Table(">JOB", "NAME", "STATE")
            .row("1", "digits", "COMPLETED")
            .look(2, Look.GOOD)
            .row("17", "català", "RUNNING");

    @Test
    void columnsAreAsWideAsTheirWidestCellAndNumbersStandRight() {
        assertThat(printed(table, "", Map.of())).isEqualTo("""
                JOB  NAME    STATE
                  1  digits  COMPLETED
                 17  català  RUNNING
                """);
    }

    @Test
    void coloursAreForTerminalsOnly() {
        assertThat(printed(table, "", Map.of())).doesNotContain("\u001b");
        assertThat(printed(table, "o", Map.of())).contains("\u001b[32mCOMPLETED\u001b[0m");
    }

    @Test
    void noColorIsHonoured() {
        assertThat(printed(table, "o", Map.of("NO_COLOR", "1"))).doesNotContain("\u001b");
        assertThat(printed(table, "o", Map.of("NO_COLOR", ""))).contains("\u001b");
        assertThat(printed(table, "o", Map.of("TERM", "dumb"))).doesNotContain("\u001b");
    }

    @Test
    void aNameCannotMoveTheCursor() {
        String printed = printed(new Table("NAME").row("a\u001b[2Jb\nc\u202ed"), "o", Map.of("NO_COLOR", "1"));
        assertThat(printed).isEqualTo("NAME\na [2Jb c d\n");
    }

    @Test
    void aRowHasAsManyCellsAsThereAreHeadings() {
        assertThatThrownBy(() -> new Table("A", "B").row("1")).isInstanceOf(IllegalArgumentException.class);
    }
}
