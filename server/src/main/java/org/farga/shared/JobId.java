package org.farga.shared;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** A job's number, counted up by the centre as Slurm counts its jobs. */
public record JobId(@JsonValue long value) {
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public JobId {
        if (value < 1) {
            throw new IllegalArgumentException("a job number starts at 1");
        }
    }

    /** Reads a decimal number; throws {@link IllegalArgumentException} for anything else. */
    public static JobId valueOf(String text) {
        return new JobId(Long.parseLong(text));
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
