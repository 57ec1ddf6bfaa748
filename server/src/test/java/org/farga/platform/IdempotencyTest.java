package org.farga.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.farga.HttpTest;
import org.junit.jupiter.api.Test;

class IdempotencyTest extends HttpTest {
    private static final String FORJA = """
            {"name": "Forja Vision SL", "country": "ES"}""";

    @Test
    void eightRequestsAtOnceWithOneKeyChangeThingsOnce() throws Exception {
        Client ana = signUp("Ana");
        String key = UUID.randomUUID().toString();
        Callable<String> request = () -> ana.post("/api/v1/organisations", FORJA, "Idempotency-Key", key)
                .expect(201)
                .path("id")
                .asString();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> answers =
                    threads.invokeAll(List.of(request, request, request, request, request, request, request, request));
            assertThat(answers)
                    .extracting(Future::get)
                    .containsOnly(answers.getFirst().get());
        }
        assertThat(ana.get("/api/v1/organisations").expect(200).path("items")).hasSize(1);
    }

    @Test
    void aKeyBelongsToItsPerson() {
        String key = UUID.randomUUID().toString();
        String first = signUp("Ana")
                .post("/api/v1/organisations", FORJA, "Idempotency-Key", key)
                .expect(201)
                .path("id")
                .asString();
        String second = signUp("Eve")
                .post("/api/v1/organisations", FORJA, "Idempotency-Key", key)
                .expect(201)
                .path("id")
                .asString();
        assertThat(second).isNotEqualTo(first);
    }

    @Test
    void aKeyOfAbsurdLengthIsRefused() {
        signUp("Ana")
                .post("/api/v1/organisations", FORJA, "Idempotency-Key", "k".repeat(256))
                .expectProblem(400, "bad-idempotency-key");
    }
}
