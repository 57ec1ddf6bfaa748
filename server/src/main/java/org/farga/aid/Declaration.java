package org.farga.aid;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.farga.shared.Fields;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.Refusal;
import org.farga.shared.TimeOrderedUuid;
import org.jspecify.annotations.Nullable;

/**
 * What a company declares of the other de minimis aid that it, and those linked to it that declare nothing themselves, were
 * granted (Regulation (EU) 2023/2831, Article 7(4)). A later one supersedes it and does not replace it.
 *
 * @param taxId the number that the central register knows the company by
 * @param sector its main activity by NACE Rev. 2.1: a division, group or class
 * @param validUntil the last day on which aid may be granted on it
 */
record Declaration(
        UUID id,
        OrganisationId organisation,
        String taxId,
        String sector,
        List<Aid> others,
        PersonId declaredBy,
        Instant declaredAt,
        LocalDate validUntil) {
    static final int MOST = 200;
    private static final Pattern NACE = Pattern.compile("[0-9]{2}(\\.[0-9]{1,2})?");
    /** Article 1(1)(a) and (c): the primary production of agricultural, fishery and aquaculture products. */
    private static final List<String> EXCLUDED = List.of("01", "03");

    Declaration {
        others = List.copyOf(others);
    }

    /** One aid that somebody else granted. */
    record Aid(
            String memberState,
            LocalDate grantedOn,
            long cents,
            String authority,
            @Nullable String reference) {}

    /** One aid, as it was typed. */
    record NewAid(
            @Nullable String memberState,
            @Nullable LocalDate grantedOn,
            @Nullable BigDecimal amountEuros,
            @Nullable String authority,
            @Nullable String reference) {}

    /**
     * What somebody typed.
     *
     * @param confirmed that they declare it in the company's name and that it is complete
     */
    record NewDeclaration(
            @Nullable String taxId,
            @Nullable String sector,
            @Nullable List<@Nullable NewAid> others,
            @Nullable Boolean confirmed) {}

    static boolean isSector(@Nullable String sector) {
        return sector != null && NACE.matcher(sector).matches();
    }

    /** Whether no de minimis aid may be granted to it under this Regulation. */
    static boolean isExcluded(String sector) {
        return EXCLUDED.contains(sector.substring(0, 2));
    }

    /** Checks what an owner typed. */
    static Outcome<Declaration> declare(
            OrganisationId organisation,
            NewDeclaration typed,
            Ceiling ceiling,
            PersonId by,
            Instant now,
            LocalDate today) {
        String sector = typed.sector() == null ? null : typed.sector().strip();
        Fields fields = new Fields()
                .text("taxId", typed.taxId(), 40)
                .rule(
                        "taxId",
                        typed.taxId() == null
                                || typed.taxId().isBlank()
                                || !EnterpriseLink.plain(typed.taxId()).isEmpty(),
                        "aid-tax-id")
                .rule("sector", isSector(sector), "aid-sector");
        List<@Nullable NewAid> named = typed.others() == null ? List.of() : typed.others();
        List<Aid> others = new ArrayList<>();
        if (named.size() > MOST) {
            fields.rule("others", false, "aid-too-many", MOST);
        } else {
            for (int i = 0; i < named.size(); i++) {
                aid(fields, "others[" + i + "].", named.get(i), today, others);
            }
        }
        fields.rule("confirmed", Boolean.TRUE.equals(typed.confirmed()), "aid-confirm");
        Optional<Refusal> refusal = fields.refusal();
        if (refusal.isPresent() || typed.taxId() == null || sector == null) {
            return Outcome.refused(refusal.orElseThrow());
        }
        return Outcome.done(new Declaration(
                TimeOrderedUuid.next(),
                organisation,
                EnterpriseLink.plain(typed.taxId()),
                sector,
                others,
                by,
                now,
                ceiling.declarationUntil(today)));
    }

    private static void aid(Fields fields, String path, @Nullable NewAid typed, LocalDate today, List<Aid> into) {
        if (typed == null) {
            fields.present(path + "amountEuros", null);
            return;
        }
        String state =
                typed.memberState() == null ? "" : typed.memberState().strip().toUpperCase(Locale.ROOT);
        Long cents = Euro.cents(typed.amountEuros());
        String reference = typed.reference() == null || typed.reference().isBlank()
                ? null
                : typed.reference().strip();
        boolean soundState = FundingSource.MEMBER_STATES.contains(state);
        LocalDate day = typed.grantedOn();
        boolean soundDay = day != null && !day.isAfter(today) && !day.isBefore(LocalDate.of(2000, 1, 1));
        boolean soundAmount = cents != null && cents > 0;
        fields.rule(path + "memberState", soundState, "aid-member-state")
                .rule(path + "grantedOn", soundDay, "aid-day")
                .rule(path + "amountEuros", soundAmount, "aid-amount")
                .text(path + "authority", typed.authority(), 200)
                .optionalText(path + "reference", reference, 100);
        if (day != null
                && cents != null
                && typed.authority() != null
                && fields.refusal().isEmpty()) {
            into.add(new Aid(state, day, cents, typed.authority().strip(), reference));
        }
    }

    boolean isValidOn(LocalDate day) {
        return !day.isAfter(validUntil);
    }

    List<Headroom.Line> lines() {
        return others.stream()
                .map(a -> new Headroom.Line(
                        organisation,
                        null,
                        a.grantedOn(),
                        a.cents(),
                        a.memberState(),
                        a.authority(),
                        a.reference(),
                        false))
                .toList();
    }

    /** What was declared, in one number, for the audit log: it vouches for the rows. */
    byte[] sha256() {
        StringBuilder text = new StringBuilder(organisation + "\n" + taxId + "\n" + sector + "\n");
        others.forEach(a -> text.append(a).append('\n'));
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.toString().getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
