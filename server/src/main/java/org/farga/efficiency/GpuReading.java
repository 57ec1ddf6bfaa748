package org.farga.efficiency;

import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * One look at a GPU; what the model or driver does not tell is empty.
 *
 * @param index as {@code nvidia-smi} numbers it
 * @param memoryMebibytes what it has
 * @param percent of the last sixth of a second to second in which a kernel ran
 * @param memoryUsedMebibytes by everybody on it
 * @param energyMillijoules since its driver was loaded, to the moment of the look
 * @param powerMilliwatts at that moment
 */
record GpuReading(
        int index,
        String uuid,
        String model,
        OptionalLong memoryMebibytes,
        OptionalInt percent,
        OptionalLong memoryUsedMebibytes,
        OptionalLong energyMillijoules,
        OptionalLong powerMilliwatts) {}
