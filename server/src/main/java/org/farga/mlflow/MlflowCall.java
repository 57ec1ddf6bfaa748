package org.farga.mlflow;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.farga.models.Search;
import org.farga.models.Tracker;
import org.farga.shared.RunId;

/** One request of the protocol: who tracks where, and what they ask. */
record MlflowCall(Tracker by, Asked asked) {
    private static final String NO_RUN = "run with that id";

    RunId run() {
        String id = asked.text("run_id");
        return run(id == null || id.isEmpty() ? asked.given("run_uuid") : id);
    }

    /** A run's identifier; what cannot be one names no run. */
    static RunId run(String text) {
        try {
            if (text.length() == 36) {
                return RunId.valueOf(text);
            }
        } catch (IllegalArgumentException e) {
            // Told below.
        }
        throw MlflowException.missing(NO_RUN);
    }

    int experiment() {
        return experiment(asked.given("experiment_id"));
    }

    /** An experiment's number; what cannot be one names no experiment. */
    static int experiment(String text) {
        if (!text.matches("[0-9]{1,6}")) {
            throw MlflowException.missing("experiment with that id");
        }
        return Integer.parseInt(text);
    }

    /** Those of some experiments; what cannot be one is left out. */
    List<Integer> experiments() {
        return asked.texts("experiment_ids", 1_000).stream()
                .filter(text -> text.matches("[0-9]{1,6}"))
                .map(Integer::valueOf)
                .toList();
    }

    int version() {
        String text = asked.given("version");
        if (!text.matches("[0-9]{1,9}")) {
            throw MlflowException.invalid("Model version must be an integer, got '" + Asked.echo(text) + "'.");
        }
        return Integer.parseInt(text);
    }

    /** The search that it asks for. */
    Search search(Filter.Of of, String shown, int usual, int most) {
        return new Search(
                Filter.parse(asked.text("filter"), of),
                Filter.orders(asked.texts("order_by", 10), of),
                shown(shown),
                asked.whole("max_results", usual, 1, most),
                after());
    }

    List<String> after() {
        return PageToken.place(asked.text("page_token"));
    }

    private Search.Shown shown(String field) {
        String text = asked.text(field);
        return switch (text == null ? "ACTIVE_ONLY" : text) {
            case "ACTIVE_ONLY", "1" -> Search.Shown.ACTIVE;
            case "DELETED_ONLY", "2" -> Search.Shown.DELETED;
            case "ALL", "3" -> Search.Shown.ALL;
            default -> throw MlflowException.invalid("Invalid value for parameter '" + field + "' supplied.");
        };
    }

    Map<String, String> tags(Limits.Pair limits, int most) {
        return asked.pairs("tags", most, limits);
    }

    static final Set<String> STATES = Set.of("RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED");
}
