package org.farga.people;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.farga.FargaTest;
import org.farga.people.SizeDeclaration.NewEnterprise;
import org.farga.people.SizeDeclaration.NewSizeDeclaration;
import org.farga.people.SizeDeclaration.Relation;
import org.farga.shared.Fields;
import org.farga.shared.OrganisationId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;

@FargaTest
@Transactional
class SizeDeclarationTableTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final BigDecimal MOST = new BigDecimal("10000000000000");

    @Autowired
    private SizeDeclarationTable table;

    @Autowired
    private OrganisationTable organisations;

    @Autowired
    private PersonTable persons;

    @Autowired
    private JdbcClient jdbc;

    private Person owner;
    private Organisation organisation;

    @BeforeEach
    void anOrganisation() {
        owner = Person.join(new Fields(), OrganisationId.create() + "@example.org", "Ana", "ca", NOW)
                .orThrow();
        persons.insert(owner);
        organisation = Organisation.found("Forja", "ES", null, owner.id(), NOW).orThrow();
        organisations.insert(organisation);
    }

    private SizeDeclaration stored(Instant at, String staff) {
        SizeDeclaration declaration = SizeDeclaration.declare(
                        organisation.id(),
                        "Forja",
                        new NewSizeDeclaration(
                                2025,
                                new BigDecimal(staff),
                                MOST,
                                new BigDecimal("0.01"),
                                List.of(
                                        new NewEnterprise(
                                                "B",
                                                Relation.LINKED,
                                                new BigDecimal("50.5"),
                                                BigDecimal.ONE,
                                                MOST,
                                                MOST,
                                                null),
                                        new NewEnterprise(
                                                "A",
                                                Relation.PARTNER,
                                                new BigDecimal("25"),
                                                BigDecimal.ZERO,
                                                BigDecimal.ZERO,
                                                BigDecimal.ZERO,
                                                "B"))),
                        owner.id(),
                        at)
                .orThrow();
        table.insert(declaration);
        return declaration;
    }

    @Test
    void whatIsStoredComesBackToTheCentWithItsEnterprisesInOrder() {
        SizeDeclaration declaration = stored(NOW, "12.5");
        assertThat(table.findLatest(organisation.id())).contains(declaration);
    }

    @Test
    void theLastOneCountsAndEarlierOnesStay() {
        SizeDeclaration first = stored(NOW, "12");
        SizeDeclaration second = stored(NOW.plusSeconds(1), "300");
        assertThat(table.list(organisation.id(), 10)).containsExactly(second, first);
        assertThat(table.findLatest(organisation.id())).contains(second);
    }

    @Test
    void organisationsWithoutADeclarationAreFound() {
        assertThat(table.listWithout(List.of(organisation.id()))).containsExactly(organisation.id());
        stored(NOW, "1");
        assertThat(table.listWithout(List.of(organisation.id()))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE size_declaration SET staff_awu = -1",
                "UPDATE size_declaration SET turnover_eur = 10000000000001",
                "UPDATE size_declaration SET balance_sheet_eur = -0.01",
                "UPDATE related_enterprise SET share_percent = 100.01",
                "UPDATE related_enterprise SET relation = 'FRIEND'",
                "UPDATE related_enterprise SET through = ''",
                "UPDATE related_enterprise SET name = 'same', through = NULL",
                "UPDATE related_enterprise SET position = 100 + position"
            })
    void theDatabaseRepeatsTheBounds(String change) {
        stored(NOW, "1");
        assertThatThrownBy(() -> jdbc.sql(change).update()).isInstanceOf(DataIntegrityViolationException.class);
    }
}
