package org.farga.aid;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.farga.shared.CpuHours;
import org.farga.shared.Fields;
import org.farga.shared.GpuHours;
import org.farga.shared.PersonId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Whose money a share of what the centre gives is.
 *
 * @param memberState whose resources they are, by its code; null for the Union's and the centre's own
 * @param authority who grants, as the register and letters name it
 * @param changedBy null for those that Farga came with
 */
record FundingSource(
        UUID id,
        String code,
        String name,
        Kind kind,
        @Nullable String memberState,
        String authority,
        Regime regime,
        boolean active,
        @Nullable PersonId changedBy,
        Instant changedAt,
        int version,
        List<MarketValue> values) {
    /** The Union's share of access time: pays where nothing else is said (Regulation (EU) 2021/1173, Article 17). */
    static final UUID UNION = UUID.fromString("01930000-0000-7000-8000-000000000e00");

    private static final Pattern CODE = Pattern.compile("[A-Z0-9]+(-[A-Z0-9]+)*");
    private static final int LONGEST_CODE = 20;

    /** The Union's Member States, and those of the EEA, where its rules of State aid are in force too. */
    static final Set<String> MEMBER_STATES = Set.of(
            "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU",
            "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK", "IS", "LI", "NO");

    FundingSource {
        values = List.copyOf(values);
    }

    /** What kind of funder it is. */
    enum Kind {
        EU,
        STATE,
        REGION,
        PARTNER_COUNTRY,
        OWN
    }

    /**
     * What hours would cost on the market, from a day on.
     *
     * @param gpuHourCents euro cents for a GPU-hour, to a ten-thousandth
     * @param cpuHourCents euro cents for a CPU-hour, to a ten-thousandth
     * @param evidence how that was found
     */
    record MarketValue(
            LocalDate since,
            @Nullable LocalDate until,
            BigDecimal gpuHourCents,
            BigDecimal cpuHourCents,
            String evidence,
            PersonId setBy,
            Instant setAt) {
        private static final BigDecimal MOST = BigDecimal.valueOf(100_000_000);
        private static final BigDecimal MILLISECONDS_PER_HOUR = BigDecimal.valueOf(3_600_000);
        private static final BigDecimal BASIS_POINTS = BigDecimal.valueOf(10_000);

        /**
         * The gross grant equivalent of hours that are given for nothing: their market value times the share, in whole cents.
         * Rounded up, so that no aid is told smaller than it is. Null beyond {@link Euro#MOST_CENTS}.
         */
        @Nullable
        Long aidCents(GpuHours gpu, CpuHours cpu, int basisPoints) {
            BigDecimal cents = gpuHourCents
                    .multiply(BigDecimal.valueOf(gpu.milliseconds()))
                    .add(cpuHourCents.multiply(BigDecimal.valueOf(cpu.milliseconds())))
                    .multiply(BigDecimal.valueOf(basisPoints))
                    .divide(MILLISECONDS_PER_HOUR.multiply(BASIS_POINTS), 0, RoundingMode.CEILING);
            return cents.compareTo(BigDecimal.valueOf(Euro.MOST_CENTS)) > 0 ? null : cents.longValueExact();
        }

        Optional<Refusal> refusal() {
            return new Fields()
                    .rule("until", until == null || !until.isBefore(since), "aid-until")
                    .rule("gpuHourCents", sound(gpuHourCents), "aid-price")
                    .rule("cpuHourCents", sound(cpuHourCents), "aid-price")
                    .text("evidence", evidence, 1_000)
                    .refusal();
        }

        private static boolean sound(BigDecimal price) {
            return price.signum() == 0
                    || (price.signum() > 0
                            && price.compareTo(MOST) <= 0
                            && price.stripTrailingZeros().scale() <= 4);
        }
    }

    boolean carriesAid() {
        return regime != Regime.NONE;
    }

    /** The market value in force on a day. */
    Optional<MarketValue> valueOn(LocalDate day) {
        return values.stream()
                .filter(v -> !v.since().isAfter(day))
                .max(Comparator.comparing(MarketValue::since))
                .filter(v -> v.until() == null || !day.isAfter(v.until()));
    }

    Optional<Refusal> refusal() {
        return new Fields()
                .text("code", code, LONGEST_CODE)
                .rule("code", code.isBlank() || CODE.matcher(code).matches(), "aid-code")
                .text("name", name, 200)
                .text("authority", authority, 200)
                .rule(
                        "memberState",
                        memberState == null
                                ? !carriesAid()
                                : kind != Kind.EU && MEMBER_STATES.contains(memberState)
                                        || !carriesAid()
                                                && kind == Kind.PARTNER_COUNTRY
                                                && memberState.matches("[A-Z]{2}"),
                        carriesAid() ? "aid-member-state-needed" : "aid-member-state")
                .rule("active", active || !id.equals(UNION), "aid-union-stays")
                .rule("regime", !carriesAid() || !id.equals(UNION), "aid-union-stays")
                .refusal();
    }
}
