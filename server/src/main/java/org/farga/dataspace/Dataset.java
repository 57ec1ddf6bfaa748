package org.farga.dataspace;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.farga.shared.DatasetId;
import org.farga.shared.Fields;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;

/**
 * Data that may be shared for training (DCAT's and the Dataspace Protocol's word): its description, its licence and its
 * terms. The data themselves are its versions.
 *
 * @param slug how people, commands and addresses name it
 * @param card its description in Markdown
 * @param provider who provides it; the centre itself where null
 * @param language the ISO 639-1 code of the language that its title, summary, card and terms are written in; null where
 *     nobody said
 * @param previewPublic whether anybody may look at its first rows, or only those with an agreement
 */
record Dataset(
        DatasetId id,
        String slug,
        String title,
        String summary,
        Licence licence,
        String card,
        @Nullable String language,
        @Nullable OrganisationId provider,
        boolean previewPublic,
        Terms terms,
        PersonId createdBy,
        Instant createdAt,
        int version) {
    static final int LONGEST_SLUG = 60;
    static final int LONGEST_TITLE = 200;
    static final int LONGEST_SUMMARY = 500;
    static final int LARGEST_CARD_BYTES = 100_000;

    private static final Set<String> LANGUAGES = Set.of(Locale.getISOLanguages());

    /** Languages offered where somebody describes a dataset: those of the Union and its neighbours. */
    static final List<String> OFFERED_LANGUAGES = List.of(
            "bg", "ca", "cs", "cy", "da", "de", "el", "en", "es", "et", "eu", "fi", "fr", "ga", "gl", "hr", "hu", "is",
            "it", "lb", "lt", "lv", "mk", "mt", "nl", "no", "pl", "pt", "ro", "sk", "sl", "sq", "sr", "sv", "tr", "uk");

    private static final Pattern SLUG = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");
    // Addresses of pages beside /datasets/{slug}.
    private static final Set<String> RESERVED = Set.of("new", "edit", "search");

    /** What somebody typed to describe a dataset; a change leaves null what it does not touch. */
    record Draft(
            @Nullable String slug,
            @Nullable String title,
            @Nullable String summary,
            @Nullable String licence,
            @Nullable String terms,
            @Nullable String card,
            @Nullable String language,
            @Nullable OrganisationId provider,
            @Nullable Boolean previewPublic) {}

    static Outcome<Dataset> create(Draft typed, PersonId creator, Instant now) {
        Fields fields = new Fields().text("slug", typed.slug(), LONGEST_SLUG);
        String slug = typed.slug() == null ? "" : typed.slug().strip();
        fields.rule("slug", slug.isEmpty() || slug.length() > LONGEST_SLUG || isSlug(slug), "slug-form")
                .rule("slug", !RESERVED.contains(slug), "slug-reserved");
        checkTitle(fields, typed.title());
        checkSummary(fields, typed.summary());
        checkLicence(fields, typed.licence());
        Terms.check(fields, typed.terms());
        checkCard(fields, typed.card());
        checkLanguage(fields, typed.language());
        var refusal = fields.refusal();
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        return Outcome.done(new Dataset(
                DatasetId.create(),
                slug,
                Objects.requireNonNull(typed.title()).strip(),
                Objects.requireNonNull(typed.summary()).strip(),
                Licence.parse(typed.licence()).orElseThrow(),
                Objects.requireNonNull(typed.card()).strip(),
                typed.language() == null || typed.language().isBlank() ? null : typed.language(),
                typed.provider(),
                typed.previewPublic() == null || typed.previewPublic(),
                Terms.first(Objects.requireNonNull(typed.terms()), now),
                creator,
                now,
                1));
    }

    /** The same dataset described anew. Its slug stays: people have written it into their scripts. */
    Outcome<Dataset> change(Draft typed, Instant now) {
        Fields fields = new Fields();
        fields.rule("slug", typed.slug() == null || typed.slug().equals(slug), "slug-stays");
        if (typed.title() != null) {
            checkTitle(fields, typed.title());
        }
        if (typed.summary() != null) {
            checkSummary(fields, typed.summary());
        }
        if (typed.licence() != null) {
            checkLicence(fields, typed.licence());
        }
        if (typed.terms() != null) {
            Terms.check(fields, typed.terms());
        }
        if (typed.card() != null) {
            checkCard(fields, typed.card());
        }
        checkLanguage(fields, typed.language());
        var refusal = fields.refusal();
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        String newTerms = typed.terms();
        return Outcome.done(new Dataset(
                id,
                slug,
                typed.title() == null ? title : typed.title().strip(),
                typed.summary() == null ? summary : typed.summary().strip(),
                typed.licence() == null
                        ? licence
                        : Licence.parse(typed.licence()).orElseThrow(),
                typed.card() == null ? card : typed.card().strip(),
                typed.language() == null ? language : typed.language().isBlank() ? null : typed.language(),
                typed.provider() == null ? provider : typed.provider(),
                typed.previewPublic() == null ? previewPublic : typed.previewPublic(),
                newTerms == null || terms.says(newTerms) ? terms : terms.next(newTerms, now),
                createdBy,
                createdAt,
                version));
    }

    private static void checkTitle(Fields fields, @Nullable String title) {
        fields.text("title", title, LONGEST_TITLE)
                .rule("title", title == null || title.lines().count() <= 1, "title-lines");
    }

    private static void checkLanguage(Fields fields, @Nullable String language) {
        fields.rule(
                "language", language == null || language.isBlank() || LANGUAGES.contains(language), "language-unknown");
    }

    private static void checkSummary(Fields fields, @Nullable String summary) {
        fields.text("summary", summary, LONGEST_SUMMARY);
    }

    private static void checkLicence(Fields fields, @Nullable String licence) {
        fields.text("licence", licence, 100)
                .rule(
                        "licence",
                        licence == null
                                || licence.isBlank()
                                || Licence.parse(licence).isPresent(),
                        "unknown-licence");
    }

    private static void checkCard(Fields fields, @Nullable String card) {
        fields.text("card", card, LARGEST_CARD_BYTES)
                .rule(
                        "card",
                        card == null
                                || card.length() > LARGEST_CARD_BYTES
                                || card.getBytes(StandardCharsets.UTF_8).length <= LARGEST_CARD_BYTES,
                        "card-too-large",
                        LARGEST_CARD_BYTES);
    }

    static boolean isSlug(String text) {
        return text.length() <= LONGEST_SLUG && SLUG.matcher(text).matches();
    }

    /** The variable that tells a job where the dataset lies. */
    static String environmentVariable(String slug) {
        return "FARGA_DATASET_" + slug.toUpperCase(Locale.ROOT).replace('-', '_');
    }
}
