package org.farga.dataspace;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What somebody typed to find a dataset: words or beginnings of words, in any case, with or without accents. */
final class Search {
    static final int LONGEST = 200;
    private static final int MOST_WORDS = 12;
    private static final Pattern MARKS = Pattern.compile("\\p{M}+");
    private static final Pattern NO_WORD = Pattern.compile("[^\\p{L}\\p{N}]+");

    private Search() {}

    /**
     * As PostgreSQL's {@code to_tsquery} reads it: all of the words, each also as a beginning; empty where nothing was
     * typed. Only letters and digits get through, so that nothing typed is read as an operator.
     */
    static String query(@Nullable String typed) {
        if (typed == null) {
            return "";
        }
        String plain = MARKS.matcher(Normalizer.normalize(typed, Normalizer.Form.NFD))
                .replaceAll("")
                .toLowerCase(Locale.ROOT);
        return Arrays.stream(NO_WORD.split(plain))
                .filter(word -> !word.isEmpty())
                .limit(MOST_WORDS)
                .map(Search::term)
                .collect(Collectors.joining(" & "));
    }

    // PostgreSQL's parser reads the end of "digits-2024" as the number -2024, and that is what stands in its index.
    private static String term(String word) {
        return Character.isDigit(word.charAt(0)) ? "(" + word + ":* | '-" + word + "':*)" : word + ":*";
    }
}
