package org.farga.mlflow;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** MLflow's limits on names and values, as its own server has them (mlflow/utils/validation.py). */
final class Limits {
    static final int LONGEST_NAME = 250;
    static final int LONGEST_EXPERIMENT_NAME = 500;
    static final int LONGEST_RUN_NAME = 1_000;
    static final int LONGEST_DESCRIPTION = 100_000;
    static final int MOST_METRICS = 1_000;
    static final int MOST_PARAMETERS_AND_TAGS = 100;
    static final int MOST_ENTITIES = 1_000;

    /** Letters, digits, and {@code _ - . : /} and space. */
    private static final Pattern NAME = Pattern.compile("[/\\w.\\- :]*", Pattern.UNICODE_CHARACTER_CLASS);

    private static final Pattern ALIAS = Pattern.compile("[A-Za-z0-9_-]{1,255}");
    private static final Pattern VERSION_ALIAS = Pattern.compile("[vV][0-9]+");

    private Limits() {}

    /**
     * What a tag or a parameter may hold.
     *
     * @param cut whether a longer value is cut, as MLflow's server does by default, rather than refused
     */
    record Pair(String what, int longestValue, boolean cut) {
        static final Pair RUN_TAG = new Pair("Tag", 8_000, true);
        static final Pair PARAMETER = new Pair("Param", 6_000, true);
        static final Pair EXPERIMENT_TAG = new Pair("Tag", 20_000, false);
        static final Pair REGISTRY_TAG = new Pair("Tag", 100_000, false);
        static final Pair INPUT_TAG = new Pair("Input tag", 500, false);

        String name(@Nullable String name) {
            return Limits.name(what + " name", name);
        }

        String value(@Nullable String value) {
            if (value == null) {
                return "";
            }
            if (value.length() <= longestValue) {
                return value;
            }
            if (!cut) {
                throw MlflowException.invalid(
                        "'" + what + " value' exceeds the maximum length of " + longestValue + " characters");
            }
            boolean half = Character.isHighSurrogate(value.charAt(longestValue - 1));
            return value.substring(0, half ? longestValue - 1 : longestValue);
        }
    }

    /** A name that could be a file's: what it is called must not change when it is read as a path. */
    static String name(String what, @Nullable String name) {
        if (name == null || name.isEmpty()) {
            throw MlflowException.invalid(what + " cannot be None. A key name must be provided.");
        }
        if (!NAME.matcher(name).matches()) {
            throw MlflowException.invalid("Invalid value \"" + Asked.echo(name) + "\" for parameter '" + what
                    + "' supplied: Names may only contain alphanumerics, underscores (_), dashes (-), periods (.),"
                    + " spaces ( ), colon(:) and slashes (/).");
        }
        for (String part : name.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                throw MlflowException.invalid("Invalid value \"" + Asked.echo(name) + "\" for parameter '" + what
                        + "' supplied: Names may be treated as files in certain cases, and must not resolve to other"
                        + " names when treated as such.");
            }
        }
        return Asked.bounded(what, name, LONGEST_NAME);
    }

    static String modelName(String name) {
        if (name.isBlank()) {
            throw MlflowException.invalid("Missing value for required parameter 'name'.");
        }
        if (name.indexOf('/') >= 0 || name.indexOf(':') >= 0) {
            throw MlflowException.invalid(
                    "Invalid model name '" + Asked.echo(name) + "'. Names cannot contain '/' or ':'.");
        }
        if (name.equals(".") || name.equals("..") || name.codePoints().anyMatch(Character::isISOControl)) {
            throw MlflowException.invalid("Invalid model name '" + Asked.echo(name) + "'.");
        }
        return name;
    }

    static String alias(String alias) {
        if (!ALIAS.matcher(alias).matches()) {
            throw MlflowException.invalid("Invalid alias name: '" + Asked.echo(alias)
                    + "'. Names may only contain alphanumerics, underscores (_), and dashes (-), at most 255.");
        }
        if (VERSION_ALIAS.matcher(alias).matches() || alias.equalsIgnoreCase("latest")) {
            throw MlflowException.invalid("'" + alias + "' is reserved and cannot be an alias: versions go by it.");
        }
        return alias;
    }
}
