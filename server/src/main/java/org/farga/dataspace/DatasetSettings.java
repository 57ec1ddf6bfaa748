package org.farga.dataspace;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What an operator sets for datasets, under {@code farga.datasets.}.
 *
 * @param largestFile the most bytes of one file
 * @param mostFiles the most files of one version, at most 10,000
 * @param keepFree how much of the disk uploads leave free, so that the database beside them goes on
 */
@ConfigurationProperties("farga.datasets")
record DatasetSettings(
        @DefaultValue("5GB") DataSize largestFile,
        @DefaultValue("10000") int mostFiles,
        @DefaultValue("512MB") DataSize keepFree) {

    DatasetSettings {
        if (mostFiles < 1 || mostFiles > 10_000) {
            throw new IllegalArgumentException("farga.datasets.most-files must lie between 1 and 10,000");
        }
    }
}
