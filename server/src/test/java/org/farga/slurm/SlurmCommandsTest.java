package org.farga.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SlurmCommandsTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private final SlurmCommands commands = new SlurmCommands(Path.of("/etc/slurm/a b.conf"), List.of());

    @Test
    void aCommandKnowsItsClusterAndWritesInstantsAsSeconds() {
        assertThat(commands.run(LIMIT, "sh", "-c", "echo \"$SLURM_CONF|$SLURM_TIME_FORMAT|$TZ\"")
                        .good())
                .isEqualTo("/etc/slurm/a b.conf|%s|UTC\n");
    }

    @Test
    void argumentsReachItAsTheyAre() {
        assertThat(commands.run(LIMIT, "printf", "%s\n", "a b; $(echo no)").good())
                .isEqualTo("a b; $(echo no)\n");
    }

    @Test
    void itReadsWhatItIsGiven() {
        assertThat(commands.run(LIMIT, "eins\nzwei\n", List.of("sort", "-r")).good())
                .isEqualTo("zwei\neins\n");
    }

    @Test
    void aFailureCarriesTheComplaint() {
        SlurmCommands.Answer answer = commands.run(LIMIT, "sh", "-c", "echo half; echo 'no such account' >&2; exit 3");
        assertThat(answer.status()).isEqualTo(3);
        assertThat(answer.output()).isEqualTo("half\n");
        assertThatThrownBy(answer::good)
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("no such account");
    }

    @Test
    void whatHangsIsEnded() {
        assertThatThrownBy(() -> commands.run(Duration.ofMillis(200), "sh", "-c", "sleep 60; true"))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("longer than");
    }

    @Test
    void whatIsNotThereIsSaidSo() {
        assertThatThrownBy(() -> commands.run(LIMIT, "no-such-command-of-slurm"))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("no-such-command-of-slurm");
    }

    @Test
    void theWayToTheCommandsStandsBeforeThem() {
        List<String> taken = new ArrayList<>();
        new SlurmCommands(commands.conf(), List.of("echo", "via")).lines(LIMIT, List.of("squeue", "-h"), taken::add);
        assertThat(taken).containsExactly("via squeue -h");
    }
}
