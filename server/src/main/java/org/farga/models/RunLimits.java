package org.farga.models;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What is kept of a run at most; an operator sets it under {@code farga.runs.}
 *
 * @param mostFiles how many files of the output folder
 * @param mostSize how much they hold together
 */
@ConfigurationProperties("farga.runs")
record RunLimits(
        @DefaultValue("1000") int mostFiles,
        @DefaultValue("10GB") DataSize mostSize) {
    OutputFolder.Bounds bounds() {
        return new OutputFolder.Bounds(mostFiles, mostSize.toBytes());
    }
}
