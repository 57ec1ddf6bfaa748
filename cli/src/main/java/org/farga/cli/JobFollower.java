package org.farga.cli;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Follows a job until it ends, over broken connections and restarts of the server. */
public final class JobFollower {
    private final Api api;

    public JobFollower(Api api) {
        this.api = api;
    }

    /** What a job says; each is called as it comes. */
    public record Heard(Consumer<JsonNode> state, Consumer<String> log, Consumer<JsonNode> metric) {}

    /** Follows it and answers its last state: an object with {@code state}, and {@code exitCode} where it has one. */
    public JsonNode follow(String job, Heard heard) {
        Ending ending = new Ending();
        api.follow("/api/v1/jobs/" + job + "/events", event -> {
            JsonNode data = Api.JSON.readTree(event.data());
            switch (event.name()) {
                case "state" -> heard.state().accept(data);
                case "log" -> heard.log().accept(data.path("text").asString(""));
                case "metric" -> heard.metric().accept(data);
                case "end" -> {
                    ending.state = data;
                    return false;
                }
                default -> {} // of a later Farga
            }
            return true;
        });
        JsonNode state = ending.state;
        // A stream that was over before it was asked for says nothing; the job itself does.
        return state != null ? state : api.get("/api/v1/jobs/" + job).json();
    }

    private static final class Ending {
        private @Nullable JsonNode state;
    }
}
