package org.farga.platform;

import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What an operator sets, under {@code farga.} in any of Spring Boot's ways (environment: {@code FARGA_DATA}…).
 *
 * @param data the folder that holds all that Farga keeps on disk
 * @param publicUrl the address people reach Farga at; mails and the command line's hints use it
 * @param centreName the centre's name, as pages and mails show it
 * @param zone the centre's time zone: working days and deadlines are counted in it
 * @param drain how long a process that is told to stop still answers while its readiness says that it is out of service
 * @param database the PostgreSQL to use; without a URL, a private one in the data folder
 */
@ConfigurationProperties("farga")
public record Settings(
        @DefaultValue("data") Path data,
        @DefaultValue("http://127.0.0.1:8080") String publicUrl,
        @DefaultValue("Barcelona AI Factory") String centreName,
        @DefaultValue("Europe/Madrid") ZoneId zone,
        @DefaultValue("0s") Duration drain,
        @DefaultValue Database database) {

    /**
     * @param archive where the private PostgreSQL keeps its write-ahead log, so that any moment can be restored
     */
    public record Database(
            @Nullable String url,
            @Nullable String user,
            @Nullable String password,
            @DefaultValue("true") boolean durable,
            @DefaultValue("20") int connections,
            @Nullable Path archive) {}
}
