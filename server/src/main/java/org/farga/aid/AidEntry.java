package org.farga.aid;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;
import org.farga.shared.AllocationId;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.OrganisationId;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;

/**
 * A line of the ledger of aid: a grant, or what puts one right. Lines are only added.
 *
 * @param grant the grant that it is, or belongs to
 * @param grantedOn the day on which the legal right was conferred, whenever hours are used (Article 3(3)); of a correction,
 *     that of its grant
 * @param cents gross grant equivalent; negative where something is taken away
 * @param basis how the amount of access time was worked out; null for what an officer entered
 * @param reason why it was put right; null for a grant
 * @param recordedBy null where an award recorded it by rule; of other awards, who decided or accepted
 * @param registerDueOn the last of the working days for its entry into the central register (Article 6(2))
 * @param registration null until it was entered there
 */
record AidEntry(
        UUID id,
        long number,
        Kind kind,
        UUID grant,
        OrganisationId organisation,
        String beneficiary,
        String taxId,
        Regime regime,
        String regulation,
        String memberState,
        LocalDate grantedOn,
        long cents,
        String authority,
        Instrument instrument,
        String sector,
        String reference,
        UUID source,
        @Nullable AllocationId allocation,
        @Nullable Basis basis,
        @Nullable String reason,
        @Nullable PersonId recordedBy,
        Instant recordedAt,
        LocalDate registerDueOn,
        @Nullable Registration registration) {
    /** Article 6(1): from this day on what is granted has to be in the central register. */
    static final LocalDate REGISTER_SINCE = LocalDate.of(2026, 1, 1);

    /** Article 6(2). */
    static final int REGISTER_WORKING_DAYS = 20;

    enum Kind {
        GRANT,
        CORRECTION,
        WITHDRAWAL
    }

    /** Market value times hours times share. */
    record Basis(
            GpuHours gpuHours, CpuHours cpuHours, BigDecimal gpuHourCents, BigDecimal cpuHourCents, int basisPoints) {
        private static final BigDecimal PER_HOUR_AND_POINT = BigDecimal.valueOf(3_600_000L * 10_000);

        /** What so many of its hours are of aid, in whole cents, rounded down. */
        long worth(GpuHours gpu, CpuHours cpu) {
            return gpuHourCents
                    .multiply(BigDecimal.valueOf(gpu.milliseconds()))
                    .add(cpuHourCents.multiply(BigDecimal.valueOf(cpu.milliseconds())))
                    .multiply(BigDecimal.valueOf(basisPoints))
                    .divide(PER_HOUR_AND_POINT, 0, java.math.RoundingMode.FLOOR)
                    .longValueExact();
        }
    }

    /** That it stands in the central register. */
    record Registration(LocalDate enteredOn, @Nullable String reference, PersonId by, Instant at) {}

    boolean isOverdue(LocalDate today) {
        return registration == null && today.isAfter(registerDueOn);
    }

    /** Whether an award made it, whoever decided or accepted that; an officer entered it otherwise. */
    boolean isByAward() {
        return kind == Kind.GRANT && basis != null;
    }

    /** How people speak of it. */
    String code() {
        return "AID-" + number;
    }

    /** The line that changes this grant by so many cents. */
    AidEntry changedBy(Kind how, UUID id, long by, String why, PersonId officer, Instant at, LocalDate dueOn) {
        return new AidEntry(
                id,
                0,
                how,
                grant,
                organisation,
                beneficiary,
                taxId,
                regime,
                regulation,
                memberState,
                grantedOn,
                by,
                authority,
                instrument,
                sector,
                reference,
                source,
                allocation,
                null,
                why,
                officer,
                at,
                dueOn,
                null);
    }
}
