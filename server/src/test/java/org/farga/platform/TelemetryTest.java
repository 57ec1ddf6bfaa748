package org.farga.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

class TelemetryTest {
    @Test
    void withoutAReceiverEverythingIsOff() {
        StandardEnvironment environment = environment(Map.of());
        assertThat(environment.getProperty("management.opentelemetry.enabled")).isEqualTo("false");
        assertThat(environment.getProperty("management.tracing.export.enabled")).isEqualTo("false");
        assertThat(environment.getProperty("management.otlp.metrics.export.enabled"))
                .isEqualTo("false");
    }

    @Test
    void aReceiverIsSentTracesAndMetricsButNoLogs() {
        StandardEnvironment environment = environment(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318"));
        assertThat(environment.getProperty("management.tracing.export.enabled")).isEqualTo("true");
        assertThat(environment.getProperty("management.otlp.metrics.export.enabled"))
                .isEqualTo("true");
        assertThat(environment.getProperty("management.logging.export.otlp.enabled"))
                .isEqualTo("false");
    }

    @Test
    void whatAnOperatorSetsGoesBefore() {
        StandardEnvironment environment = environment(Map.of(
                "OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318",
                "management.tracing.export.enabled", "false"));
        assertThat(environment.getProperty("management.tracing.export.enabled")).isEqualTo("false");
    }

    private static StandardEnvironment environment(Map<String, Object> settings) {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("test", settings));
        new Telemetry().postProcessEnvironment(environment, new SpringApplication());
        return environment;
    }
}
