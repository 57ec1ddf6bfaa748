package org.farga.efficiency;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.farga.compute.JobWork;
import org.farga.compute.JobWork.Held;
import org.jspecify.annotations.Nullable;

/**
 * The energy a job took, each part with whether it was measured, and what of it cannot be told.
 *
 * <p>Where nothing was measured it is estimated as Green Algorithms does (L. Lannelongue, J. Grealey, M. Inouye, "Green Algorithms:
 * Quantifying the Carbon Footprint of Computation", Advanced Science 8 (2021), doi:10.1002/advs.202100707): time × (cores × watts of a
 * core × how busy it was + memory × watts of memory), and GPUs like cores; what was not looked at counts as busy all the time. A
 * cluster's watts are its {@link EnergySetting}; a part without them is unknown rather than nothing.
 *
 * @param unknown parts the job surely had and whose energy cannot be told
 * @param milligramsCo2e null where it cannot be told: a part is unknown, or a factor is for some of the time
 */
record Energy(List<Part> parts, Set<Of> unknown, @Nullable BigInteger milligramsCo2e) {

    private static final BigInteger MILLIJOULES_PER_KILOWATT_HOUR = BigInteger.valueOf(3_600_000_000L);

    Energy {
        parts = List.copyOf(parts);
        unknown = Set.copyOf(unknown);
    }

    /** What took it. */
    enum Of {
        /** Whole nodes by their meters; others' jobs too, where they shared them. */
        NODES,
        GPUS,
        CPUS,
        MEMORY
    }

    /** Some of the energy, and whether a meter counted it. */
    record Part(Of of, boolean measured, long millijoules) {}

    /** Whether it was measured, as a whole. */
    enum Kind {
        MEASURED,
        PARTLY_MEASURED,
        ESTIMATED,
        UNKNOWN
    }

    Kind kind() {
        if (parts.isEmpty()) {
            return Kind.UNKNOWN;
        }
        boolean some = parts.stream().anyMatch(Part::measured);
        boolean all = parts.stream().allMatch(Part::measured) && unknown.isEmpty();
        return all ? Kind.MEASURED : some ? Kind.PARTLY_MEASURED : Kind.ESTIMATED;
    }

    /** What is known of it, in all; less than it took where a part is unknown. */
    long millijoules() {
        return parts.stream().mapToLong(Part::millijoules).sum();
    }

    /** In grams with three decimals; null where it cannot be told. */
    @Nullable
    BigDecimal gramsCo2e() {
        return milligramsCo2e == null ? null : new BigDecimal(milligramsCo2e, 3);
    }

    /**
     * What a job has taken.
     *
     * @param settings of its cluster, in any order
     * @param model of its GPUs where that is known and all are of one
     * @param zone in whose days settings begin
     */
    static Energy of(Efficiency job, List<EnergySetting> settings, @Nullable String model, ZoneId zone) {
        JobWork work = job.work();
        Held held = work.held();
        Instant from = work.startedAt();
        if (held == null || from == null) {
            return new Energy(List.of(), Set.of(), null);
        }
        List<Spell> spells = spells(from, from.plus(job.elapsed()), settings, zone);
        List<Part> parts = new ArrayList<>();
        Set<Of> unknown = EnumSet.noneOf(Of.class);
        Long joules = work.measured().energyJoules();
        if (joules != null) {
            parts.add(new Part(Of.NODES, true, joules * 1000));
        } else if (!job.elapsed().isZero()) {
            gpus(job, held, spells, model, parts, unknown);
            cpus(job, held, spells, parts, unknown);
            memory(held, spells, parts, unknown);
        }
        long sum = parts.stream().mapToLong(Part::millijoules).sum();
        boolean whole = unknown.isEmpty() && !parts.isEmpty();
        return new Energy(parts, unknown, whole ? milligrams(sum, spells) : null);
    }

    /** A stretch of the job's time with the setting that is good for it; null where there is none. */
    private record Spell(long milliseconds, @Nullable EnergySetting setting) {}

    private static List<Spell> spells(Instant from, Instant to, List<EnergySetting> settings, ZoneId zone) {
        List<EnergySetting> inTurn = settings.stream()
                .sorted(Comparator.comparing(EnergySetting::validFrom))
                .toList();
        List<Spell> spells = new ArrayList<>();
        Instant at = from;
        EnergySetting valid = null;
        for (EnergySetting next : inTurn) {
            Instant begins = next.validFrom().atStartOfDay(zone).toInstant();
            if (begins.isAfter(at) && at.isBefore(to)) {
                Instant until = begins.isBefore(to) ? begins : to;
                spells.add(new Spell(Duration.between(at, until).toMillis(), valid));
                at = until;
            }
            if (!begins.isAfter(at)) {
                valid = next;
            }
        }
        if (at.isBefore(to) || spells.isEmpty()) {
            spells.add(new Spell(Duration.between(at, to).toMillis(), valid));
        }
        return spells;
    }

