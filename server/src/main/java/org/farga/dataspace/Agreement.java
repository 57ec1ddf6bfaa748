package org.farga.dataspace;

import java.time.Instant;
import java.util.Locale;
import org.farga.shared.AgreementId;
import org.farga.shared.DatasetId;
import org.farga.shared.Fields;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * An organisation's acceptance of a dataset's terms, in the very wording that its owner saw. While it lives, the
 * organisation may download the dataset and its jobs may mount it.
 *
 * @param ending when and why it ended; null while it lives
 */
record Agreement(
        AgreementId id,
        OrganisationId organisation,
        DatasetId dataset,
        int termsVersion,
        Sha256 termsSha256,
        PersonId acceptedBy,
        Instant acceptedAt,
        @Nullable Ending ending) {
    static final int LONGEST_REASON = 1_000;

    /** Why an agreement ended; what the program itself says of it is the message {@code dataspace.ending.<name>}. */
    enum Cause {
        /** Somebody said why. */
        STATED,
        WITHDRAWN_BY_ORGANISATION,
        ORGANISATION_CLOSING,
        /** The same organisation accepted newer terms, so that its right to use the data went on. */
        SUPERSEDED
    }

    /**
     * When and why an agreement ended.
     *
     * @param reason in the words of who ended it; the program's own stand there in English
     * @param next version of the terms that were accepted in their place, where they were
     */
    record Ending(
            Instant at,
            PersonId by,
            String reason,
            Cause cause,
            @Nullable Integer next) {
        boolean superseded() {
            return cause == Cause.SUPERSEDED;
        }
    }

    /** Accepts the terms that the one who accepts has read: refused as {@code terms-changed} where they are others now. */
    static Outcome<Agreement> accept(
            Dataset dataset, OrganisationId organisation, @Nullable String termsSha256, PersonId by, Instant now) {
        Sha256 read = Sha256.parse(termsSha256).orElse(null);
        var refusal = new Fields()
                .text("termsSha256", termsSha256, 64)
                .rule("termsSha256", termsSha256 == null || termsSha256.isBlank() || read != null, "not-a-sha256")
                .refusal();
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        Terms terms = dataset.terms();
        if (!terms.sha256().equals(read)) {
            return Outcome.refused(Refusal.conflict("terms-changed", terms.version()));
        }
        return Outcome.done(new Agreement(
                AgreementId.create(), organisation, dataset.id(), terms.version(), terms.sha256(), by, now, null));
    }

    boolean isLive() {
        return ending == null;
    }

    Outcome<Agreement> end(@Nullable String reason, PersonId by, Instant now) {
        if (!isLive()) {
            return Outcome.refused(Refusal.conflict("agreement-ended"));
        }
        var refusal = new Fields().text("reason", reason, LONGEST_REASON).refusal();
        return refusal.isPresent() || reason == null
                ? Outcome.refused(refusal.orElseThrow())
                : Outcome.done(with(new Ending(now, by, reason.strip(), Cause.STATED, null)));
    }

    /** Ends it for a reason that the program knows. */
    Outcome<Agreement> end(Cause cause, PersonId by, Instant now) {
        return isLive()
                ? Outcome.done(with(new Ending(now, by, english(cause), cause, null)))
                : Outcome.refused(Refusal.conflict("agreement-ended"));
    }

    // What exports of old say, and who reads the database itself.
    private static String english(Cause cause) {
        return cause.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** Ends it because newer terms of the same dataset were accepted. */
    Agreement supersede(Agreement next) {
        return with(new Ending(
                next.acceptedAt(),
                next.acceptedBy(),
                english(Cause.SUPERSEDED),
                Cause.SUPERSEDED,
                next.termsVersion()));
    }

    private Agreement with(Ending end) {
        return new Agreement(id, organisation, dataset, termsVersion, termsSha256, acceptedBy, acceptedAt, end);
    }
}
