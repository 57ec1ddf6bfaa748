package org.farga.models;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is asked for: all conditions hold, in this order, from an offset on.
 *
 * @param most how many at most, at least 1
 * @param offset how many to leave out first
 */
public record Search(List<Condition> conditions, List<Order> orders, Shown shown, int most, int offset) {
    public Search {
        conditions = List.copyOf(conditions);
        orders = List.copyOf(orders);
    }

    /** Whether what was deleted is asked for. */
    public enum Shown {
        ACTIVE,
        DELETED,
        ALL
    }

    /** What of a thing is looked at. */
    public enum Part {
        ATTRIBUTE,
        METRIC,
        PARAMETER,
        TAG,
        DATASET
    }

    /** How it is compared. */
    public enum Comparison {
        EQUAL,
        UNEQUAL,
        LESS,
        AT_MOST,
        GREATER,
        AT_LEAST,
        LIKE,
        /** The same whatever the case of letters. */
        ILIKE,
        IN,
        NOT_IN,
        ABSENT,
        PRESENT
    }

    /**
     * One condition.
     *
     * @param number the value to compare with, where it is one
     * @param texts the text to compare with, or several for {@link Comparison#IN}
     */
    public record Condition(
            Part part, String key, Comparison comparison, @Nullable Double number, List<String> texts) {
        public Condition {
            texts = List.copyOf(texts);
        }
    }

    /** One order; what has no value comes last. */
    public record Order(Part part, String key, boolean ascending) {}

    /** Some of what was found, and whether there is more. */
    public record Found<T>(List<T> items, boolean more) {
        public Found {
            items = List.copyOf(items);
        }

        static <T> Found<T> of(List<T> oneMore, int most) {
            return new Found<>(oneMore.size() > most ? oneMore.subList(0, most) : oneMore, oneMore.size() > most);
        }
    }
}
