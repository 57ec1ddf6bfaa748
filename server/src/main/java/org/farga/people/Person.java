package org.farga.people;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.farga.shared.EmailAddress;
import org.farga.shared.Fields;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;

/** A human being with an e-mail address, who signs in. */
record Person(PersonId id, EmailAddress email, String name, Locale language, Instant createdAt, int version) {
    /** NIST SP 800-63B asks for at least 15 characters where a password stands alone; bounded so that hashing is. */
    static final int SHORTEST_PASSWORD = 12;

    static final int LONGEST_PASSWORD = 200;
    private static final int LONGEST_NAME = 200;
    private static final List<String> LANGUAGES = List.of("en", "es", "ca");

    /** Checks what somebody typed to sign up; nothing is stored yet. */
    static Outcome<Person> signUp(
            @Nullable String email,
            @Nullable String name,
            @Nullable String password,
            @Nullable String language,
            Instant now) {
        Fields fields = new Fields()
                .text("email", email, 254)
                .text("name", name, LONGEST_NAME)
                .rule("email", email == null || email.isBlank() || parse(email).isPresent(), "not-an-email");
        checkPassword(fields, "password", password, email);
        if (language != null) {
            fields.rule("language", LANGUAGES.contains(language), "unknown-choice", String.join(", ", LANGUAGES));
        }
        var refusal = fields.refusal();
        if (refusal.isPresent() || email == null || name == null) {
            return Outcome.refused(refusal.orElseThrow());
        }
        Locale spoken = Locale.forLanguageTag(language == null ? "en" : language);
        return Outcome.done(new Person(PersonId.create(), parse(email).orElseThrow(), name.strip(), spoken, now, 1));
    }

    /** The same person under another name or in another language; what is null stays. */
    Outcome<Person> change(@Nullable String newName, @Nullable String newLanguage) {
        Fields fields = new Fields();
        if (newName != null) {
            fields.text("name", newName, LONGEST_NAME);
        }
        if (newLanguage != null) {
            fields.rule("language", LANGUAGES.contains(newLanguage), "unknown-choice", String.join(", ", LANGUAGES));
        }
        var refusal = fields.refusal();
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        return Outcome.done(new Person(
                id,
                email,
                newName == null ? name : newName.strip(),
                newLanguage == null ? language : Locale.forLanguageTag(newLanguage),
                createdAt,
                version));
    }

    /** Length only, and not the address itself: what keeps a password safe is length (NIST SP 800-63B §5.1.1.2). */
    static void checkPassword(Fields fields, String field, @Nullable String password, @Nullable String email) {
        if (password == null || password.isEmpty()) {
            fields.present(field, null);
            return;
        }
        int length = password.codePointCount(0, password.length());
        fields.rule(field, length >= SHORTEST_PASSWORD, "password-too-short", SHORTEST_PASSWORD)
                .rule(field, length <= LONGEST_PASSWORD, "too-long", LONGEST_PASSWORD)
                .rule(field, email == null || !password.equalsIgnoreCase(email.strip()), "password-is-email");
    }

    static Optional<EmailAddress> parse(String text) {
        try {
            return Optional.of(new EmailAddress(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
