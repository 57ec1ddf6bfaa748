package org.farga.identity;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.farga.shared.Fields;
import org.jspecify.annotations.Nullable;

/** What a password must be. */
final class Password {
    /** NIST SP 800-63B asks for at least 15 characters where a password stands alone; bounded so that hashing is. */
    static final int SHORTEST = 12;

    static final int LONGEST = 200;

    private Password() {}

    /**
     * Whose password it is to be: what others guess first of somebody.
     *
     * @param centre the centre's name, which is on every page
     */
    record Owner(@Nullable String email, @Nullable String name, String centre) {
        private static final int SHORTEST_WORD = 4;

        /** The words of address, name and centre, and Farga's own, that are long enough to be told by. */
        Set<String> words() {
            Set<String> words = new LinkedHashSet<>(Set.of("farga"));
            for (String text : new String[] {email, name, centre}) {
                if (text != null) {
                    Arrays.stream(plain(text).split("[^\\p{L}\\p{N}]+", -1))
                            .filter(word -> word.length() >= SHORTEST_WORD)
                            .forEach(words::add);
                }
            }
            return words;
        }

        /** In small letters without accents, so that none of them hides a word. */
        private static String plain(String text) {
            return Normalizer.normalize(text, Normalizer.Form.NFD)
                    .replaceAll("\\p{M}+", "")
                    .toLowerCase(Locale.ROOT);
        }

        /** The word of one's own that a password holds, however it is spaced. */
        Optional<String> wordIn(String password) {
            String plain = plain(password);
            String joined = plain.replaceAll("[^\\p{L}\\p{N}]+", "");
            return words().stream()
                    .filter(word -> plain.contains(word) || joined.contains(word))
                    .findFirst();
        }
    }

    /**
     * Long, none of the first that are guessed, and without a word of its owner's name, address or centre (NIST SP 800-63B
     * §3.1.1.2, ASVS 5 6.2.4 and 6.2.11).
     */
    static void check(Fields fields, String field, @Nullable String password, Owner owner) {
        if (password == null || password.isEmpty()) {
            fields.present(field, null);
            return;
        }
        int length = password.codePointCount(0, password.length());
        boolean fits = length >= SHORTEST && length <= LONGEST;
        Optional<String> own = fits ? owner.wordIn(password) : Optional.empty();
        fields.rule(field, length >= SHORTEST, "password-too-short", SHORTEST)
                .rule(field, length <= LONGEST, "too-long", LONGEST)
                .rule(field, own.isEmpty(), "password-own-word", own.orElse(""))
                .rule(field, !fits || own.isPresent() || !CommonPasswords.isCommon(password), "password-common");
    }
}
