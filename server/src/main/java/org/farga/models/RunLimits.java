package org.farga.models;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What is kept of a run at most; an operator sets it under {@code farga.runs.}
 *
 * @param mostFiles how many files of the output folder
 * @param mostSize how much they hold together
 * @param mostPerProject how much the files of all runs and models of one project hold, each content counted once
 * @param keepFree how much of the disk is left free, so that the database beside the files goes on
 */
@ConfigurationProperties("farga.runs")
record RunLimits(
        @DefaultValue("1000") int mostFiles,
        @DefaultValue("10GB") DataSize mostSize,
        @DefaultValue("100GB") DataSize mostPerProject,
        @DefaultValue("512MB") DataSize keepFree) {
    /** @param room bytes that the project may still hold */
    OutputFolder.Bounds bounds(long room) {
        return new OutputFolder.Bounds(mostFiles, Math.min(room, mostSize.toBytes()));
    }
}
