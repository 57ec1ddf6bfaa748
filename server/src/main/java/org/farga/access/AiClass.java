package org.farga.access;

import org.jspecify.annotations.Nullable;

/** Where the system that is built stands under the AI Act, Regulation (EU) 2024/1689. */
enum AiClass {
    /** A practice of Article 5. */
    PROHIBITED,
    /** Article 6: a safety component or product of Annex I, or a use of Annex III. */
    HIGH,
    /** A general-purpose model with systemic risk: Article 51, presumed from 10²⁵ FLOP of training on. */
    GENERAL_PURPOSE_SYSTEMIC,
    /** A general-purpose model: Articles 3(63) and 53. */
    GENERAL_PURPOSE,
    /** Only duties of transparency: Article 50. */
    LIMITED,
    /** None of these. */
    MINIMAL;

    /** What the guided choice leads to: the strictest that is said yes to; null while a question that decides is open. */
    static @Nullable AiClass of(Answers answers) {
        if (answers.says("DATA_PROTECTION.aiProhibited")) {
            return PROHIBITED;
        }
        if (answers.field("DATA_PROTECTION.aiProhibited") == null) {
            return null;
        }
        if (answers.says("DATA_PROTECTION.aiHighRisk")) {
            return HIGH;
        }
        if (answers.field("DATA_PROTECTION.aiHighRisk") == null || answers.field("DATA_PROTECTION.aiGeneral") == null) {
            return null;
        }
        if (answers.says("DATA_PROTECTION.aiGeneral")) {
            String systemic = answers.field("DATA_PROTECTION.aiSystemic");
            return systemic == null ? null : systemic.equals("true") ? GENERAL_PURPOSE_SYSTEMIC : GENERAL_PURPOSE;
        }
        String transparency = answers.field("DATA_PROTECTION.aiTransparency");
        return transparency == null ? null : transparency.equals("true") ? LIMITED : MINIMAL;
    }
}
