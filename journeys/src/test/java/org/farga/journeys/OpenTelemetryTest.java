package org.farga.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Traces and metrics reach a collector over OTLP/HTTP once it is named, and nothing is tried without. */
class OpenTelemetryTest {
    @Test
    void tracesAndMetricsReachTheCollectorThatIsNamed(@TempDir Path data) throws Exception {
        Map<String, String> received = new ConcurrentHashMap<>();
        HttpServer collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/", exchange -> {
            // Protobuf; its strings stand in it as they are.
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1);
            received.merge(exchange.getRequestURI().getPath(), body, String::concat);
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.start();
        FargaProcess farga = FargaProcess.start(
                data,
                Map.of(
                        "OTEL_EXPORTER_OTLP_ENDPOINT",
                        "http://127.0.0.1:" + collector.getAddress().getPort(),
                        "MANAGEMENT_TRACING_SAMPLING_PROBABILITY",
                        "1.0",
                        "MANAGEMENT_OTLP_METRICS_EXPORT_STEP",
                        "2s"));
        try {
            Instant deadline = Instant.now().plusSeconds(60);
            while (!(received.getOrDefault("/v1/traces", "").contains("/api/v1/datasets")
                    && received.getOrDefault("/v1/metrics", "").contains("jvm.memory.used"))) {
                Api.stranger(farga).get("/datasets").done();
                assertThat(Instant.now())
                        .as("received so far: " + received.keySet())
                        .isBefore(deadline);
                FargaProcess.pause(500);
            }
            assertThat(received.get("/v1/traces")).contains("service.name", "farga");
            assertThat(received).doesNotContainKey("/v1/logs");
        } finally {
            farga.close();
            collector.stop(0);
        }
    }

    @Test
    void withoutACollectorNothingIsTriedAndNothingIsWarnedOf(@TempDir Path data) throws Exception {
        FargaProcess farga = FargaProcess.start(data);
        try {
            Api.stranger(farga).get("/datasets").done();
            assertThat(Files.readString(farga.log()))
                    .doesNotContainIgnoringCase("opentelemetry")
                    .doesNotContainIgnoringCase("otlp")
                    .doesNotContain(" WARN ");
        } finally {
            farga.close();
        }
    }
}
