package org.farga.usage;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.farga.shared.Fields;
import org.farga.shared.PersonId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * What an hour on a cluster, or on one of its partitions, is charged in the centre's own units, from an instant on. Slurm's own
 * {@code billing} is never used: it is cut to whole numbers, so that one CPU at a weight of 0.0625 costs nothing there.
 *
 * @param partition null for all partitions without a rate of their own
 * @param unit its name, such as {@code GPU-h} or {@code core-hours}
 * @param cpuHour units for one CPU for one hour
 * @param memoryGibibyteHour units for one GiB of memory for one hour
 * @param gpuHour units for one GPU for one hour; of {@link Formula#SLICES}, for one slice
 * @param sliceCpus CPUs of a slice; null but for {@link Formula#SLICES}
 * @param sliceMemoryGibibytes memory of a slice; null but for {@link Formula#SLICES}
 */
record Rate(
        UUID id,
        String cluster,
        @Nullable String partition,
        Instant since,
        String unit,
        Formula formula,
        BigDecimal cpuHour,
        BigDecimal memoryGibibyteHour,
        BigDecimal gpuHour,
        @Nullable Integer sliceCpus,
        @Nullable Integer sliceMemoryGibibytes,
        PersonId setBy,
        Instant setAt) {
    private static final BigDecimal MILLISECONDS_PER_HOUR = BigDecimal.valueOf(3_600_000);
    private static final BigDecimal MEBIBYTES_PER_GIBIBYTE = BigDecimal.valueOf(1_024);
    private static final BigDecimal MOST = new BigDecimal("999999999999");
    private static final int DECIMALS = 6;

    /** How what is held makes a price. */
    enum Formula {
        /** CPUs, memory and GPUs together, as Slurm sums its billing weights. */
        SUM,
        /** The dearest of them, as Slurm does with {@code PriorityFlags=MAX_TRES}. */
        MAX,
        /**
         * As LUMI charges its GPU nodes: {@code max(ceil(cores/8), ceil(memory/64GB), GPUs)} slices
         * (docs.lumi-supercomputer.eu, "Billing policy").
         */
        SLICES
    }

    /**
     * Units for something that was held for so long, times milliseconds per hour: exact, and divided only where it is shown.
     * Negative where milliseconds are taken back.
     */
    BigDecimal unitMilliseconds(long cpus, long memoryMebibytes, long gpus, long milliseconds) {
        BigDecimal memory = BigDecimal.valueOf(memoryMebibytes).divide(MEBIBYTES_PER_GIBIBYTE);
        BigDecimal byCpu = cpuHour.multiply(BigDecimal.valueOf(cpus));
        BigDecimal byMemory = memoryGibibyteHour.multiply(memory);
        BigDecimal byGpu = gpuHour.multiply(BigDecimal.valueOf(gpus));
        BigDecimal anHour = switch (formula) {
            case SUM -> byCpu.add(byMemory).add(byGpu);
            case MAX -> byCpu.max(byMemory).max(byGpu);
            case SLICES -> {
                int sliceOfCpus = sliceCpus == null ? 1 : sliceCpus;
                long sliceOfMemory = 1_024L * (sliceMemoryGibibytes == null ? 1 : sliceMemoryGibibytes);
                long slices = Math.max(
                        gpus, Math.max(Math.ceilDiv(cpus, sliceOfCpus), Math.ceilDiv(memoryMebibytes, sliceOfMemory)));
                yield gpuHour.multiply(BigDecimal.valueOf(slices));
            }
        };
        return anHour.multiply(BigDecimal.valueOf(milliseconds));
    }

    /** For people: units, rounded half up to six decimals. */
    static BigDecimal units(BigDecimal unitMilliseconds) {
        return unitMilliseconds.divide(MILLISECONDS_PER_HOUR, DECIMALS, RoundingMode.HALF_UP);
    }

    /** What is wrong with it. */
    Optional<Refusal> refusal() {
        boolean slices = formula == Formula.SLICES;
        return new Fields()
                .text("cluster", cluster, 100)
                .optionalText("partition", partition, 100)
                .text("unit", unit, 40)
                .rule("cpuHour", sound(cpuHour), "rate")
                .rule("memoryGibibyteHour", sound(memoryGibibyteHour), "rate")
                .rule("gpuHour", sound(gpuHour) && (!slices || gpuHour.signum() > 0), "rate")
                .rule("sliceCpus", slices == (sliceCpus != null) && (sliceCpus == null || sliceCpus >= 1), "slice")
                .rule(
                        "sliceMemoryGibibytes",
                        slices == (sliceMemoryGibibytes != null)
                                && (sliceMemoryGibibytes == null || sliceMemoryGibibytes >= 1),
                        "slice")
                .refusal();
    }

    static boolean sound(BigDecimal price) {
        return price.signum() >= 0
                && price.compareTo(MOST) <= 0
                && price.stripTrailingZeros().scale() <= DECIMALS;
    }

    boolean isOf(String otherCluster, @Nullable String otherPartition) {
        return cluster.equals(otherCluster) && (partition == null || partition.equals(otherPartition));
    }
}
