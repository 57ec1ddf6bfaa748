package org.farga.platform;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.stereotype.Component;

/** What the checks counted at their last look, as gauges for collectors: {@code farga.work.due} and the like. */
@Component
public class Figures {
    private record Key(String name, Tags tags) {}

    private final MeterRegistry registry;
    private final Map<Key, AtomicReference<Double>> values = new ConcurrentHashMap<>();

    Figures(MeterRegistry registry) {
        this.registry = registry;
    }

    /**
     * Sets a gauge.
     *
     * @param name with its unit at the end, as in {@code farga.work.oldest.seconds}
     * @param tags key and value in turn, of few different values
     */
    public void set(String name, double value, String... tags) {
        values.computeIfAbsent(new Key(name, Tags.of(tags)), key -> {
                    AtomicReference<Double> holder = new AtomicReference<>(value);
                    // Strongly held: Micrometer itself would let it be collected.
                    Gauge.builder(key.name(), holder, h -> Objects.requireNonNull(h.get()))
                            .tags(key.tags())
                            .strongReference(true)
                            .register(registry);
                    return holder;
                })
                .set(value);
    }
}
