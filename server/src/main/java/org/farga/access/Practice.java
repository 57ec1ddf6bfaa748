package org.farga.access;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The practices that Article 5(1) of Regulation (EU) 2024/1689 (AI Act) prohibits, by the letters of that paragraph. */
enum Practice {
    /** (a) Subliminal, manipulative or deceptive techniques that cause significant harm. */
    MANIPULATION('a'),
    /** (b) Exploiting vulnerabilities due to age, disability or a social or economic situation. */
    EXPLOITATION('b'),
    /** (c) Social scoring. */
    SOCIAL_SCORING('c'),
    /** (d) Predicting that a person will commit an offence from profiling alone. */
    CRIME_PREDICTION('d'),
    /** (e) Databases for facial recognition from untargeted scraping. */
    FACE_SCRAPING('e'),
    /** (f) Inferring emotions at work or in education, but for medical or safety reasons. */
    EMOTION_RECOGNITION('f'),
    /** (g) Categorising persons by biometric data to infer race, opinions, beliefs, sex life or the like. */
    BIOMETRIC_CATEGORISATION('g'),
    /** (h) Real-time remote biometric identification in public spaces for law enforcement. */
    REMOTE_IDENTIFICATION('h');

    /** What an applicant says of a practice. */
    enum Said {
        NO,
        YES,
        /** Whether it is one, or one of the Article's own exceptions: a person looks at it. */
        UNSURE
    }

    private final char letter;

    Practice(char letter) {
        this.letter = letter;
    }

    /** The letter of Article 5(1). */
    String letter() {
        return String.valueOf(letter);
    }

    /** What a form says of each practice; nothing of those that it leaves open or does not know. */
    static Map<Practice, Said> typed(Map<String, String> form) {
        Map<Practice, Said> typed = new EnumMap<>(Practice.class);
        for (Practice practice : values()) {
            String answer = form.getOrDefault("practice." + practice, "");
            for (Said said : Said.values()) {
                if (said.name().equals(answer)) {
                    typed.put(practice, said);
                }
            }
        }
        return typed;
    }

    /** Whether none is part of the work, in one word; null while some are not answered. */
    static @Nullable Boolean none(Map<Practice, Said> said) {
        return said.size() < values().length ? null : said.values().stream().allMatch(s -> s == Said.NO);
    }
}
