package org.farga.dataspace;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.farga.platform.Settings;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

/** Datasets lie in the data folder. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(DatasetSettings.class)
class StoreConfiguration {
    @Bean
    DatasetStore datasetStore(Settings settings, DatasetSettings datasets) throws IOException {
        return new FileDatasetStore(
                settings.data().resolve("datasets"), datasets.keepFree().toBytes());
    }

    @Bean
    RecurringTask<Void> sweepDatasetStore(@Lazy DatasetVersions versions) {
        return Tasks.recurring("sweep-dataset-store", FixedDelay.of(Duration.ofHours(6)))
                .execute((instance, context) -> {
                    try {
                        versions.sweep();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
    }
}
