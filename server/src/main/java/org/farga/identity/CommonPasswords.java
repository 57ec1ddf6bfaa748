package org.farga.identity;

import com.nulabinc.zxcvbn.StandardDictionaries;
import com.nulabinc.zxcvbn.StandardKeyboards;
import com.nulabinc.zxcvbn.Zxcvbn;
import com.nulabinc.zxcvbn.ZxcvbnBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Set;

/**
 * Passwords that are guessed first although they are long enough. How many guesses one takes, zxcvbn estimates from lists
 * of leaked passwords, names and words, from keyboards, dates and repetitions; its lists are English, so one or two of
 * the words that people here start from, with digits and signs around them, are told by a rule of our own.
 */
final class CommonPasswords {
    /** What somebody who has the hashes tries in seconds; the paper's "safely unguessable" begins at 10^10. */
    private static final double FEWEST_GUESSES = 1e9;

    /** As much as is looked at: the estimate takes long for long ones, and those are not common by their beginning alone. */
    private static final int LONGEST_ESTIMATED = 64;

    private static final Set<String> WORDS = Set.of(
            "password",
            "passwort",
            "contrasena",
            "contrasenya",
            "clave",
            "secret",
            "secreto",
            "admin",
            "administrator",
            "administrador",
            "root",
            "user",
            "usuario",
            "login",
            "welcome",
            "bienvenido",
            "benvingut",
            "letmein",
            "master",
            "qwerty",
            "qwertyuiop",
            "azerty",
            "qwertz",
            "asdfgh",
            "asdfghjkl",
            "zxcvbn",
            "zxcvbnm",
            "iloveyou",
            "tequiero",
            "teamo",
            "monkey",
            "dragon",
            "football",
            "futbol",
            "baseball",
            "superman",
            "batman",
            "pokemon",
            "starwars",
            "sunshine",
            "princess",
            "princesa",
            "shadow",
            "michael",
            "jordan",
            "hunter",
            "killer",
            "freedom",
            "whatever",
            "trustno",
            "computer",
            "internet",
            "changeme",
            "cambiame",
            "default",
            "test",
            "testing",
            "demo",
            "guest",
            "temporal",
            "temp",
            "summer",
            "verano",
            "estiu",
            "winter",
            "invierno",
            "hivern",
            "spring",
            "autumn",
            "barcelona",
            "madrid",
            "espana",
            "catalunya",
            "visca",
            "barca",
            "realmadrid",
            "chocolate",
            "hello",
            "hola",
            "farga",
            "factory",
            "aifactory",
            "my",
            "mi",
            "the",
            "new",
            "pass",
            "word",
            "abc",
            "abcd",
            "abcdef",
            "company",
            "empresa",
            "server",
            "access",
            "ninja",
            "love",
            "amor",
            "angel",
            "january",
            "enero",
            "december");

    // Made at the first need: reading the lists takes a good part of a second, and no start should wait for it.
    private static final class Estimate {
        private static final Zxcvbn BY_LISTS = byLists();

        private static Zxcvbn byLists() {
            try {
                return new ZxcvbnBuilder()
                        .dictionaries(StandardDictionaries.loadAllDictionaries())
                        .keyboards(StandardKeyboards.loadAllKeyboards())
                        .build();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private CommonPasswords() {}

    static boolean isCommon(String password) {
        String plain = password.toLowerCase(Locale.ROOT);
        String letters = plain.replaceAll("[^\\p{L}]", "").replace("ñ", "n");
        // So many digits may be random; fewer are a date or a telephone number.
        boolean fewDigits = letters.isEmpty() && plain.length() < 18;
        return fewDigits || isOfWords(letters, 2) || isOfWords(disguised(plain), 2) || isSoonGuessed(password);
    }

    private static boolean isSoonGuessed(String password) {
        if (password.length() > LONGEST_ESTIMATED) {
            // Only a repetition is short work at that length.
            return password.chars().distinct().count() < 5;
        }
        return Estimate.BY_LISTS.measure(password).getGuesses() < FEWEST_GUESSES;
    }

    /** The letters, with the digits and signs that stand for some read as those. */
    private static String disguised(String text) {
        return text.replaceAll("[^\\p{L}]+$", "")
                .replace('@', 'a')
                .replace('$', 's')
                .replace('0', 'o')
                .replace('3', 'e')
                .replaceAll("[^\\p{L}]", "")
                .replace("ñ", "n");
    }

    private static boolean isOfWords(String text, int most) {
        if (WORDS.contains(text)) {
            return true;
        }
        for (int cut = 1; most > 1 && cut < text.length(); cut++) {
            if (WORDS.contains(text.substring(0, cut)) && isOfWords(text.substring(cut), most - 1)) {
                return true;
            }
        }
        return false;
    }
}
