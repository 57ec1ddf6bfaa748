package org.farga.platform;

import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * OpenTelemetry by configuration: off, without an exporter or a tracer, until an operator names a receiver ({@code
 * OTEL_EXPORTER_OTLP_ENDPOINT} and its like, which Spring Boot reads itself, or its own properties). Then traces and
 * metrics go there; logs only where their endpoint is named, because they have their file.
 */
final class Telemetry implements EnvironmentPostProcessor, Ordered {
    private static final String TRACES = "management.opentelemetry.tracing.export.otlp.endpoint";
    private static final String METRICS = "management.otlp.metrics.export.url";
    private static final String LOGS = "management.opentelemetry.logging.export.otlp.endpoint";

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        boolean all = environment.containsProperty("OTEL_EXPORTER_OTLP_ENDPOINT");
        boolean traces = all
                || environment.containsProperty(TRACES)
                || environment.containsProperty("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
        boolean metrics = all
                || environment.containsProperty(METRICS)
                || environment.containsProperty("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT");
        boolean logs = environment.containsProperty("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT")
                || (!all && environment.containsProperty(LOGS));
        Map<String, Object> defaults = new HashMap<>();
        defaults.put("management.opentelemetry.enabled", traces || metrics || logs);
        defaults.put("management.tracing.export.enabled", traces);
        defaults.put("management.tracing.export.otlp.enabled", traces);
        defaults.put("management.otlp.metrics.export.enabled", metrics);
        defaults.put("management.logging.export.otlp.enabled", logs);
        if (!traces) {
            defaults.put("management.tracing.sampling.probability", 0);
        }
        environment.getPropertySources().addLast(new MapPropertySource("farga-telemetry", defaults));
    }

    /** After the configuration files were read. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }
}
