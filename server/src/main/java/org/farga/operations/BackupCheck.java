package org.farga.operations;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import org.farga.platform.Figures;
import org.farga.platform.HealthCheck;
import org.farga.platform.HealthFinding;
import org.farga.platform.HealthFinding.Remedy;
import org.farga.platform.HealthFinding.Severity;
import org.farga.platform.Settings;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Whether there is a back-up of the day. Each way of making one writes when it was taken into {@code last-backup} in the
 * data folder: one line, ISO 8601 with zone ({@code date --utc +%FT%TZ}).
 */
@Component
class BackupCheck implements HealthCheck {
    static final String MARKER = "last-backup";

    private final Path data;
    private final Duration every;
    private final Figures figures;

    BackupCheck(Settings settings, @Value("${farga.operations.backup-every:26h}") Duration every, Figures figures) {
        this.data = settings.data().toAbsolutePath().normalize();
        this.every = every;
        this.figures = figures;
    }

    @Override
    public String name() {
        return "backup";
    }

    @Override
    public String title() {
        return "operations.check.backup";
    }

    @Override
    public List<HealthFinding> look(Instant now) {
        if (every.isZero()) {
            return List.of(); // backed up by other means
        }
        try {
            Instant last = last(data.resolve(MARKER));
            // A data folder is as old as its lock or log; before its first day is over nothing is missing yet.
            Instant begun = Files.getLastModifiedTime(data).toInstant();
            figures.set(
                    "farga.backup.age.seconds",
                    last == null
                            ? Double.POSITIVE_INFINITY
                            : Duration.between(last, now).toSeconds());
            return judge(last, begun, every, now).map(List::of).orElse(List.of());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /**
     * @param last when the latest back-up was taken; null for none ever
     * @param begun when there began to be something to lose
     */
    Optional<HealthFinding> judge(@Nullable Instant last, Instant begun, Duration wanted, Instant now) {
        if (last == null) {
            return Optional.of(HealthFinding.of(
                            begun.isBefore(now.minus(wanted)) ? Severity.WARNING : Severity.NOTICE,
                            "backup-none",
                            "operations.finding.backup-none")
                    .with(new Remedy.Command(command())));
        }
        if (last.plus(wanted).isBefore(now)) {
            return Optional.of(HealthFinding.of(
                            last.plus(wanted.multipliedBy(3)).isBefore(now) ? Severity.CRITICAL : Severity.WARNING,
                            "backup-old",
                            "operations.finding.backup-old",
                            Duration.between(last, now).toHours())
                    .since(last.plus(wanted))
                    .with(new Remedy.Command(command())));
        }
        return Optional.empty();
    }

    private String command() {
        return "farga backup NEW-FOLDER --data " + data;
    }

    private static @Nullable Instant last(Path marker) throws IOException {
        try {
            return Instant.parse(
                    Files.readString(marker).strip().lines().findFirst().orElse(""));
        } catch (NoSuchFileException e) {
            return null;
        } catch (DateTimeParseException e) {
            return Files.getLastModifiedTime(marker).toInstant();
        }
    }
}
