package org.farga.mlflow;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.farga.models.Search.Comparison;
import org.farga.models.Search.Condition;
import org.farga.models.Search.Order;
import org.farga.models.Search.Part;
import org.jspecify.annotations.Nullable;

/**
 * MLflow's language of filters: {@code metrics.loss < 0.1 AND params.`lr rate` = '0.01' AND tags.team LIKE 'vi%'}, and
 * of orders: {@code metrics.loss DESC}. Pure: text in, conditions out, or a message that says where it is wrong.
 */
final class Filter {
    private static final int LONGEST = 10_000;
    private static final int MOST_CONDITIONS = 50;
    private static final int MOST_ORDERS = 10;

    /**
     * What may be asked about one kind of thing.
     *
     * @param parts the parts that it has besides attributes
     * @param texts attributes that are texts
     * @param numbers attributes that are numbers
     * @param aliases other names of attributes
     */
    record Of(Set<Part> parts, Set<String> texts, Set<String> numbers, Map<String, String> aliases) {
        static final Of RUNS = new Of(
                Set.of(Part.METRIC, Part.PARAMETER, Part.TAG, Part.DATASET),
                Set.of("run_id", "run_name", "status", "artifact_uri", "user_id", "experiment_id"),
                Set.of("start_time", "end_time"),
                Map.of(
                        "created", "start_time",
                        "Created", "start_time",
                        "run name", "run_name",
                        "Run name", "run_name",
                        "Run Name", "run_name"));
        static final Of EXPERIMENTS = new Of(
                Set.of(Part.TAG),
                Set.of("name"),
                Set.of("creation_time", "last_update_time", "experiment_id"),
                Map.of());
        static final Of MODELS = new Of(
                Set.of(Part.TAG),
                Set.of("name"),
                Set.of("creation_timestamp", "last_updated_timestamp", "timestamp"),
                Map.of());
        static final Of VERSIONS = new Of(
                Set.of(Part.TAG),
                Set.of("name", "run_id", "source_path"),
                Set.of("version_number", "creation_timestamp", "last_updated_timestamp"),
                Map.of());
        static final Of LOGGED_MODELS = new Of(
                Set.of(Part.METRIC, Part.PARAMETER, Part.TAG),
                Set.of("name", "model_id", "model_type", "status", "source_run_id", "experiment_id"),
                Set.of("creation_timestamp", "last_updated_timestamp", "creation_time", "last_updated_time"),
                Map.of(
                        "creation_time", "creation_timestamp",
                        "creation_timestamp_ms", "creation_timestamp",
                        "last_updated_time", "last_updated_timestamp",
                        "last_updated_timestamp_ms", "last_updated_timestamp"));
    }

    private enum Kind {
        WORD,
        QUOTED,
        NUMBER,
        SIGN,
        OPEN,
        CLOSE,
        COMMA,
        END
    }

    /**
     * A piece of a filter.
     *
     * @param text of a quoted one without its quotes
     */
    private record Token(Kind kind, String text, int at) {
        boolean is(String word) {
            return kind == Kind.WORD && text.equalsIgnoreCase(word);
        }
    }

    /** What something is about: a part and, within it, a key. */
    private record Subject(Part part, String key) {}

    private final String text;
    private final Of of;
    private final List<Token> tokens;
    private int next;

    private Filter(String text, Of of) {
        this.text = text;
        this.of = of;
        if (text.length() > LONGEST) {
            throw MlflowException.invalid("A filter may have at most " + LONGEST + " characters.");
        }
        this.tokens = tokens(text);
    }

    /** The conditions of a filter, all of which must hold; none of an empty one. */
    static List<Condition> parse(@Nullable String filter, Of of) {
        if (filter == null || filter.isBlank()) {
            return List.of();
        }
        Filter parser = new Filter(filter, of);
        List<Condition> conditions = new ArrayList<>();
        do {
            conditions.add(parser.condition());
            if (conditions.size() > MOST_CONDITIONS) {
                throw MlflowException.invalid("A filter may have at most " + MOST_CONDITIONS + " conditions.");
            }
        } while (parser.take("AND"));
        Token rest = parser.peek();
        if (rest.kind() != Kind.END) {
            throw parser.wrong(
                    rest.is("OR") ? "Conditions can be joined by AND only" : "Invalid clause(s) in filter string");
        }
        return conditions;
    }

