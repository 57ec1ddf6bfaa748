package org.farga;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The program's OpenAPI document, and the question whether an answer keeps to it. */
final class ApiDescription {
    private static final Map<String, ApiDescription> KNOWN = new ConcurrentHashMap<>();
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private final JsonNode document;
    private final Map<String, Schema> schemas = new ConcurrentHashMap<>();
    private final SchemaRegistry registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    private ApiDescription(JsonNode document) {
        this.document = document;
    }

    static ApiDescription at(String address) {
        return KNOWN.computeIfAbsent(address, a -> new ApiDescription(JSON.readTree(fetch(a))));
    }

    static String fetch(String address) {
        try {
            return HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(address + "/v3/api-docs"))
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Fails where a JSON answer has another form than the document gives for its path, method and status. */
    void check(String method, String address, HttpTest.Answered answered) {
        String type = answered.header("Content-Type");
        // MLflow's protocol is described by MLflow.
        if (!address.startsWith("/api/v1/")
                || !type.contains("json")
                || answered.body().isEmpty()) {
            return;
        }
        String path = address.replaceFirst("\\?.*", "");
        JsonNode operation = null;
        String template = "";
        for (Map.Entry<String, JsonNode> candidate : document.path("paths").properties()) {
            boolean matches = path.matches(candidate.getKey().replaceAll("\\{[^/]+}", "[^/]+"));
            JsonNode found = candidate.getValue().path(method.toLowerCase(Locale.ROOT));
            // The path with the fewest variables is the one that Spring picks.
            if (matches
                    && !found.isMissingNode()
                    && (operation == null || !candidate.getKey().contains("{"))) {
                operation = found;
                template = candidate.getKey();
            }
        }
        if (operation == null) {
            assertThat(answered.status())
                    .as("%s %s is not in the OpenAPI document", method, path)
                    .isIn(401, 403, 404, 405);
            return;
        }
        JsonNode response = operation.path("responses").path(String.valueOf(answered.status()));
        if (response.isMissingNode()) {
            assertThat(answered.status())
                    .as("%s %s answers %s, which is not described", method, template, answered.status())
                    .isGreaterThanOrEqualTo(400);
            response = operation.path("responses").path("default");
        }
        JsonNode content = response.path("content");
        JsonNode schema = content.path(type.replaceFirst(";.*", "").strip()).path("schema");
        if (schema.isMissingNode()) {
            schema = content.path("*/*").path("schema");
        }
        assertThat(schema.isMissingNode())
                .as("%s %s has no schema for %s", method, template, type)
                .isFalse();
        JsonNode wanted = schema;
        Schema compiled = schemas.computeIfAbsent(method + template + answered.status(), k -> {
            ObjectNode root = JSON.createObjectNode();
            root.put("$schema", "https://json-schema.org/draft/2020-12/schema");
            root.set("components", document.path("components"));
            root.set("allOf", JSON.createArrayNode().add(wanted));
            return registry.getSchema(root.toString(), InputFormat.JSON);
        });
        List<Error> errors = compiled.validate(answered.body(), InputFormat.JSON);
        assertThat(errors)
                .as("%s %s against its description: %s", method, template, answered.body())
                .isEmpty();
    }
}
