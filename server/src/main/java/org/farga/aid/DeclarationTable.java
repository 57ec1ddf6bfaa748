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

    /** All of one, newest first, at most fifty. */
    List<Declaration> list(OrganisationId organisation) {
        return read("""
                SELECT %s FROM aid_declaration WHERE organisation_id = ANY(:ids)
                ORDER BY declared_at DESC, id DESC LIMIT 50""".formatted(COLUMNS), List.of(organisation));
    }

    /** Who else declared that it has a tax number, in the latest declaration that it made. */
    List<OrganisationId> withTaxId(String taxId) {
        return jdbc.sql("""
                        SELECT DISTINCT d.organisation_id FROM aid_declaration d
                        WHERE d.tax_id = :tax AND NOT EXISTS (
                            SELECT FROM aid_declaration later WHERE later.organisation_id = d.organisation_id
                              AND (later.declared_at, later.id) > (d.declared_at, d.id))
                        LIMIT 10""")
                .param("tax", taxId)
                .query((row, n) -> new OrganisationId(row.getObject(1, UUID.class)))
                .list();
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
