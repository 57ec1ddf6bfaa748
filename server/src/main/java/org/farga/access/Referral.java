package org.farga.access;

import java.util.Optional;
import java.util.UUID;
import org.farga.shared.Fields;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Where an applicant may be sent whom the centre has no hours for: another call, another centre.
 *
 * @param contact an address or page at which they go on
 */
record Referral(UUID id, String name, String text, String contact, boolean active) {
    /** What an access officer types. */
    record NewReferral(
            @Nullable String name,
            @Nullable String text,
            @Nullable String contact,
            @Nullable Boolean active) {
        Optional<Refusal> refusal() {
            return new Fields()
                    .text("name", name, 200)
                    .text("text", text, 2_000)
                    .text("contact", contact, 300)
                    .refusal();
        }

        Referral of(UUID id) {
            return new Referral(
                    id,
                    java.util.Objects.requireNonNull(name).strip(),
                    java.util.Objects.requireNonNull(text).strip(),
                    java.util.Objects.requireNonNull(contact).strip(),
                    active == null || active);
        }
    }
}
