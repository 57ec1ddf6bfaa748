package org.farga.cli;

import java.util.ArrayList;
import java.util.List;
import org.farga.cli.Screen.Look;

/** Rows under headings, each column as wide as its widest cell; numbers stand right. */
public final class Table {
    private static final String GAP = "  ";

    /** A cell: its text, and how it looks. */
    private record Cell(String text, List<Look> looks) {}

    private final List<String> headings;
    private final List<List<Cell>> rows = new ArrayList<>();
    private final boolean[] right;

    /** @param headings of the columns; one that starts with {@code >} stands right */
    public Table(String... headings) {
        this.headings = new ArrayList<>();
        this.right = new boolean[headings.length];
        for (int i = 0; i < headings.length; i++) {
            right[i] = headings[i].startsWith(">");
            this.headings.add(right[i] ? headings[i].substring(1) : headings[i]);
        }
    }

    /** Adds a row; there are as many cells as headings. */
    public Table row(String... cells) {
        if (cells.length != headings.size()) {
            throw new IllegalArgumentException("a row has " + headings.size() + " cells, not " + cells.length);
        }
        List<Cell> row = new ArrayList<>();
        for (String cell : cells) {
            row.add(new Cell(plain(cell), List.of()));
        }
        rows.add(row);
        return this;
    }

    /** Gives a cell of the last row a look. */
    public Table look(int column, Look... looks) {
        List<Cell> row = rows.getLast();
        row.set(column, new Cell(row.get(column).text(), List.of(looks)));
        return this;
    }

    public boolean isEmpty() {
        return rows.isEmpty();
    }

    public void print(Screen screen) {
        int[] widths = new int[headings.size()];
        for (int column = 0; column < widths.length; column++) {
            widths[column] = width(headings.get(column));
            for (List<Cell> row : rows) {
                widths[column] = Math.max(widths[column], width(row.get(column).text()));
            }
        }
        List<Cell> head =
                headings.stream().map(h -> new Cell(h, List.of(Look.FAINT))).toList();
        screen.say(line(head, widths, screen));
        rows.forEach(row -> screen.say(line(row, widths, screen)));
    }

    private String line(List<Cell> cells, int[] widths, Screen screen) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < cells.size(); column++) {
            Cell cell = cells.get(column);
            String space = " ".repeat(widths[column] - width(cell.text()));
            String text = cell.text();
            for (Look look : cell.looks()) {
                text = screen.look(look, text);
            }
            boolean last = column == cells.size() - 1;
            line.append(column == 0 ? "" : GAP)
                    .append(right[column] ? space : "")
                    .append(text)
                    .append(right[column] || last ? "" : space);
        }
        return line.toString().stripTrailing();
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }

    /** One line without control characters: a name must not move the cursor of whoever lists it. */
    static String plain(String text) {
        StringBuilder plain = new StringBuilder();
        text.codePoints()
                .forEach(c -> plain.appendCodePoint(
                        Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? ' ' : c));
        return plain.toString();
    }
}
