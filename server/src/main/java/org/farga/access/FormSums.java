package org.farga.access;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the numbers of a form add up to, in hours.
 *
 * @param jobsGpuHours of all typical jobs: their number × GPUs × hours
 * @param jobsCpuHours of all typical jobs: their number × cores × hours
 * @param months what the plan has for each month, from the first on
 */
record FormSums(BigDecimal jobsGpuHours, BigDecimal jobsCpuHours, List<Month> months) {
    /** A month of the plan; nothing where it is not filled in. */
    record Month(int number, BigDecimal gpuHours, BigDecimal cpuHours) {}

    static FormSums of(Answers answers) {
        BigDecimal gpu = BigDecimal.ZERO;
        BigDecimal cpu = BigDecimal.ZERO;
        for (String row : SectionForm.rows(answers.fields(), FormSection.JOBS, "jobs")) {
            BigDecimal runs = value(answers, "JOBS.jobs." + row + ".count")
                    .multiply(value(answers, "JOBS.jobs." + row + ".hours"));
            gpu = gpu.add(runs.multiply(value(answers, "JOBS.jobs." + row + ".gpus")));
            cpu = cpu.add(runs.multiply(value(answers, "JOBS.jobs." + row + ".cpus")));
        }
        List<Month> months = new ArrayList<>();
        int last = answers.durationMonths() == null ? 0 : answers.durationMonths();
        for (int month = 1; month <= Math.min(last, SectionForm.MOST_MONTHS); month++) {
            months.add(new Month(
                    month,
                    value(answers, "PLAN.months." + month + ".gpuHours"),
                    value(answers, "PLAN.months." + month + ".cpuHours")));
        }
        return new FormSums(gpu, cpu, months);
    }

    BigDecimal planGpuHours() {
        return months.stream().map(Month::gpuHours).reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    BigDecimal planCpuHours() {
        return months.stream().map(Month::cpuHours).reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    /** The most that a month has of GPU-hours, for a plot. */
    BigDecimal highestMonth() {
        return months.stream().map(Month::gpuHours).reduce(BigDecimal.ZERO, BigDecimal::max);
    }

    private static BigDecimal value(Answers answers, String field) {
        BigDecimal number = SectionForm.number(answers.field(field));
        return number == null ? BigDecimal.ZERO : number;
    }

    /**
     * An amount of hours over months, evenly, to the hundredth; what does not divide is in the first months.
     *
     * @param hours with at most two decimals
     */
    static List<BigDecimal> evenly(@Nullable BigDecimal hours, int months) {
        List<BigDecimal> parts = new ArrayList<>();
        if (hours == null || months < 1) {
            return parts;
        }
        // Whole hours where the amount is whole.
        int scale = hours.stripTrailingZeros().scale() <= 0 ? 0 : 2;
        java.math.BigInteger[] units =
                hours.movePointRight(scale).toBigInteger().divideAndRemainder(java.math.BigInteger.valueOf(months));
        for (int month = 0; month < months; month++) {
            java.math.BigInteger part = month < units[1].intValue() ? units[0].add(java.math.BigInteger.ONE) : units[0];
            parts.add(new BigDecimal(part, scale));
        }
        return parts;
    }
}
