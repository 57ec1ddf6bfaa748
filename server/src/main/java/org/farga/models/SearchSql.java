package org.farga.models;

import static org.farga.platform.Timestamps.utc;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.farga.models.Search.Comparison;
import org.farga.models.Search.Condition;
import org.farga.models.Search.Order;

/**
 * A search as SQL. What somebody typed only ever becomes a parameter; the expressions come from the table that searches.
 */
final class SearchSql {
    /** How much of a text counts for the order: a place must fit into an address. */
    private static final int ORDERED_CHARACTERS = 200;

    private static final String NOTHING = "-";

    private final Map<String, Object> parameters = new HashMap<>();
    private final Function<Subject, Expression> expressions;
    private final List<Key> keys;
    private final List<String> after;

    /** What a condition or an order is about. {@code key} is the name of a parameter that holds the typed key. */
    record Subject(Search.Part part, String key, String parameter) {}

    /**
     * SQL for a value.
     *
     * @param value an expression; null where there is no value
     * @param exists SQL that holds where some value fulfils {@code %s}, for what has many values; else null
     */
    record Expression(
            String value, @org.jspecify.annotations.Nullable String exists, boolean numeric) {
        static Expression text(String value) {
            return new Expression(value, null, false);
        }

        static Expression number(String value) {
            return new Expression(value, null, true);
        }

        static Expression any(String value, String exists) {
            return new Expression(value, exists, false);
        }
    }

    /** What a value is, so that it can be compared with one that a client gives back. */
    private enum Kind {
        TEXT,
        NUMBER,
        TIME,
        ID
    }

    /**
     * What is put in order.
     *
     * @param always whether there always is a value, and a number if it is one
     */
    record Key(String value, Kind kind, boolean ascending, boolean always) {
        /** The latest first. */
        static Key latest(String column) {
            return new Key(column, Kind.TIME, false, true);
        }

        static Key id(String column) {
            return new Key(column, Kind.ID, true, true);
        }

        static Key text(String value) {
            return new Key(value, Kind.TEXT, true, true);
        }

        /** The largest first. */
        static Key largest(String column) {
            return new Key("CAST(" + column + " AS float8)", Kind.NUMBER, false, true);
        }
    }

    /** @param last tells apart what is equal in all the orders of the search */
    SearchSql(Function<Subject, Expression> expressions, Search search, Key... last) {
        this.expressions = expressions;
        List<Key> all = new ArrayList<>();
        search.orders().forEach(order -> all.add(key(order)));
        all.addAll(List.of(last));
        this.keys = List.copyOf(all);
        this.after = search.after();
        if (!after.isEmpty() && after.size() != keys.size()) {
            throw new Search.MisplacedException();
        }
    }

    private Key key(Order o) {
        Expression of = expressions.apply(new Subject(o.part(), o.key(), ":" + bind(o.key())));
        return of.numeric()
                ? new Key("(" + of.value() + ")", Kind.NUMBER, o.ascending(), false)
                : new Key("left((" + of.value() + "), " + ORDERED_CHARACTERS + ")", Kind.TEXT, o.ascending(), false);
    }

    Map<String, Object> parameters() {
        return parameters;
    }

    private String bind(Object value) {
        String name = "search" + parameters.size();
        parameters.put(name, value);
        return name;
    }

    /** All conditions, each with {@code AND} before it. */
    String where(List<Condition> conditions) {
        return conditions.stream().map(c -> " AND " + condition(c)).collect(Collectors.joining());
    }

    private String condition(Condition c) {
        Expression of = expressions.apply(new Subject(c.part(), c.key(), ":" + bind(c.key())));
        if (c.comparison() == Comparison.ABSENT) {
            return "(" + of.value() + ") IS NULL";
        }
        if (c.comparison() == Comparison.PRESENT) {
            return "(" + of.value() + ") IS NOT NULL";
        }
        if (of.exists() != null) {
            return of.exists().formatted(compare(of.value(), c, of.numeric()));
        }
        return "coalesce(" + compare("(" + of.value() + ")", c, of.numeric()) + ", false)";
    }

