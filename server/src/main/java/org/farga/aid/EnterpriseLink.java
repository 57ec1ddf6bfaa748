package org.farga.aid;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.farga.shared.Fields;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.Refusal;
import org.farga.shared.TimeOrderedUuid;
import org.jspecify.annotations.Nullable;

/**
 * How an organisation stands to another enterprise, with its evidence. Linked enterprises are one single undertaking
 * (Regulation (EU) 2023/2831, Article 2(2)) once the centre has confirmed it; partner enterprises are known and not counted.
 *
 * @param name the other's name, as this organisation gave it
 * @param other the organisation in Farga that the other enterprise is, where the centre found that it is one
 * @param until the day from which the link is no more
 */
record EnterpriseLink(
        UUID id,
        OrganisationId organisation,
        UUID enterprise,
        String name,
        String country,
        String taxId,
        @Nullable OrganisationId other,
        Relation relation,
        @Nullable Criterion criterion,
        String evidence,
        LocalDate since,
        @Nullable LocalDate until,
        PersonId declaredBy,
        Instant declaredAt,
        State state,
        @Nullable PersonId decidedBy,
        @Nullable Instant decidedAt,
        @Nullable String reason) {
    private static final LocalDate EARLIEST = LocalDate.of(1900, 1, 1);

    enum Relation {
        LINKED,
        PARTNER
    }

    /** Article 2(2), (a) to (d). */
    enum Criterion {
        /** A majority of the shareholders' or members' voting rights. */
        VOTES,
        /** The right to appoint or remove a majority of the board. */
        BOARD,
        /** A dominant influence by a contract or the articles of association. */
        CONTRACT,
        /** Sole control of a majority of the votes by an agreement with other shareholders. */
        AGREEMENT
    }

    enum State {
        DECLARED,
        CONFIRMED,
        REJECTED
    }

    /** What somebody typed. */
    record NewLink(
            @Nullable String name,
            @Nullable String country,
            @Nullable String taxId,
            @Nullable Relation relation,
            @Nullable Criterion criterion,
            @Nullable String evidence,
            @Nullable LocalDate since) {}

    /** Checks what somebody typed; the enterprise's identifier is to be replaced where it is known already. */
    static Outcome<EnterpriseLink> declare(
            OrganisationId organisation, NewLink typed, PersonId by, Instant now, LocalDate today) {
        boolean linked = typed.relation() == Relation.LINKED;
        Fields fields = new Fields()
                .text("name", typed.name(), 200)
                .rule("country", isCountry(typed.country()), "unknown-country")
                .text("taxId", typed.taxId(), 40)
                .rule(
                        "taxId",
                        typed.taxId() == null
                                || typed.taxId().isBlank()
                                || !plain(typed.taxId()).isEmpty(),
                        "aid-tax-id")
                .present("relation", typed.relation())
                .rule("criterion", !linked || typed.criterion() != null, "missing")
                .text("evidence", typed.evidence(), 2_000)
                .present("since", typed.since())
                .rule(
                        "since",
                        typed.since() == null
                                || !typed.since().isAfter(today)
                                        && !typed.since().isBefore(EARLIEST),
                        "aid-day");
        Optional<Refusal> refusal = fields.refusal();
        if (refusal.isPresent()
                || typed.name() == null
                || typed.country() == null
                || typed.taxId() == null
                || typed.relation() == null
                || typed.evidence() == null
                || typed.since() == null) {
            return Outcome.refused(refusal.orElseThrow());
        }
        return Outcome.done(new EnterpriseLink(
                TimeOrderedUuid.next(),
                organisation,
                TimeOrderedUuid.next(),
                typed.name().strip(),
                typed.country().strip().toUpperCase(Locale.ROOT),
                plain(typed.taxId()),
                null,
                typed.relation(),
                linked ? typed.criterion() : null,
                typed.evidence().strip(),
                typed.since(),
                null,
                by,
                now,
                State.DECLARED,
                null,
                null,
                null));
    }

    /** A tax number as it is compared: capitals and digits. */
    static String plain(String taxId) {
        return taxId.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "");
    }

    private static boolean isCountry(@Nullable String code) {
        return code != null
                && Locale.getISOCountries(Locale.IsoCountryCode.PART1_ALPHA2)
                        .contains(code.strip().toUpperCase(Locale.ROOT));
    }

    boolean inForceOn(LocalDate day) {
        return state == State.CONFIRMED && !since.isAfter(day) && (until == null || day.isBefore(until));
    }

    boolean waits() {
        return state == State.DECLARED;
    }
}
