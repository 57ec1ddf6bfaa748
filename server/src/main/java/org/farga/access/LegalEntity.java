package org.farga.access;

import java.time.Instant;
import java.util.Optional;
import org.farga.shared.Fields;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * What an organisation declares of the legal entity it is: its entry in a register, or, where there is none, what it is
 * instead. A later declaration does not replace it.
 *
 * @param register the register's name
 * @param entry the number or sheet that it stands under there
 * @param explanation why it stands in none, and what shows that it exists
 */
record LegalEntity(
        OrganisationId organisation,
        @Nullable String register,
        @Nullable String entry,
        @Nullable String explanation,
        PersonId declaredBy,
        Instant declaredAt) {
    private static final int LONGEST_NAME = 200;
    private static final int LONGEST_ENTRY = 100;
    private static final int LONGEST_EXPLANATION = 2_000;

    /** What somebody typed. */
    record NewLegalEntity(
            @Nullable String register,
            @Nullable String entry,
            @Nullable String explanation) {}

    static Outcome<LegalEntity> declare(OrganisationId organisation, NewLegalEntity typed, PersonId by, Instant now) {
        String register = clean(typed.register());
        String entry = clean(typed.entry());
        String explanation = clean(typed.explanation());
        Optional<Refusal> refusal = new Fields()
                .optionalText("register", register, LONGEST_NAME)
                .optionalText("entry", entry, LONGEST_ENTRY)
                .optionalText("explanation", explanation, LONGEST_EXPLANATION)
                .rule("entry", register == null || entry != null, "missing")
                .rule("register", entry == null || register != null, "missing")
                .rule(
                        "explanation",
                        register != null || entry != null || explanation != null,
                        "register-or-explanation")
                .refusal();
        return refusal.isPresent()
                ? Outcome.refused(refusal.get())
                : Outcome.done(new LegalEntity(organisation, register, entry, explanation, by, now));
    }

    boolean isRegistered() {
        return register != null;
    }

    private static @Nullable String clean(@Nullable String text) {
        return text == null || text.isBlank() ? null : text.strip();
    }
}