    private String compare(String value, Condition c, boolean numeric) {
        if (c.comparison() == Comparison.IN || c.comparison() == Comparison.NOT_IN) {
            String in = value + " = ANY(CAST(:" + bind(c.texts().toArray(String[]::new)) + " AS text[]))";
            return c.comparison() == Comparison.IN ? in : "NOT (" + in + ")";
        }
        if (numeric) {
            Double number = c.number();
            String to = "CAST(:" + bind(number == null ? Double.NaN : number) + " AS float8)";
            // PostgreSQL sorts NaN above all numbers; here it is no larger than anything.
            boolean ordered = switch (c.comparison()) {
                case LESS, AT_MOST, GREATER, AT_LEAST -> true;
                default -> false;
            };
            return "(" + value + " " + operator(c.comparison()) + " " + to
                    + (ordered ? " AND " + value + " <> CAST('NaN' AS float8)" : "") + ")";
        }
        String to = "CAST(:" + bind(c.texts().isEmpty() ? "" : c.texts().getFirst()) + " AS text)";
        return switch (c.comparison()) {
            case LIKE -> value + " LIKE " + to + " ESCAPE ''";
            case ILIKE -> value + " ILIKE " + to + " ESCAPE ''";
            default -> value + " " + operator(c.comparison()) + " " + to;
        };
    }

    private static String operator(Comparison comparison) {
        return switch (comparison) {
            case EQUAL -> "=";
            case UNEQUAL -> "<>";
            case LESS -> "<";
            case AT_MOST -> "<=";
            case GREATER -> ">";
            case AT_LEAST -> ">=";
            case LIKE, ILIKE, IN, NOT_IN, ABSENT, PRESENT ->
                throw new IllegalArgumentException(comparison + " is no plain operator");
        };
    }

    /** The orders, and then what tells apart the equal. What has no value comes last, before it what is not a number. */
    String orderBy() {
        return keys.stream()
                .map(key -> (key.always() ? "" : key.value() + " IS NULL, ")
                        + (key.always() || key.kind() != Kind.NUMBER ? "" : isNaN(key) + ", ")
                        + key.value()
                        + (key.ascending() ? " ASC" : " DESC"))
                .collect(Collectors.joining(", "));
    }

    /** A column that says where in the order a row stands; see {@link #place}. */
    String placeColumn() {
        return keys.stream()
                .map(key -> switch (key.kind()) {
                    case TIME -> "CAST(CAST(extract(epoch FROM " + key.value() + ") * 1000000 AS bigint) AS text)";
                    case TEXT, NUMBER, ID -> "CAST(" + key.value() + " AS text)";
                })
                .map(text -> "coalesce('=' || " + text + ", '" + NOTHING + "')")
                .collect(Collectors.joining(", ", ", ARRAY[", "] AS place"));
    }

    /** What stands behind the place from which to go on, with {@code AND} before it; nothing to begin with the first. */
    String behind() {
        if (after.isEmpty()) {
            return "";
        }
        String behind = "false";
        for (int i = keys.size() - 1; i >= 0; i--) {
            behind = behind(keys.get(i), after.get(i), behind);
        }
        return " AND " + behind;
    }

    /** @param further what must hold where this key is the same */
    private String behind(Key key, String given, String further) {
        String value = key.value();
        if (given.equals(NOTHING) && !key.always()) {
            return "(" + value + " IS NULL AND " + further + ")";
        }
        if (!given.startsWith("=")) {
            throw new Search.MisplacedException();
        }
        Object last = last(key.kind(), given.substring(1));
        if (last.equals(Double.NaN)) {
            return "(" + value + " IS NULL OR (" + isNaN(key) + " AND " + further + "))";
        }
        String type = switch (key.kind()) {
            case TEXT -> "text";
            case NUMBER -> "float8";
            case TIME -> "timestamptz";
            case ID -> "uuid";
        };
        String to = "CAST(:" + bind(last) + " AS " + type + ")";
        // Ascending, what is not a number is larger than all numbers to PostgreSQL.
        String later = key.ascending()
                ? value + " > " + to
                : value + " < " + to + (key.always() || key.kind() != Kind.NUMBER ? "" : " OR " + isNaN(key));
        return "(" + later + (key.always() ? "" : " OR " + value + " IS NULL") + " OR (" + value + " = " + to + " AND "
                + further + "))";
    }

    private static String isNaN(Key key) {
        return key.value() + " = CAST('NaN' AS float8)";
    }

    private static Object last(Kind kind, String text) {
        try {
            return switch (kind) {
                case TEXT -> {
                    if (text.indexOf('\0') >= 0) {
                        throw new Search.MisplacedException();
                    }
                    yield text;
                }
                case NUMBER -> Double.valueOf(text);
                case TIME -> utc(Instant.EPOCH.plus(Long.parseLong(text), ChronoUnit.MICROS));
                case ID -> UUID.fromString(text);
            };
        } catch (IllegalArgumentException | ArithmeticException | DateTimeException e) {
            throw new Search.MisplacedException();
        }
    }
}