    /** The orders: {@code metrics.loss}, {@code params.`a b` DESC}. */
    static List<Order> orders(List<String> orders, Of of) {
        if (orders.size() > MOST_ORDERS) {
            throw MlflowException.invalid("At most " + MOST_ORDERS + " order_by clauses can be given.");
        }
        List<Order> all = new ArrayList<>();
        for (String order : orders) {
            if (!order.isBlank()) {
                Filter parser = new Filter(order, of);
                Subject subject = parser.subject();
                boolean descending = parser.take("DESC");
                if (!descending) {
                    parser.take("ASC");
                }
                if (parser.peek().kind() != Kind.END) {
                    throw parser.wrong("Invalid order_by clause; write a key and ASC or DESC");
                }
                if (subject.part() == Part.DATASET) {
                    throw parser.wrong("Invalid order_by entity type 'dataset'");
                }
                all.add(new Order(subject.part(), subject.key(), !descending));
            }
        }
        return all;
    }

    private Condition condition() {
        Subject subject = subject();
        boolean numeric = subject.part() == Part.METRIC
                || (subject.part() == Part.ATTRIBUTE && of.numbers().contains(subject.key()));
        if (take("IS")) {
            boolean not = take("NOT");
            if (!take("NULL") || (subject.part() != Part.PARAMETER && subject.part() != Part.TAG)) {
                throw wrong("IS NULL and IS NOT NULL can be asked of params and tags");
            }
            return new Condition(
                    subject.part(), subject.key(), not ? Comparison.PRESENT : Comparison.ABSENT, null, List.of());
        }
        Comparison comparison = comparison();
        if (numeric) {
            switch (comparison) {
                case LIKE, ILIKE, IN, NOT_IN -> throw wrong("A number is compared with one of = != < <= > >=");
                default -> {
                    return new Condition(subject.part(), subject.key(), comparison, number(), List.of());
                }
            }
        }
        return switch (comparison) {
            case LESS, AT_MOST, GREATER, AT_LEAST -> throw wrong("A text is compared with one of = != LIKE ILIKE IN");
            case IN, NOT_IN -> {
                if (subject.part() != Part.ATTRIBUTE && subject.part() != Part.DATASET) {
                    throw wrong("Only attributes and datasets can be compared with a list");
                }
                yield new Condition(subject.part(), subject.key(), comparison, null, list());
            }
            default -> new Condition(subject.part(), subject.key(), comparison, null, List.of(quoted()));
        };
    }

    private Subject subject() {
        Token token = take(Kind.WORD, "a key such as metrics.loss");
        int dot = token.text().indexOf('.');
        String entity = dot < 0 ? "" : unquoted(token.text().substring(0, dot));
        String key = unquoted(dot < 0 ? token.text() : token.text().substring(dot + 1));
        if (key.isEmpty()) {
            throw wrong("A key is missing after '" + Asked.echo(token.text()) + "'");
        }
        Part part = switch (entity) {
            case "", "attribute", "attributes", "attr", "run" -> Part.ATTRIBUTE;
            case "metric", "metrics" -> Part.METRIC;
            case "parameter", "parameters", "param", "params" -> Part.PARAMETER;
            case "tag", "tags" -> Part.TAG;
            case "dataset", "datasets" -> Part.DATASET;
            default -> throw wrong("Invalid entity type '" + Asked.echo(entity) + "'");
        };
        if (part == Part.ATTRIBUTE) {
            String known = of.aliases().getOrDefault(key, key);
            if (!of.texts().contains(known) && !of.numbers().contains(known)) {
                throw wrong("Invalid attribute key '" + Asked.echo(key) + "' specified. Valid keys are "
                        + new java.util.TreeSet<>(of.texts()) + " and " + new java.util.TreeSet<>(of.numbers()));
            }
            return new Subject(part, known);
        }
        if (!of.parts().contains(part)) {
            throw wrong("Invalid entity type '" + entity + "' for this search");
        }
        if (part == Part.DATASET && !Set.of("name", "digest", "context").contains(key)) {
            throw wrong("Invalid dataset key '" + Asked.echo(key) + "' specified. Valid keys are [context, digest, name]");
        }
        return new Subject(part, key);
    }

    private static String unquoted(String text) {
        boolean quoted = text.length() >= 2
                && (text.charAt(0) == '`' || text.charAt(0) == '"')
                && text.charAt(text.length() - 1) == text.charAt(0);
        return quoted ? text.substring(1, text.length() - 1) : text;
    }

