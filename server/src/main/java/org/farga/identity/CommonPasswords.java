package org.farga.identity;

import java.util.Locale;
import java.util.Set;

/**
 * Passwords that are guessed first although they are long enough: one or two of the words that people start from, with
 * digits and signs around them, one character or a short piece again and again, or a run along the alphabet or the
 * keyboard. The words are our own compilation; a rule covers what a list of millions would spell out.
 */
final class CommonPasswords {
    private static final Set<String> WORDS = Set.of(
            "password", "passwort", "contrasena", "contrasenya", "clave", "secret", "secreto", "admin", "administrator",
            "administrador", "root", "user", "usuario", "login", "welcome", "bienvenido", "benvingut", "letmein", "master",
            "qwerty", "qwertyuiop", "azerty", "qwertz", "asdfgh", "asdfghjkl", "zxcvbn", "zxcvbnm", "iloveyou", "tequiero",
            "teamo", "monkey", "dragon", "football", "futbol", "baseball", "superman", "batman", "pokemon", "starwars",
            "sunshine", "princess", "princesa", "shadow", "michael", "jordan", "hunter", "killer", "freedom", "whatever",
            "trustno", "computer", "internet", "changeme", "cambiame", "default", "test", "testing", "demo", "guest",
            "temporal", "temp", "summer", "verano", "estiu", "winter", "invierno", "hivern", "spring", "autumn",
            "barcelona", "madrid", "espana", "catalunya", "visca", "barca", "realmadrid", "chocolate", "hello", "hola",
            "farga", "factory", "aifactory", "my", "mi", "the", "new", "pass", "word", "abc", "abcd", "abcdef", "company",
            "empresa", "server", "access", "ninja", "love", "amor", "angel", "january", "enero", "december");

    private static final String[] RUNS = {
        "abcdefghijklmnopqrstuvwxyz", "01234567890123456789", "qwertyuiopasdfghjklzxcvbnm", "1q2w3e4r5t6y7u8i9o0p",
        "1qaz2wsx3edc4rfv5tgb6yhn7ujm"
    };

    private CommonPasswords() {}

    static boolean isCommon(String password) {
        String plain = password.toLowerCase(Locale.ROOT);
        String letters = plain.replaceAll("[^\\p{L}]", "").replace("ñ", "n");
        // So many digits may be random; fewer are a date or a telephone number.
        boolean fewDigits = letters.isEmpty() && plain.length() < 18;
        return repeats(plain) || runs(plain) || fewDigits || isOfWords(letters, 2) || isOfWords(disguised(plain), 2);
    }

    /** A piece of at most four characters, again and again. */
    private static boolean repeats(String text) {
        for (int piece = 1; piece <= 4; piece++) {
            String repeated = text.substring(0, Math.min(piece, text.length())).repeat(text.length() / piece + 1);
            if (repeated.startsWith(text)) {
                return true;
            }
        }
        return false;
    }

    /** A run forwards or backwards, with at most three characters beside it. */
    private static boolean runs(String text) {
        for (String run : RUNS) {
            String both = run + " " + new StringBuilder(run).reverse();
            for (int cut = 0; cut <= 3; cut++) {
                for (int from = 0; from <= cut; from++) {
                    if (both.contains(text.substring(from, text.length() - (cut - from)))) {
                        return true;
                    }
                }
            }
        }
        return false;
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