    private static void gpus(
            Efficiency job, Held held, List<Spell> spells, @Nullable String model, List<Part> parts, Set<Of> unknown) {
        if (held.gpus() == 0) {
            return;
        }
        long elapsed = job.elapsed().toMillis();
        long measured = 0;
        long estimated = 0;
        boolean known = true;
        List<GpuUse> metered =
                job.gpus().stream().filter(gpu -> gpu.energyMilliseconds() > 0).toList();
        for (GpuUse gpu : metered) {
            measured += gpu.energyMillijoules();
            // Before the first look and after the last it took as much as in between.
            long rest = Math.max(0, elapsed - gpu.energyMilliseconds());
            estimated += multiplied(gpu.energyMillijoules(), rest, gpu.energyMilliseconds());
        }
        List<GpuUse> seen =
                job.gpus().stream().filter(gpu -> gpu.energyMilliseconds() <= 0).toList();
        int unseen = Math.max(0, held.gpus() - job.gpus().size());
        for (Spell spell : spells) {
            for (GpuUse gpu : seen) {
                BigDecimal percent = gpu.percent();
                Long watts = spell.setting() == null ? null : spell.setting().gpuMilliwatts(gpu.model());
                known &= watts != null;
                long busy = percent == null
                        ? spell.milliseconds()
                        : percent.multiply(BigDecimal.valueOf(spell.milliseconds()))
                                .divide(BigDecimal.valueOf(100), 0, RoundingMode.HALF_UP)
                                .longValueExact();
                estimated += watts == null ? 0 : multiplied(watts, busy, 1000);
            }
            if (unseen > 0) {
                Long watts = spell.setting() == null ? null : spell.setting().gpuMilliwatts(model);
                known &= watts != null;
                estimated += watts == null ? 0 : multiplied(watts, spell.milliseconds() * unseen, 1000);
            }
        }
        add(Of.GPUS, measured, metered.isEmpty(), estimated, known, parts, unknown);
    }

    private static void cpus(Efficiency job, Held held, List<Spell> spells, List<Part> parts, Set<Of> unknown) {
        long elapsed = job.elapsed().toMillis();
        Long used = job.work().measured().cpuMilliseconds();
        long busy = used == null ? elapsed * held.cpus() : used;
        long estimated = 0;
        boolean known = true;
        for (Spell spell : spells) {
            Long watts = spell.setting() == null ? null : spell.setting().cpuCoreMilliwatts();
            known &= watts != null;
            estimated += watts == null ? 0 : multiplied(watts, multiplied(busy, spell.milliseconds(), elapsed), 1000);
        }
        add(Of.CPUS, 0, true, estimated, known, parts, unknown);
    }

    private static void memory(Held held, List<Spell> spells, List<Part> parts, Set<Of> unknown) {
        long estimated = 0;
        boolean known = true;
        for (Spell spell : spells) {
            Long watts = spell.setting() == null ? null : spell.setting().memoryMilliwattsPerGibibyte();
            known &= watts != null;
            estimated += watts == null
                    ? 0
                    : multiplied(multiplied(watts, held.memoryMebibytes(), 1024), spell.milliseconds(), 1000);
        }
        add(Of.MEMORY, 0, true, estimated, known, parts, unknown);
    }

    private static void add(
            Of of, long measured, boolean none, long estimated, boolean known, List<Part> parts, Set<Of> unknown) {
        if (!none) {
            parts.add(new Part(of, true, measured));
        }
        if (!known) {
            unknown.add(of);
        } else if (estimated > 0 || none) {
            parts.add(new Part(of, false, estimated));
        }
    }

    /** {@code a × b / c}, rounded half up, without overflow on the way. */
    private static long multiplied(long a, long b, long c) {
        return new BigDecimal(BigInteger.valueOf(a).multiply(BigInteger.valueOf(b)))
                .divide(BigDecimal.valueOf(c), 0, RoundingMode.HALF_UP)
                .longValueExact();
    }

    /** The energy is taken to be spread evenly over the job's time, each stretch with its own factors. */
    private static @Nullable BigInteger milligrams(long millijoules, List<Spell> spells) {
        long elapsed = spells.stream().mapToLong(Spell::milliseconds).sum();
        if (elapsed == 0) {
            return null;
        }
        BigInteger weighted = BigInteger.ZERO;
        for (Spell spell : spells) {
            EnergySetting setting = spell.setting();
            if (setting == null
                    || setting.pueThousandths() == null
                    || setting.gridMilligramsPerKilowattHour() == null) {
                return null;
            }
            weighted = weighted.add(BigInteger.valueOf(spell.milliseconds())
                    .multiply(BigInteger.valueOf(setting.pueThousandths()))
                    .multiply(BigInteger.valueOf(setting.gridMilligramsPerKilowattHour())));
        }
        BigInteger whole =
                BigInteger.valueOf(elapsed).multiply(BigInteger.valueOf(1000)).multiply(MILLIJOULES_PER_KILOWATT_HOUR);
        return new BigDecimal(weighted.multiply(BigInteger.valueOf(millijoules)))
                .divide(new BigDecimal(whole), 0, RoundingMode.HALF_UP)
                .toBigInteger();
    }
}
