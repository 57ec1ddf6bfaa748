package org.farga.people;

import static org.farga.platform.Timestamps.utc;

import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.farga.people.SizeDeclaration.Enterprise;
import org.farga.people.SizeDeclaration.Relation;
import org.farga.people.SizeDeclaration.SizeFigures;
import org.farga.shared.OrganisationId;
import org.farga.shared.PersonId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class SizeDeclarationTable {
    private final JdbcClient jdbc;

    SizeDeclarationTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void insert(SizeDeclaration declaration) {
        jdbc.sql("""
                INSERT INTO size_declaration
                    (id, organisation_id, year, staff_awu, turnover_eur, balance_sheet_eur, declared_by, declared_at)
                VALUES (:id, :organisation, :year, :staff, :turnover, :balanceSheet, :by, :at)""")
                .param("id", declaration.id())
                .param("organisation", declaration.organisation().value())
                .param("year", declaration.year())
                .param("staff", declaration.own().staff())
                .param("turnover", declaration.own().turnoverEur())
                .param("balanceSheet", declaration.own().balanceSheetEur())
                .param("by", declaration.declaredBy().value())
                .param("at", utc(declaration.declaredAt()))
                .update();
        int position = 0;
        for (Enterprise enterprise : declaration.enterprises()) {
            jdbc.sql("""
                    INSERT INTO related_enterprise
                        (declaration_id, position, name, relation, share_percent,
                         staff_awu, turnover_eur, balance_sheet_eur, through)
                    VALUES (:declaration, :position, :name, :relation, :share, :staff, :turnover, :balanceSheet, :through)""")
                    .param("declaration", declaration.id())
                    .param("position", position++)
                    .param("name", enterprise.name())
                    .param("relation", enterprise.relation().name())
                    .param("share", enterprise.sharePercent())
                    .param("staff", enterprise.figures().staff())
                    .param("turnover", enterprise.figures().turnoverEur())
                    .param("balanceSheet", enterprise.figures().balanceSheetEur())
                    .param("through", enterprise.through(), java.sql.Types.VARCHAR)
                    .update();
        }
    }

    /** The one that counts now: the last that was declared. */
    Optional<SizeDeclaration> findLatest(OrganisationId organisation) {
        return list(organisation, 1).stream().findFirst();
    }

    /** Newest first. */
    List<SizeDeclaration> list(OrganisationId organisation, int most) {
        List<SizeDeclaration> found = jdbc.sql("""
                        SELECT id, organisation_id, year, staff_awu, turnover_eur, balance_sheet_eur,
                               declared_by, declared_at
                        FROM size_declaration WHERE organisation_id = :organisation
                        ORDER BY declared_at DESC, id DESC LIMIT :most""")
                .param("organisation", organisation.value())
                .param("most", most)
                .query((row, n) -> new SizeDeclaration(
                        row.getObject("id", UUID.class),
                        new OrganisationId(row.getObject("organisation_id", UUID.class)),
                        row.getInt("year"),
                        new SizeFigures(
                                row.getBigDecimal("staff_awu"),
                                row.getBigDecimal("turnover_eur"),
                                row.getBigDecimal("balance_sheet_eur")),
                        List.of(),
                        new PersonId(row.getObject("declared_by", UUID.class)),
                        row.getObject("declared_at", OffsetDateTime.class).toInstant()))
                .list();
        if (found.isEmpty()) {
            return found;
        }
        Map<UUID, List<Enterprise>> enterprises =
                enterprises(found.stream().map(SizeDeclaration::id).toList());
        return found.stream()
                .map(d -> new SizeDeclaration(
                        d.id(),
                        d.organisation(),
                        d.year(),
                        d.own(),
                        enterprises.getOrDefault(d.id(), List.of()),
                        d.declaredBy(),
                        d.declaredAt()))
                .toList();
    }

    private Map<UUID, List<Enterprise>> enterprises(Collection<UUID> declarations) {
        Map<UUID, List<Enterprise>> found = new HashMap<>();
        jdbc.sql("""
                        SELECT declaration_id, name, relation, share_percent, staff_awu, turnover_eur, balance_sheet_eur, through
                        FROM related_enterprise WHERE declaration_id = ANY(:declarations)
                        ORDER BY declaration_id, position""").param("declarations", declarations.toArray(UUID[]::new)).query(row -> {
            found.computeIfAbsent(row.getObject("declaration_id", UUID.class), d -> new ArrayList<>())
                    .add(new Enterprise(
                            row.getString("name"),
                            Relation.valueOf(row.getString("relation")),
                            row.getBigDecimal("share_percent"),
                            new SizeFigures(
                                    row.getBigDecimal("staff_awu"),
                                    row.getBigDecimal("turnover_eur"),
                                    row.getBigDecimal("balance_sheet_eur")),
                            row.getString("through")));
        });
        return found;
    }

    /** Which of these have never declared their size. */
    List<OrganisationId> listWithout(Collection<OrganisationId> organisations) {
        return jdbc.sql("""
                        SELECT o.id FROM organisation o WHERE o.id = ANY(:organisations)
                          AND NOT EXISTS (SELECT FROM size_declaration d WHERE d.organisation_id = o.id)
                        ORDER BY lower(o.name), o.id""")
                .param(
                        "organisations",
                        organisations.stream().map(OrganisationId::value).toArray(UUID[]::new))
                .query((row, n) -> new OrganisationId(row.getObject(1, UUID.class)))
                .list();
    }
}
