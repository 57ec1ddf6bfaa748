package org.farga.people;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.farga.FargaTest;
import org.farga.shared.Fields;
import org.farga.shared.OrganisationId;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;

@FargaTest
@Transactional
class OrganisationTableTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    @Autowired
    private OrganisationTable table;

    @Autowired
    private PersonTable persons;

    @Autowired
    private JdbcClient jdbc;

    private Organisation stored(String name) {
        Person founder = Person.join(new Fields(), OrganisationId.create() + "@example.org", "Ana", "ca", NOW)
                .orThrow();
        persons.insert(founder);
        Organisation organisation = Organisation.found(name, "ES", LocalDate.parse("2024-02-29"), founder.id(), NOW)
                .orThrow();
        table.insert(organisation);
        return organisation;
    }

    @Test
    void whatIsStoredComesBack() {
        Organisation organisation = stored("Forja");
        assertThat(table.find(organisation.id())).contains(organisation);
    }

    @Test
    void anUpdateOfAnOldVersionChangesNothing() {
        Organisation organisation = stored("Forja");
        Organisation renamed = organisation.rename("Farga").orThrow();
        assertThat(table.update(renamed)).isTrue();
        assertThat(table.update(renamed)).isFalse();
    }

    @Test
    void aListGoesOnAfterItsCursorWithoutGapOrRepeat() {
        List<OrganisationId> ids =
                List.of(stored("b").id(), stored("a").id(), stored("B").id());
        var first = table.list(ids, null, 2);
        assertThat(first).extracting(Organisation::name).startsWith("a");
        var key = OrganisationTable.NameKey.parse(OrganisationTable.NameKey.of(first.getLast()));
        assertThat(table.list(ids, key, 2)).hasSize(1).doesNotContainAnyElementsOf(first);
    }

    @Test
    void theDatabaseRepeatsTheBounds() {
        Organisation organisation = stored("Forja");
        assertThatThrownBy(() -> jdbc.sql("UPDATE organisation SET name = '' WHERE id = :id")
                        .param("id", organisation.id().value())
                        .update())
                .isInstanceOf(DataIntegrityViolationException.class);
    }
}
