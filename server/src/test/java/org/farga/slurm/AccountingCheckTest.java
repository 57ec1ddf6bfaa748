package org.farga.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.farga.FargaTest;
import org.farga.platform.Figures;
import org.farga.platform.HealthFinding;
import org.farga.usage.UsageFetches;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.annotation.Transactional;

@FargaTest
@Transactional
class AccountingCheckTest {
    private static final Duration SILENCE = Duration.ofSeconds(30);

    @Autowired
    private UsageFetches fetches;

    @Autowired
    private Figures figures;

    @Autowired
    private Clock clock;

    private final String cluster = "silent-" + UUID.randomUUID().toString().substring(0, 8);

    private List<HealthFinding> look(Instant now) {
        SlurmClusterSettings.Reach reach = new SlurmClusterSettings.Reach(
                URI.create("http://127.0.0.1:6820"),
                Path.of("key"),
                Path.of("jobs"),
                null,
                "slurm",
                null,
                null,
                false,
                Duration.ofSeconds(1),
                Duration.ofMinutes(2),
                Path.of("slurm.conf"),
                List.of(),
                Duration.ofHours(72),
                1000);
        return new AccountingCheck(new SlurmClusterSettings(Map.of(cluster, reach), SILENCE), fetches, figures)
                .look(now);
    }

    @Test
    void accountingThatCannotBeReadIsToldAfterAWhileUntilItIsReadAgain() {
        Instant now = clock.instant();
        fetches.begin(cluster).done();
        assertThat(look(now.plus(SILENCE).plusSeconds(60))).isEmpty();
        fetches.failed(cluster, "Connection refused");
        assertThat(look(now.plusSeconds(10))).isEmpty();
        assertThat(look(now.plus(SILENCE).plusSeconds(60))).singleElement().satisfies(finding -> {
            assertThat(finding.name()).isEqualTo("accounting-silent");
            assertThat(finding.subject()).isEqualTo(cluster);
            assertThat(finding.arguments()).contains("Connection refused");
        });
        fetches.begin(cluster).done();
        assertThat(look(now.plus(SILENCE).plusSeconds(60))).isEmpty();
    }

    @Test
    void accountingThatWasNeverReadIsToldAtOnce() {
        fetches.failed(cluster, "sacct: command not found");
        assertThat(look(clock.instant())).extracting(HealthFinding::name).containsExactly("accounting-silent");
    }

    @Test
    void whatWasReadFirstAfterASilenceIsReadOnceMore() {
        fetches.begin(cluster).done();
        Instant before = readUntil();
        fetches.failed(cluster, "Connection refused");
        fetches.begin(cluster).done();
        assertThat(readUntil()).isEqualTo(before);
        fetches.begin(cluster).done();
        assertThat(readUntil()).isAfter(before);
    }

    private Instant readUntil() {
        return fetches.standings().stream()
                .filter(standing -> standing.cluster().equals(cluster))
                .findFirst()
                .orElseThrow()
                .readUntil();
    }
}
