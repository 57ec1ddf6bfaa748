package org.farga.slurm;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class SlurmClusterSettingsTest {

    private static final Map<String, String> LEAST = Map.of(
            "farga.cluster.local.cpus", "8",
            "farga.cluster.slurm.mare-nostrum.rest", "http://127.0.0.1:6820",
            "farga.cluster.slurm.mare-nostrum.jwt-key", "/etc/farga/slurm.key",
            "farga.cluster.slurm.mare-nostrum.folder", "/shared/farga",
            "farga.cluster.slurm.mare-nostrum.user", "farga-jobs",
            "farga.cluster.slurm.mare-nostrum.account", "aif");

    private static SlurmClusterSettings read(Map<String, String> settings) {
        return new Binder(new MapConfigurationPropertySource(settings))
                .bindOrCreate("farga.cluster", SlurmClusterSettings.class);
    }

    @Test
    void withoutSettingsThereIsNoSlurm() {
        assertThat(read(Map.of()).slurm()).isEmpty();
    }

    @Test
    void theLeastThatNamesAClusterIsEnough() {
        SlurmSettings settings =
                requireNonNull(read(LEAST).slurm().get("mare-nostrum")).settings("mare-nostrum");
        assertThat(settings)
                .isEqualTo(new SlurmSettings(
                        URI.create("http://127.0.0.1:6820"),
                        Path.of("/etc/farga/slurm.key"),
                        Path.of("/shared/farga"),
                        "farga-jobs",
                        "slurm",
                        "aif",
                        null,
                        false,
                        Duration.ofSeconds(1),
                        Duration.ofMinutes(2)));
    }

    @Test
    void whatIsMissingIsNamed() {
        for (String key : new String[] {"rest", "jwt-key", "folder"}) {
            Map<String, String> less = new HashMap<>(LEAST);
            less.remove("farga.cluster.slurm.mare-nostrum." + key);
            SlurmClusterSettings.Reach reach = requireNonNull(read(less).slurm().get("mare-nostrum"));
            assertThatIllegalStateException()
                    .isThrownBy(() -> reach.settings("mare-nostrum"))
                    .withMessageContaining("farga.cluster.slurm.mare-nostrum." + key);
        }
    }

    /** Then only those run jobs there who have a Unix account and an account on the cluster of their own. */
    @Test
    void noOneElsesUserOrAccountIsTakenUnlessSet() {
        Map<String, String> less = new HashMap<>(LEAST);
        less.remove("farga.cluster.slurm.mare-nostrum.user");
        less.remove("farga.cluster.slurm.mare-nostrum.account");
        SlurmSettings settings =
                requireNonNull(read(less).slurm().get("mare-nostrum")).settings("mare-nostrum");
        assertThat(settings.user()).isNull();
        assertThat(settings.account()).isNull();
    }
}
