package org.farga.compute;

import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of an array as Slurm writes them: {@code 0-9}, {@code 1,3,5-7}, {@code 0-20:5}, each with {@code %2} after it where
 * only two may run at once.
 *
 * @param indexes of the tasks, lowest first
 * @param atOnce how many may run at once; null for any number
 */
record ArrayIndexes(List<Integer> indexes, @Nullable Integer atOnce) {
    /** As many as Slurm takes unless it is set otherwise. */
    static final int MOST = 1000;

    static final int HIGHEST = 1_000_000;
    private static final Pattern WHOLE = Pattern.compile("([0-9,:-]{1,8000})(?:%([1-9][0-9]{0,6}))?");
    private static final Pattern PART = Pattern.compile("([0-9]{1,7})(?:-([0-9]{1,7})(?::([1-9][0-9]{0,6}))?)?");

    ArrayIndexes {
        indexes = List.copyOf(indexes);
    }

    /** Empty for what is none, has no task, or has an index beyond {@link #HIGHEST}; at most {@link #MOST} + 1 are read. */
    static Optional<ArrayIndexes> parse(String text) {
        Matcher whole = WHOLE.matcher(text.strip());
        if (!whole.matches()) {
            return Optional.empty();
        }
        SortedSet<Integer> indexes = new TreeSet<>();
        for (String part : whole.group(1).split(",", -1)) {
            Matcher range = PART.matcher(part);
            if (!range.matches()) {
                return Optional.empty();
            }
            int first = Integer.parseInt(range.group(1));
            int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
            int step = range.group(3) == null ? 1 : Integer.parseInt(range.group(3));
            if (last < first || last > HIGHEST) {
                return Optional.empty();
            }
            for (int index = first; index <= last && indexes.size() <= MOST; index += step) {
                indexes.add(index);
            }
        }
        return Optional.of(new ArrayIndexes(
                List.copyOf(indexes), whole.group(2) == null ? null : Integer.valueOf(whole.group(2))));
    }

    /** As Slurm reads it. */
    String words() {
        return indexes.stream().map(String::valueOf).collect(Collectors.joining(","))
                + (atOnce == null ? "" : "%" + atOnce);
    }
}
