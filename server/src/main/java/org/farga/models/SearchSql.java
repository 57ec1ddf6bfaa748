package org.farga.models;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.farga.models.Search.Comparison;
import org.farga.models.Search.Condition;
import org.farga.models.Search.Order;

/**
 * A search as SQL. What somebody typed only ever becomes a parameter; the expressions come from the table that searches.
 */
final class SearchSql {
    private final Map<String, Object> parameters = new HashMap<>();
    private final Function<Subject, Expression> expressions;

    /** What a condition or an order is about. {@code key} is the name of a parameter that holds the typed key. */
    record Subject(Search.Part part, String key, String parameter) {}

    /**
     * SQL for a value.
     *
     * @param value an expression; null where there is no value
     * @param exists SQL that holds where some value fulfils {@code %s}, for what has many values; else null
     */
    record Expression(String value, @org.jspecify.annotations.Nullable String exists, boolean numeric) {
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

    SearchSql(Function<Subject, Expression> expressions) {
        this.expressions = expressions;
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

    /** The orders and then, for what is equal in all of them, {@code last}. */
    String orderBy(List<Order> orders, String last) {
        return orders.stream().map(this::order).collect(Collectors.joining()) + last;
    }

    private String order(Order o) {
        Expression of = expressions.apply(new Subject(o.part(), o.key(), ":" + bind(o.key())));
        String value = "(" + of.value() + ")";
        String notANumber = of.numeric() ? value + " = CAST('NaN' AS float8), " : "";
        return value + " IS NULL, " + notANumber + value + (o.ascending() ? " ASC, " : " DESC, ");
    }
}
