package org.farga.models;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is asked for: all conditions hold, in this order, from behind a place on.
 *
 * @param most how many at most, at least 1
 * @param after the place of the last one that was read, as {@link Found#next} told it; empty to begin with the first
 */
public record Search(List<Condition> conditions, List<Order> orders, Shown shown, int most, List<String> after) {
    public Search {
        conditions = List.copyOf(conditions);
        orders = List.copyOf(orders);
        after = List.copyOf(after);
    }

    /** A place that is none in what is asked for: it was made up, or belongs to another order. */
    public static final class MisplacedException extends RuntimeException {
        private static final long serialVersionUID = 1L;
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
            Part part,
            String key,
            Comparison comparison,
            @Nullable Double number,
            List<String> texts) {
        public Condition {
            texts = List.copyOf(texts);
        }
    }

    /** One order; what has no value comes last. */
    public record Order(Part part, String key, boolean ascending) {}

    /** Something that was found, and its place in the order: what was added meanwhile does not move it. */
    record Placed<T>(T item, List<String> place) {
        /** @param column what the database gave for {@link SearchSql#placeColumn} */
        static <T> Placed<T> of(T item, Object column) {
            return new Placed<>(item, List.of((String[]) column));
        }
    }

    /**
     * Some of what was found.
     *
     * @param next the place behind which there is more; empty where there is not
     */
    public record Found<T>(List<T> items, List<String> next) {
        public Found {
            items = List.copyOf(items);
            next = List.copyOf(next);
        }

        static <T> Found<T> of(List<Placed<T>> oneMore, int most) {
            List<Placed<T>> page = oneMore.size() > most ? oneMore.subList(0, most) : oneMore;
            return new Found<>(
                    page.stream().map(Placed::item).toList(),
                    oneMore.size() > most ? page.getLast().place() : List.of());
        }

        /** The same with something else in the place of each. */
        <U> Found<U> with(List<U> others) {
            return new Found<>(others, next);
        }
    }
}
