package org.farga;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.security.crypto.argon2.Argon2PasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;

/** Gives the tests' program a data folder of its own, in the build folder, and passwords that are quick to check. */
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
        context.addBeanFactoryPostProcessor(beans -> beans.addBeanPostProcessor(new QuickPasswords()));
    }

    /**
     * Tests sign thousands of people up and in, and a hash is slow on purpose: a third of their time went there. The same
     * algorithm with the least memory here; what the product takes is held by PasswordHashTest.
     */
    private static final class QuickPasswords implements BeanPostProcessor {
        @Override
        public Object postProcessAfterInitialization(Object bean, String name) {
            return bean instanceof PasswordEncoder ? new Argon2PasswordEncoder(16, 32, 1, 64, 1) : bean;
        }
    }

    private static Map<String, Object> settings(Path data) {
        Map<String, Object> settings = new HashMap<>(TestProvider.get().settings());
        settings.put("farga.data", data.toString());
        settings.put("farga.database.durable", "false");
        return settings;
    }
}
