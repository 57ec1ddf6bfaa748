package org.farga.slurm;

import java.text.Normalizer;
import java.util.Locale;
import java.util.Set;

/** Names for accounts in Slurm: lower case letters, digits and hyphens, as Slurm shows them whatever one writes. */
final class AccountName {
    private static final int LONGEST = 40;

    private AccountName() {}

    /** An organisation's: {@code org-} and its name, with a number where that is taken. */
    static String ofOrganisation(String name, Set<String> taken) {
        return free("org-" + plain(name), taken);
    }

    /** A project's: its address in Farga, with a number where that is taken. */
    static String ofProject(String slug, Set<String> taken) {
        return free(plain(slug), taken);
    }

    /** An allocation's: its project's address and a number, the lowest that is free. */
    static String ofAllocation(String slug, Set<String> taken) {
        for (int number = 1; ; number++) {
            String name = plain(slug) + "-" + number;
            if (!taken.contains(name)) {
                return name;
            }
        }
    }

    private static String free(String wanted, Set<String> taken) {
        String name = wanted;
        for (int number = 2; taken.contains(name); number++) {
            name = wanted + "-" + number;
        }
        return name;
    }

    private static String plain(String text) {
        String plain = Normalizer.normalize(text, Normalizer.Form.NFKD)
                .replaceAll("\\p{M}+", "")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9]+", "-")
                .replaceAll("^-|-$", "");
        if (plain.length() > LONGEST) {
            plain = plain.substring(0, LONGEST).replaceAll("-$", "");
        }
        return plain.isEmpty() ? "x" : plain;
    }
}
