package org.farga.platform;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** Tells whoever started Farga that it is ready, and where: the launcher and the demo wait for this line. */
@Component
class ReadyLine {
    private final Settings settings;
    private final Environment environment;

    ReadyLine(Settings settings, Environment environment) {
        this.settings = settings;
        this.environment = environment;
    }

    @EventListener(ApplicationReadyEvent.class)
    void ready() {
        String address = environment.getProperty("server.address", "127.0.0.1");
        System.out.printf(
                "Farga is ready at http://%s:%s (data in %s). Ctrl-C stops it.%n",
                address.equals("0.0.0.0") ? "127.0.0.1" : address,
                environment.getProperty("local.server.port"),
                settings.data().toAbsolutePath().normalize());
    }
}
