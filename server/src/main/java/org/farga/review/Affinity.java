package org.farga.review;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.farga.access.ReviewedProposal;

/**
 * How well a reviewer's expertise fits a proposal, in millionths: 400,000 for the sector, and up to 600,000 for keywords, of which
 * one in the title counts two points and one in the abstract one; p points are worth 600,000 p / (p + 2), so that each further
 * keyword adds less and many keywords do not beat the right ones. Whole numbers, so that sums are exact.
 *
 * @param sector whether the reviewer knows the proposal's sector
 * @param inTitle the reviewer's keywords that stand in the title
 * @param inSummary those that stand in the abstract only
 */
record Affinity(boolean sector, List<String> inTitle, List<String> inSummary) {
    static final int WHOLE = 1_000_000;
    private static final int SECTOR = 400_000;
    private static final int KEYWORDS = 600_000;
    private static final int LONGEST_PHRASE = 5;
    private static final Pattern MARKS = Pattern.compile("\\p{M}+");
    private static final Pattern BETWEEN = Pattern.compile("[^\\p{L}\\p{N}]+");

    Affinity {
        inTitle = List.copyOf(inTitle);
        inSummary = List.copyOf(inSummary);
    }

    int sectorPart() {
        return sector ? SECTOR : 0;
    }

    int keywordPart() {
        int points = 2 * inTitle.size() + inSummary.size();
        return KEYWORDS * points / (points + 2);
    }

    /** In millionths of a perfect match. */
    int total() {
        return sectorPart() + keywordPart();
    }

    /** A proposal's words, made ready once to be compared with many reviewers. */
    static final class Subject {
        private final String sector;
        private final Set<String> title;
        private final Set<String> summary;

        private Subject(ReviewedProposal proposal) {
            sector = proposal.sector() == null ? "" : proposal.sector();
            title = phrases(proposal.title());
            summary = phrases(proposal.summary());
        }

        static Subject of(ReviewedProposal proposal) {
            return new Subject(proposal);
        }

        Affinity to(Collection<String> keywords, Collection<String> sectors) {
            List<String> inTitle = new ArrayList<>();
            List<String> inSummary = new ArrayList<>();
            for (String keyword : keywords) {
                if (title.contains(keyword)) {
                    inTitle.add(keyword);
                } else if (summary.contains(keyword)) {
                    inSummary.add(keyword);
                }
            }
            return new Affinity(sectors.contains(sector), inTitle, inSummary);
        }
    }

    /** A word or phrase as it is compared: in lower case, without accents, its words one space apart. */
    static String normal(String text) {
        return BETWEEN.matcher(MARKS.matcher(Normalizer.normalize(text, Normalizer.Form.NFKD))
                        .replaceAll("")
                        .toLowerCase(Locale.ROOT))
                .replaceAll(" ")
                .strip();
    }

    private static Set<String> phrases(String text) {
        String[] words = normal(text).split(" ", -1);
        Set<String> phrases = new HashSet<>();
        for (int from = 0; from < words.length; from++) {
            StringBuilder phrase = new StringBuilder();
            for (int to = from; to < Math.min(words.length, from + LONGEST_PHRASE); to++) {
                phrase.append(to == from ? "" : " ").append(words[to]);
                phrases.add(phrase.toString());
            }
        }
        return phrases;
    }
}
