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
     * @param columns about persons that the statement looks into, as {@code table.column}
     * @param sql with the parameters {@code :person} (an identifier) and {@code :email}
     */
    record Section(String name, Set<String> columns, String sql) {}

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
