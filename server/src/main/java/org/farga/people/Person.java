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

/** A human being with an e-mail address. How they prove who they are is the business of {@code identity}. */
public record Person(PersonId id, EmailAddress email, String name, Locale language, Instant createdAt, int version) {
    private static final int LONGEST_NAME = 200;
    private static final List<String> LANGUAGES = List.of("en", "es", "ca");

    /**
     * Checks what is said of somebody who is new; nothing is stored yet.
     *
     * @param fields with what else was checked of the same form, so that one answer names everything that is wrong
     */
    public static Outcome<Person> join(
            Fields fields, @Nullable String email, @Nullable String name, @Nullable String language, Instant now) {
        fields.text("email", email, 254)
                .text("name", name, LONGEST_NAME)
                .rule("email", email == null || email.isBlank() || parse(email).isPresent(), "not-an-email");
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

    /** The address, where the text is one. */
    public static Optional<EmailAddress> parse(String text) {
        try {
            return Optional.of(new EmailAddress(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
