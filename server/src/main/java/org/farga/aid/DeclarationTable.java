package org.farga.aid;

import static org.farga.platform.Timestamps.utc;

import java.sql.Types;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.farga.shared.OrganisationId;
import org.farga.shared.PersonId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class DeclarationTable {
    private static final String COLUMNS = "id, organisation_id, tax_id, sector, declared_by, declared_at, valid_until";

    private final JdbcClient jdbc;

    DeclarationTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void insert(Declaration declaration) {
        jdbc.sql("""
                INSERT INTO aid_declaration (id, organisation_id, tax_id, sector, declared_by, declared_at, valid_until, sha256)
                VALUES (:id, :organisation, :tax, :sector, :by, :at, :until, :sha256)""")
                .param("id", declaration.id())
                .param("organisation", declaration.organisation().value())
                .param("tax", declaration.taxId())
                .param("sector", declaration.sector())
                .param("by", declaration.declaredBy().value())
                .param("at", utc(declaration.declaredAt()))
                .param("until", declaration.validUntil())
                .param("sha256", declaration.sha256())
                .update();
        int position = 0;
        for (Declaration.Aid aid : declaration.others()) {
            jdbc.sql("""
                    INSERT INTO aid_declared (declaration_id, position, member_state, granted_on, amount_cents, authority, reference)
                    VALUES (:declaration, :position, :state, :on, :cents, :authority, :reference)""")
                    .param("declaration", declaration.id())
                    .param("position", position++)
                    .param("state", aid.memberState())
                    .param("on", aid.grantedOn())
                    .param("cents", aid.cents())
                    .param("authority", aid.authority())
                    .param("reference", aid.reference(), Types.VARCHAR)
                    .update();
        }
    }

    Optional<Declaration> findLatest(OrganisationId organisation) {
        return latest(List.of(organisation)).stream().findFirst();
    }

    /** The one that counts of each of these; those that never declared anything are left out. */
    List<Declaration> latest(Collection<OrganisationId> organisations) {
        return read("""
                SELECT DISTINCT ON (organisation_id) %s FROM aid_declaration WHERE organisation_id = ANY(:ids)
                ORDER BY organisation_id, declared_at DESC, id DESC""".formatted(COLUMNS), organisations);
    }

    /** What everybody's latest declaration names of a day or later. */
    List<Headroom.Line> declaredSince(LocalDate day) {
        return jdbc.sql("""
                        SELECT d.organisation_id, a.granted_on, a.amount_cents, a.member_state, a.authority, a.reference
                        FROM (SELECT DISTINCT ON (organisation_id) organisation_id, id FROM aid_declaration
                              ORDER BY organisation_id, declared_at DESC, id DESC) d
                        JOIN aid_declared a ON a.declaration_id = d.id
                        WHERE a.granted_on >= :day
                        ORDER BY d.organisation_id, a.position""")
                .param("day", day)
                .query((row, n) -> new Headroom.Line(
                        new OrganisationId(row.getObject("organisation_id", UUID.class)),
                        null,
                        row.getObject("granted_on", LocalDate.class),
                        row.getLong("amount_cents"),
                        row.getString("member_state"),
                        row.getString("authority"),
                        row.getString("reference"),
                        false))
                .list();
    }

    /** All of one, newest first, at most fifty. */
    List<Declaration> list(OrganisationId organisation) {
        return read("""
                SELECT %s FROM aid_declaration WHERE organisation_id = ANY(:ids)
                ORDER BY declared_at DESC, id DESC LIMIT 50""".formatted(COLUMNS), List.of(organisation));
    }

    /** Who declares these tax numbers, in the latest declaration that each made. */
    Map<String, List<OrganisationId>> withTaxIds(Collection<String> taxIds) {
        Map<String, List<OrganisationId>> found = new HashMap<>();
        jdbc.sql("""
                        SELECT DISTINCT d.tax_id, d.organisation_id FROM aid_declaration d
                        WHERE d.tax_id = ANY(:taxes) AND NOT EXISTS (
                            SELECT FROM aid_declaration later WHERE later.organisation_id = d.organisation_id
                              AND (later.declared_at, later.id) > (d.declared_at, d.id))
                        LIMIT 200""").param("taxes", taxIds.toArray(String[]::new)).query(row -> {
            found.computeIfAbsent(row.getString("tax_id"), tax -> new ArrayList<>())
                    .add(new OrganisationId(row.getObject("organisation_id", UUID.class)));
        });
        return found;
    }

    private List<Declaration> read(String sql, Collection<OrganisationId> organisations) {
        List<Declaration> heads = jdbc.sql(sql)
                .param("ids", organisations.stream().map(OrganisationId::value).toArray(UUID[]::new))
                .query((row, n) -> new Declaration(
                        row.getObject("id", UUID.class),
                        new OrganisationId(row.getObject("organisation_id", UUID.class)),
                        row.getString("tax_id"),
                        row.getString("sector"),
                        List.of(),
                        new PersonId(row.getObject("declared_by", UUID.class)),
                        row.getObject("declared_at", OffsetDateTime.class).toInstant(),
                        row.getObject("valid_until", LocalDate.class)))
                .list();
        if (heads.isEmpty()) {
            return heads;
        }
        Map<UUID, List<Declaration.Aid>> others = new HashMap<>();
        jdbc.sql("""
                        SELECT declaration_id, member_state, granted_on, amount_cents, authority, reference FROM aid_declared
                        WHERE declaration_id = ANY(:ids) ORDER BY declaration_id, position""")
                .param("ids", heads.stream().map(Declaration::id).toArray(UUID[]::new))
                .query(row -> {
                    others.computeIfAbsent(row.getObject("declaration_id", UUID.class), id -> new ArrayList<>())
                            .add(new Declaration.Aid(
                                    row.getString("member_state"),
                                    row.getObject("granted_on", LocalDate.class),
                                    row.getLong("amount_cents"),
                                    row.getString("authority"),
                                    row.getString("reference")));
                });
        return heads.stream()
                .map(d -> new Declaration(
                        d.id(),
                        d.organisation(),
                        d.taxId(),
                        d.sector(),
                        others.getOrDefault(d.id(), List.of()),
                        d.declaredBy(),
                        d.declaredAt(),
                        d.validUntil()))
                .toList();
    }
}
