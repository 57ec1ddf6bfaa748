package org.farga.usage;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;

/**
 * What a run held, read from Slurm's {@code AllocTRES} such as {@code billing=2,cpu=1,gres/gpu:h100=2,gres/gpu=2,mem=1000M,node=1}.
 * Names that are not known here are none of its business; the text is kept beside it.
 *
 * @param memoryMebibytes rounded half up; Slurm itself counts whole MiB
 */
record Tres(int cpus, int gpus, long memoryMebibytes, int nodes) {
    private static final String UNITS = "KMGTPE";
    private static final int MOST_CPUS = 1_000_000;
    private static final int MOST_GPUS = 100_000;

    /** Throws {@link IllegalArgumentException} where it is no such text, or counts more than the ledger holds. */
    static Tres parse(String text) {
        long cpus = 0;
        long nodes = 0;
        long memory = 0;
        long gpus = -1;
        long gpusByType = 0;
        for (int at = 0; at < text.length(); ) {
            int comma = text.indexOf(',', at);
            int end = comma < 0 ? text.length() : comma;
            int equals = text.indexOf('=', at);
            if (equals < 0 || equals >= end) {
                throw new IllegalArgumentException(text.substring(at, end));
            }
            String name = text.substring(at, equals);
            String value = text.substring(equals + 1, end);
            switch (name) {
                case "cpu" -> cpus = count(value);
                case "node" -> nodes = count(value);
                case "mem" -> memory = mebibytes(value);
                case "gres/gpu" -> gpus = count(value);
                default -> {
                    if (name.startsWith("gres/gpu:")) {
                        gpusByType += count(value);
                    }
                }
            }
            at = end + 1;
        }
        // The types are parts of the whole, where the whole is told; some sites track the types only.
        long allGpus = gpus < 0 ? gpusByType : gpus;
        if (cpus > MOST_CPUS || allGpus > MOST_GPUS || nodes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(text);
        }
        return new Tres((int) cpus, (int) allGpus, memory, (int) nodes);
    }

    private static long count(String value) {
        // Large counts are written as 1.5K by some versions.
        if (!value.isEmpty() && Character.isDigit(value.charAt(value.length() - 1)) && value.indexOf('.') < 0) {
            return positive(Long.parseLong(value), value);
        }
        int unit = unit(value);
        if (unit < 0) {
            throw new IllegalArgumentException(value);
        }
        return positive(
                number(value.substring(0, value.length() - 1))
                        .multiply(BigDecimal.valueOf(1_000).pow(unit + 1))
                        .longValueExact(),
                value);
    }

    private static long mebibytes(String value) {
        int unit = unit(value);
        BigDecimal number = number(unit < 0 ? value : value.substring(0, value.length() - 1));
        BigDecimal mebibytes = switch (unit) {
            case -1, 1 -> number;
            case 0 -> number.divide(BigDecimal.valueOf(1_024), 6, RoundingMode.HALF_UP);
            default -> number.multiply(BigDecimal.valueOf(1_024).pow(unit - 1));
        };
        return positive(mebibytes.setScale(0, RoundingMode.HALF_UP).longValueExact(), value);
    }

    /** Which unit it ends with, K being 0; -1 for none. */
    private static int unit(String value) {
        return value.isEmpty()
                ? -1
                : UNITS.indexOf(value.substring(value.length() - 1).toUpperCase(Locale.ROOT));
    }

    private static BigDecimal number(String text) {
        if (text.length() > 20) {
            throw new IllegalArgumentException(text);
        }
        return new BigDecimal(text);
    }

    private static long positive(long value, String text) {
        if (value < 0) {
            throw new IllegalArgumentException(text);
        }
        return value;
    }
}
