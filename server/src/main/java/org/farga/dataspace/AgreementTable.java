package org.farga.dataspace;

import static org.farga.dataspace.DatasetVersionTable.instant;
import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.farga.shared.AgreementId;
import org.farga.shared.DatasetId;
import org.farga.shared.OrganisationId;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class AgreementTable {
    private static final String COLUMNS = """
            id, organisation_id, dataset_id, terms_version, terms_sha256, accepted_by, accepted_at, ended_at, ended_by,
            ending_reason, superseded, ending_cause, ending_next_version""";

    private final JdbcClient jdbc;

    AgreementTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void insert(Agreement agreement) {
        jdbc.sql("""
                INSERT INTO agreement (id, organisation_id, dataset_id, terms_version, terms_sha256, accepted_by,
                                       accepted_at)
                VALUES (:id, :organisation, :dataset, :termsVersion, :termsSha256, :acceptedBy, :acceptedAt)""")
                .param("id", agreement.id().value())
                .param("organisation", agreement.organisation().value())
                .param("dataset", agreement.dataset().value())
                .param("termsVersion", agreement.termsVersion())
                .param("termsSha256", agreement.termsSha256().bytes())
                .param("acceptedBy", agreement.acceptedBy().value())
                .param("acceptedAt", utc(agreement.acceptedAt()))
                .update();
    }

    /** Whether it was ended now: false where it had ended before. */
    boolean end(AgreementId id, Agreement.Ending ending) {
        return jdbc.sql("""
                        UPDATE agreement SET ended_at = :at, ended_by = :by, ending_reason = :reason,
                               superseded = :superseded, ending_cause = :cause, ending_next_version = :next
                        WHERE id = :id AND ended_at IS NULL""")
                        .param("at", utc(ending.at()))
                        .param("by", ending.by().value())
                        .param("reason", ending.reason())
                        .param("superseded", ending.superseded())
                        .param("cause", ending.cause().name())
                        .param("next", ending.next())
                        .param("id", id.value())
                        .update()
                == 1;
    }

    Optional<Agreement> find(AgreementId id) {
        return jdbc.sql("SELECT " + COLUMNS + " FROM agreement WHERE id = :id")
                .param("id", id.value())
                .query(AgreementTable::agreement)
                .optional();
    }

    List<Agreement> list(Collection<AgreementId> ids) {
        return jdbc.sql("SELECT " + COLUMNS + " FROM agreement WHERE id = ANY(:ids)")
                .param("ids", ids.stream().map(AgreementId::value).toArray(UUID[]::new))
                .query(AgreementTable::agreement)
                .list();
    }

    Optional<Agreement> findLive(OrganisationId organisation, DatasetId dataset) {
        return jdbc.sql("SELECT " + COLUMNS + """
                         FROM agreement
                        WHERE organisation_id = :organisation AND dataset_id = :dataset AND ended_at IS NULL""")
                .param("organisation", organisation.value())
                .param("dataset", dataset.value())
                .query(AgreementTable::agreement)
                .optional();
    }

    /** Those of any of the organisations on one dataset that live. */
    List<Agreement> live(Collection<OrganisationId> organisations, DatasetId dataset) {
        return jdbc.sql("SELECT " + COLUMNS + """
                         FROM agreement
                        WHERE organisation_id = ANY(:organisations) AND dataset_id = :dataset AND ended_at IS NULL
                        ORDER BY accepted_at, id""")
                .param("organisations", uuids(organisations))
                .param("dataset", dataset.value())
                .query(AgreementTable::agreement)
                .list();
    }

    /** All of an organisation that are live. */
    List<Agreement> liveOf(OrganisationId organisation) {
        return jdbc.sql("SELECT " + COLUMNS + """
                         FROM agreement
                        WHERE organisation_id = :organisation AND ended_at IS NULL ORDER BY accepted_at, id""")
                .param("organisation", organisation.value())
                .query(AgreementTable::agreement)
                .list();
    }

    /** Newest first, before the given one; of the named organisations, or of all where {@code visible} is null. */
    List<Agreement> list(@Nullable Collection<OrganisationId> visible, @Nullable UUID before, int most) {
        return jdbc.sql("SELECT " + COLUMNS + """
                         FROM agreement
                        WHERE (:all OR organisation_id = ANY(:visible)) AND (:fromTop OR id < :before)
                        ORDER BY id DESC LIMIT :most""")
                .param("all", visible == null)
                .param("visible", uuids(visible == null ? List.of() : visible))
                .param("fromTop", before == null)
                .param("before", before == null ? new UUID(0, 0) : before)
                .param("most", most)
                .query(AgreementTable::agreement)
                .list();
    }

    private static UUID[] uuids(Collection<OrganisationId> ids) {
        return ids.stream().map(OrganisationId::value).toArray(UUID[]::new);
    }

    private static Agreement agreement(ResultSet row, int number) throws SQLException {
        UUID endedBy = row.getObject("ended_by", UUID.class);
        // None where an older Farga ended it meanwhile: then its text is shown.
        String cause = row.getString("ending_cause");
        return new Agreement(
                new AgreementId(row.getObject("id", UUID.class)),
                new OrganisationId(row.getObject("organisation_id", UUID.class)),
                new DatasetId(row.getObject("dataset_id", UUID.class)),
                row.getInt("terms_version"),
                Sha256.of(row.getBytes("terms_sha256")),
                new PersonId(row.getObject("accepted_by", UUID.class)),
                instant(row, "accepted_at"),
                endedBy == null
                        ? null
                        : new Agreement.Ending(
                                instant(row, "ended_at"),
                                new PersonId(endedBy),
                                row.getString("ending_reason"),
                                cause == null ? Agreement.Cause.STATED : Agreement.Cause.valueOf(cause),
                                row.getObject("ending_next_version", Integer.class)));
    }
}
