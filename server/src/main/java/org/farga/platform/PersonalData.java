package org.farga.platform;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.farga.shared.EmailAddress;
import org.farga.shared.PersonId;

/**
 * What a module keeps about persons: each module that keeps anything has one bean, in a class that holds its SQL. From these a
 * person's copy of their data is made, and by these they are forgotten. A test compares them with the database's catalogue, so
 * that no column about a person is left out.
 */
public interface PersonalData {
    /** What the module tells a person of what it keeps about them. */
    List<Section> sections();

    /** Columns about persons that no section shows, as {@code table.column}, each with the reason why. */
    default Map<String, String> exceptions() {
        return Map.of();
    }

    /** What stands against forgetting this person now, each with what to do first. */
    default List<Obstacle> obstacles(PersonId person) {
        return List.of();
    }

    /** Removes or replaces what names this person, in the transaction that is under way; ledgers keep the identifier. */
    default void forget(Forgotten person) {}

    /** How long kinds of what the module keeps are kept. */
    default List<RetentionRule> retention() {
        return List.of();
    }

    /**
     * A part of a person's data.
     *
     * @param name in lower case with hyphens; its heading is the message {@code privacy.section.<name>}
     * @param fate what becomes of it where the person is forgotten
     * @param columns about persons that the statement looks into, as {@code table.column}
     * @param sql with the parameters {@code :person} (an identifier) and {@code :email}
     */
    record Section(String name, Fate fate, Set<String> columns, String sql) {}

    /** What becomes of a section where the person is forgotten; said by the message {@code privacy.fate.<name>}. */
    enum Fate {
        /** It is removed. */
        ERASED,
        /** It stays, with a pseudonym in the place of name and address. */
        RENAMED,
        /** What the person holds is removed; what they gave to others stays under an identifier that names nobody. */
        PARTLY,
        /** It stays under such an identifier, because the law asks for accounts and agreements. */
        RECORD,
        /** It stays so, because it must be provable who decided. */
        DECISION,
        /** It stays so, because it is their organisation's or the centre's work. */
        WORK
    }

    /** Texts that people write freely, and in which somebody may be named; a human decides what becomes of each. */
    default List<FreeText> freeTexts() {
        return List.of();
    }

    /**
     * A column of free text.
     *
     * @param name in lower case with hyphens; its heading is the message {@code privacy.text.<name>}
     * @param row an SQL expression over the table, as text, by which a row is found again
     * @param link an SQL expression for the address of the page that shows it
     * @param redactable whether a name may be taken out of it: not from what was signed, hashed or accepted as it stands
     */
    record FreeText(String name, String table, String column, String row, String link, boolean redactable) {}

    /**
     * Why somebody cannot be forgotten yet.
     *
     * @param message the key of a sentence that says what to do first
     * @param link where
     */
    record Obstacle(String message, List<Object> arguments, String link) {}

    /**
     * Somebody who is being forgotten.
     *
     * @param email the address they had
     * @param name the name they had
     * @param newEmail the pseudonym in its place
     * @param newName the pseudonym in its place
     */
    record Forgotten(PersonId person, EmailAddress email, String name, EmailAddress newEmail, String newName) {}
}
