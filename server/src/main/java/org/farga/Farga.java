package org.farga;

import java.time.Clock;
import java.time.Duration;
import java.util.TimeZone;
import org.farga.platform.TakenPort;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.context.annotation.Bean;

/** The platform that an AI Factory runs on: one program, one record. */
// Sign-in is ours (people); Spring's own would make up a user and print its password at every start.
@SpringBootApplication(exclude = UserDetailsServiceAutoConfiguration.class)
public class Farga {

    /** Serves until it is told to stop. Settings: {@code docs/operations.md}. */
    public static void main(String[] arguments) {
        TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
        SpringApplication farga = new SpringApplication(Farga.class);
        farga.addListeners(new TakenPort());
        farga.run(arguments);
    }

    @Bean
    Clock clock() {
        // To the microsecond, as PostgreSQL keeps it: what is answered at once and what is read later are the same.
        return Clock.tick(Clock.systemUTC(), Duration.ofNanos(1_000));
    }
}
