package org.farga.efficiency;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.farga.shared.Fields;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * What a cluster's energy is reckoned with from a day on, until the next such setting of the cluster; null is not known.
 *
 * @param cpuCoreMilliwatts of a core that is busy all the time
 * @param memoryMilliwattsPerGibibyte of memory that is set aside
 * @param gpus of GPUs that are busy all the time, by model; {@link #ANY_MODEL} is for those not named
 * @param pueThousandths energy of the whole building by that of its computers, in thousandths (power usage effectiveness, EN 50600-4-2)
 * @param gridMilligramsPerKilowattHour CO2-equivalent of the electricity that the centre buys
 * @param source where the numbers are from, such as a data sheet, a bill or a report
 */
record EnergySetting(
        UUID id,
        String cluster,
        LocalDate validFrom,
        @Nullable Long cpuCoreMilliwatts,
        @Nullable Long memoryMilliwattsPerGibibyte,
        List<GpuPower> gpus,
        @Nullable Integer pueThousandths,
        @Nullable Long gridMilligramsPerKilowattHour,
        String source,
        Instant enteredAt) {

    static final String ANY_MODEL = "*";
    private static final int MOST_MODELS = 32;
    private static final int MOST_MODEL = 100;
    private static final int MOST_SOURCE = 1000;
    private static final long MOST_MILLIWATTS = 10_000_000;

    EnergySetting {
        gpus = List.copyOf(gpus);
    }

    /** What one GPU of a model takes when it is busy all the time. */
    record GpuPower(String model, long milliwatts) {}

    /** What a person enters: watts and factors as they stand in data sheets and bills. */
    record Draft(
            @Nullable String cluster,
            @Nullable LocalDate validFrom,
            @Nullable BigDecimal cpuCoreWatts,
            @Nullable BigDecimal memoryWattsPerGibibyte,
            @Nullable List<Gpu> gpus,
            @Nullable BigDecimal pue,
            @Nullable BigDecimal gridGramsPerKilowattHour,
            @Nullable String source) {

        record Gpu(@Nullable String model, @Nullable BigDecimal watts) {}

        /** What is wrong with it; nothing where all is well. */
        Optional<Refusal> refusal(List<String> clusters) {
            Fields fields = new Fields()
                    .present("cluster", cluster)
                    .present("validFrom", validFrom)
                    .text("source", source, MOST_SOURCE);
            if (cluster != null) {
                fields.rule("cluster", clusters.contains(cluster), "unknown-choice", String.join(", ", clusters));
            }
            if (validFrom != null) {
                fields.rule(
                        "validFrom",
                        validFrom.getYear() >= 2000 && validFrom.getYear() < 2200,
                        "out-of-range",
                        2000,
                        2199);
            }
            thousandths(fields, "cpuCoreWatts", cpuCoreWatts, 1, MOST_MILLIWATTS);
            // Nothing where the watts of a core count it in.
            thousandths(fields, "memoryWattsPerGibibyte", memoryWattsPerGibibyte, 0, MOST_MILLIWATTS);
            thousandths(fields, "pue", pue, 1000, 10_000);
            thousandths(fields, "gridGramsPerKilowattHour", gridGramsPerKilowattHour, 0, 5_000_000);
            List<Gpu> listed = gpus == null ? List.of() : gpus;
            fields.rule("gpus", listed.size() <= MOST_MODELS, "too-many-models", MOST_MODELS);
            Set<String> named = new HashSet<>();
            for (Gpu gpu : listed) {
                fields.text("gpus", gpu.model(), MOST_MODEL);
                fields.present("gpus", gpu.watts());
                thousandths(fields, "gpus", gpu.watts(), 1, MOST_MILLIWATTS);
                if (gpu.model() != null) {
                    fields.rule("gpus", named.add(gpu.model().strip()), "model-twice", gpu.model());
                }
            }
            fields.rule(
                    "cpuCoreWatts",
                    cpuCoreWatts != null || pue != null || gridGramsPerKilowattHour != null || !listed.isEmpty(),
                    "energy-nothing");
            return fields.refusal();
        }

        /** Kept to the thousandth; what is finer was mistyped rather than measured. */
        private static void thousandths(
                Fields fields, String field, @Nullable BigDecimal value, long least, long most) {
            if (value == null) {
                return;
            }
            // Compared before it is scaled: 1E+999999999 would be a very long number.
            boolean within = value.compareTo(BigDecimal.valueOf(least, 3)) >= 0
                    && value.compareTo(BigDecimal.valueOf(most, 3)) <= 0;
            fields.rule(field, within, "out-of-range", BigDecimal.valueOf(least, 3), BigDecimal.valueOf(most, 3));
            if (within) {
                fields.rule(field, value.stripTrailingZeros().scale() <= 3, "three-decimals");
            }
        }

        /** As it is kept; of a draft that nothing is wrong with. */
        EnergySetting setting(UUID id, Instant now) {
            if (cluster == null || validFrom == null || source == null) {
                throw new IllegalStateException("a draft that was not checked");
            }
            return new EnergySetting(
                    id,
                    cluster,
                    validFrom,
                    thousandths(cpuCoreWatts),
                    thousandths(memoryWattsPerGibibyte),
                    gpus == null ? List.of() : gpus.stream().map(Draft::power).toList(),
                    pue == null ? null : Integer.valueOf(pue.movePointRight(3).intValueExact()),
                    thousandths(gridGramsPerKilowattHour),
                    source.strip(),
                    now);
        }

        private static GpuPower power(Gpu gpu) {
            Long milliwatts = thousandths(gpu.watts());
            if (gpu.model() == null || milliwatts == null) {
                throw new IllegalStateException("a draft that was not checked");
            }
            return new GpuPower(gpu.model().strip(), milliwatts);
        }

        private static @Nullable Long thousandths(@Nullable BigDecimal value) {
            return value == null ? null : Long.valueOf(value.movePointRight(3).longValueExact());
        }
    }

    /** What a GPU of this model takes when it is busy all the time; null where it is not known. */
    @Nullable
    Long gpuMilliwatts(@Nullable String model) {
        return gpus.stream()
                .filter(gpu -> gpu.model().equalsIgnoreCase(model == null ? "" : model))
                .findFirst()
                .or(() -> gpus.stream()
                        .filter(gpu -> gpu.model().equals(ANY_MODEL))
                        .findFirst())
                .map(GpuPower::milliwatts)
                .orElse(null);
    }

    static @Nullable BigDecimal ofThousandths(@Nullable Long thousandths) {
        return thousandths == null
                ? null
                : BigDecimal.valueOf(thousandths, 3).stripTrailingZeros().add(BigDecimal.ZERO.setScale(0));
    }
}
