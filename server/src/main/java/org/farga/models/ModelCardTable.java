package org.farga.models;

import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.farga.shared.ModelId;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class ModelCardTable {
    private static final String SELECT = """
            SELECT model_id, number, edition, text, written_by, written_at
            FROM model_card WHERE model_id = :model AND number = :number""";

    private final JdbcClient jdbc;

    ModelCardTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    Optional<ModelCard> newest(ModelId model, int number) {
        return jdbc.sql(SELECT + " ORDER BY edition DESC LIMIT 1")
                .param("model", model.value())
                .param("number", number)
                .query(ModelCardTable::card)
                .optional();
    }

    Optional<ModelCard> find(ModelId model, int number, int edition) {
        return jdbc.sql(SELECT + " AND edition = :edition")
                .param("model", model.value())
                .param("number", number)
                .param("edition", edition)
                .query(ModelCardTable::card)
                .optional();
    }

    /** The newest first, from before an edition on. */
    List<ModelCard> list(ModelId model, int number, @Nullable Integer before, int most) {
        return jdbc.sql(SELECT + " AND edition < :before ORDER BY edition DESC LIMIT :most")
                .param("model", model.value())
                .param("number", number)
                .param("before", before == null ? Integer.MAX_VALUE : before)
                .param("most", most)
                .query(ModelCardTable::card)
                .list();
    }

    /** Whether it became the next edition: false where somebody else wrote one meanwhile. */
    boolean insert(ModelCard card) {
        return jdbc.sql("""
                        INSERT INTO model_card (model_id, number, edition, text, written_by, written_at)
                        SELECT :model, :number, :edition, :text, :writtenBy, :writtenAt
                        WHERE :edition - 1 = (SELECT coalesce(max(edition), 0) FROM model_card
                                              WHERE model_id = :model AND number = :number)
                        ON CONFLICT DO NOTHING""")
                        .param("model", card.model().value())
                        .param("number", card.number())
                        .param("edition", card.edition())
                        .param("text", card.text())
                        .param(
                                "writtenBy",
                                card.writtenBy() == null
                                        ? null
                                        : card.writtenBy().value())
                        .param("writtenAt", card.writtenAt() == null ? null : utc(card.writtenAt()))
                        .update()
                == 1;
    }

    private static ModelCard card(ResultSet row, int n) throws SQLException {
        return new ModelCard(
                new ModelId(row.getObject("model_id", UUID.class)),
                row.getInt("number"),
                row.getInt("edition"),
                row.getString("text"),
                new PersonId(row.getObject("written_by", UUID.class)),
                row.getObject("written_at", OffsetDateTime.class).toInstant());
    }
}
