package org.farga;

import java.time.Clock;
import java.util.TimeZone;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** The platform that an AI Factory runs on: one program, one record. */
@SpringBootApplication
public class Farga {

    /** Serves until it is told to stop. Settings: {@code docs/operations.md}. */
    public static void main(String[] arguments) {
        TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
        SpringApplication.run(Farga.class, arguments);
    }

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }
}