    private Comparison comparison() {
        Token token = peek();
        next++;
        if (token.kind() == Kind.SIGN) {
            return switch (token.text()) {
                case "=", "==" -> Comparison.EQUAL;
                case "!=", "<>" -> Comparison.UNEQUAL;
                case "<" -> Comparison.LESS;
                case "<=" -> Comparison.AT_MOST;
                case ">" -> Comparison.GREATER;
                case ">=" -> Comparison.AT_LEAST;
                default -> throw wrong("Invalid comparator '" + token.text() + "'");
            };
        }
        boolean not = token.is("NOT");
        Token word = not ? peek() : token;
        if (not) {
            next++;
        }
        return switch (word.kind() == Kind.WORD ? word.text().toUpperCase(Locale.ROOT) : "") {
            case "LIKE" -> not ? notAllowed() : Comparison.LIKE;
            case "ILIKE" -> not ? notAllowed() : Comparison.ILIKE;
            case "IN" -> not ? Comparison.NOT_IN : Comparison.IN;
            default -> throw wrong("A comparator is missing: one of = != < <= > >= LIKE ILIKE IN");
        };
    }

    private Comparison notAllowed() {
        throw wrong("NOT can stand before IN only");
    }

    private double number() {
        return Double.parseDouble(take(Kind.NUMBER, "a number").text());
    }

    private String quoted() {
        return take(Kind.QUOTED, "a quoted text (e.g. 'my-value')").text();
    }

    private List<String> list() {
        take(Kind.OPEN, "a list such as ('a', 'b')");
        List<String> all = new ArrayList<>();
        do {
            all.add(quoted());
        } while (takeComma());
        take(Kind.CLOSE, "a closing parenthesis");
        return all;
    }

    private Token peek() {
        return tokens.get(Math.min(next, tokens.size() - 1));
    }

    private boolean take(String word) {
        boolean there = peek().is(word);
        next += there ? 1 : 0;
        return there;
    }

    private boolean takeComma() {
        boolean there = peek().kind() == Kind.COMMA;
        next += there ? 1 : 0;
        return there;
    }

    private Token take(Kind kind, String expected) {
        Token token = peek();
        if (token.kind() != kind) {
            throw wrong("Expected " + expected + (token.kind() == Kind.END ? " at the end" : " at '" + Asked.echo(token.text()) + "'"));
        }
        next++;
        return token;
    }

    private MlflowException wrong(String what) {
        return MlflowException.invalid(what + ", in '" + Asked.echo(text) + "', character "
                + (tokens.get(Math.min(Math.max(next, 0), tokens.size() - 1)).at() + 1) + ".");
    }

    private static List<Token> tokens(String text) {
        List<Token> all = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (Character.isWhitespace(c)) {
                at++;
                continue;
            }
            int start = at;
            if (c == '\'' || c == '"') {
                at = end(text, at, c);
                boolean key = c == '"' && at < text.length() && text.charAt(at) == '.';
                if (!key) {
                    String quote = String.valueOf(c);
                    all.add(new Token(
                            Kind.QUOTED, text.substring(start + 1, at - 1).replace(quote + quote, quote), start));
                    continue;
                }
                at = word(text, at);
                all.add(new Token(Kind.WORD, text.substring(start, at), start));
            } else if (c == '(' || c == ')' || c == ',') {
                all.add(new Token(c == '(' ? Kind.OPEN : c == ')' ? Kind.CLOSE : Kind.COMMA, String.valueOf(c), start));
                at++;
            } else if ("=<>!".indexOf(c) >= 0) {
                while (at < text.length() && "=<>!".indexOf(text.charAt(at)) >= 0) {
                    at++;
                }
                all.add(new Token(Kind.SIGN, text.substring(start, at), start));
            } else {
                at = word(text, at);
                String word = text.substring(start, at);
                all.add(new Token(isNumber(word) ? Kind.NUMBER : Kind.WORD, word, start));
            }
        }
        all.add(new Token(Kind.END, "", text.length()));
        return all;
    }

    /** Where a word ends that may hold parts in backticks or double quotes. */
    private static int word(String text, int from) {
        int at = from;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '`' || c == '"') {
                at = end(text, at, c);
            } else if (Character.isWhitespace(c) || "=<>!(),'".indexOf(c) >= 0) {
                return at;
            } else {
                at++;
            }
        }
        return at;
    }

    /** Behind the closing quote; two quotes in a row stand for one. */
    private static int end(String text, int from, char quote) {
        int at = from + 1;
        while (at < text.length()) {
            if (text.charAt(at) != quote) {
                at++;
            } else if (quote != '`' && at + 1 < text.length() && text.charAt(at + 1) == quote) {
                at += 2;
            } else {
                return at + 1;
            }
        }
        throw MlflowException.invalid("A quote is not closed, in '" + Asked.echo(text) + "', character " + (from + 1) + ".");
    }

    private static boolean isNumber(String word) {
        return word.length() <= 400 && word.matches("[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?");
    }
}
