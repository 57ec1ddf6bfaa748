package org.farga.privacy;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.farga.shared.EmailAddress;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;

/**
 * A search of all free text for somebody's name and address.
 *
 * @param endedAt null while it goes on
 */
record ErasureSearch(
        UUID id, PersonId person, Instant askedAt, @Nullable Instant endedAt, List<Finding> findings) {
    /** Shorter names stand in too many words to be looked for. */
    static final int SHORTEST_NAME = 3;

    private static final int AROUND = 60;

    /**
     * A text in which the person is named.
     *
     * @param text which kind of text, such as {@code proposal-abstract}
     * @param row of it
     * @param link the page that shows it
     * @param redactable whether the name may be taken out
     */
    record Finding(String text, String row, String link, String excerpt, boolean redactable) {
        /** Where it is, in one word for forms and requests. */
        String place() {
            return text + " " + row;
        }
    }

    /** What PostgreSQL looks for, in any case: the address, or the name as words of their own. */
    static String pattern(String name, EmailAddress email) {
        String address = escaped(email.value());
        String words = name.strip();
        if (words.length() < SHORTEST_NAME) {
            return address;
        }
        return address + "|" + edge(words.codePointAt(0), "\\m")
                + escaped(words).replaceAll("\\s+", "\\\\s+")
                + edge(words.codePointBefore(words.length()), "\\M");
    }

    private static String edge(int character, String edge) {
        return Character.isLetterOrDigit(character) ? edge : "";
    }

    private static String escaped(String text) {
        return text.replaceAll("[.\\[\\]{}()*+?^$|\\\\]", "\\\\$0");
    }

    /** The words around the first place where it stands. */
    static String excerpt(String text, String name, EmailAddress email) {
        Matcher found = Pattern.compile(
                        Pattern.quote(email.value()) + "|"
                                + Pattern.quote(name.strip()).replaceAll("\\s+", "\\\\E\\\\s+\\\\Q"),
                        Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE)
                .matcher(text);
        int at = found.find() ? found.start() : 0;
        int end = Math.min(text.length(), (at == 0 ? 0 : found.end()) + AROUND + (at == 0 ? AROUND : 0));
        int from = Math.max(0, at - AROUND);
        return (from > 0 ? "…" : "")
                + text.substring(from, end).replaceAll("\\s+", " ")
                + (end < text.length() ? "…" : "");
    }
}
