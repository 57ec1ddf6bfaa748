package org.farga;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;

/** Gives the tests' program a data folder of its own, in the build folder. */
class TestData implements ApplicationContextInitializer<ConfigurableApplicationContext> {
    @Override
    public void initialize(ConfigurableApplicationContext context) {
        try {
            Path parent = Files.createDirectories(Path.of("target/test-data").toAbsolutePath());
            Path data = Files.createTempDirectory(parent, "farga-");
            context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("test-data", settings(data)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Object> settings(Path data) {
        Map<String, Object> settings = new HashMap<>(TestProvider.get().settings());
        settings.put("farga.data", data.toString());
        settings.put("farga.database.durable", "false");
        return settings;
    }
}
