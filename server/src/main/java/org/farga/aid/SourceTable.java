package org.farga.aid;

import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.farga.aid.FundingSource.MarketValue;
import org.farga.shared.PersonId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Funding sources with their market values, and the ceilings: a centre has few of each. */
@Component
class SourceTable {
    private final JdbcClient jdbc;

    SourceTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** All, those in use first. */
    List<FundingSource> list() {
        Map<UUID, FundingSource> sources = new LinkedHashMap<>();
        Map<UUID, List<MarketValue>> values = new HashMap<>();
        jdbc.sql("""
                        SELECT s.id, s.code, s.name, s.kind, s.member_state, s.authority, s.regime, s.active, s.changed_by,
                               s.changed_at, s.version, v.since, v.until, v.gpu_hour_cents, v.cpu_hour_cents, v.evidence,
                               v.set_by, v.set_at
                        FROM aid_source s LEFT JOIN aid_market_value v ON v.source_id = s.id
                        ORDER BY s.active DESC, s.code, v.since DESC""").query(row -> {
            UUID id = row.getObject("id", UUID.class);
            List<MarketValue> own = values.computeIfAbsent(id, known -> new ArrayList<>());
            if (row.getObject("since", LocalDate.class) != null) {
                own.add(value(row));
            }
            sources.put(id, source(row, id, own));
        });
        return List.copyOf(sources.values());
    }

    private static MarketValue value(ResultSet row) throws SQLException {
        return new MarketValue(
                row.getObject("since", LocalDate.class),
                row.getObject("until", LocalDate.class),
                row.getBigDecimal("gpu_hour_cents"),
                row.getBigDecimal("cpu_hour_cents"),
                row.getString("evidence"),
                new PersonId(row.getObject("set_by", UUID.class)),
                row.getObject("set_at", OffsetDateTime.class).toInstant());
    }

    Optional<FundingSource> find(UUID id) {
        return list().stream().filter(s -> s.id().equals(id)).findFirst();
    }

    /** False where another has the code. */
    boolean insert(FundingSource source) {
        return jdbc.sql("""
                        INSERT INTO aid_source (id, code, name, kind, member_state, authority, regime, active, changed_by, changed_at)
                        VALUES (:id, :code, :name, :kind, :state, :authority, :regime, :active, :by, :at)
                        ON CONFLICT DO NOTHING""")
                        .param("id", source.id())
                        .param("code", source.code())
                        .param("name", source.name())
                        .param("kind", source.kind().name())
                        .param("state", source.memberState(), Types.VARCHAR)
                        .param("authority", source.authority())
                        .param("regime", source.regime().name())
                        .param("active", source.active())
                        .param(
                                "by",
                                source.changedBy() == null
                                        ? null
                                        : source.changedBy().value(),
                                Types.OTHER)
                        .param("at", utc(source.changedAt()))
                        .update()
                == 1;
    }

    /** Whether it was written: false where the row has another version by now. Its code stays. */
    boolean update(FundingSource source) {
        return jdbc.sql("""
                        UPDATE aid_source SET name = :name, kind = :kind, member_state = :state, authority = :authority,
                            regime = :regime, active = :active, changed_by = :by, changed_at = :at, version = version + 1
                        WHERE id = :id AND version = :version""")
                        .param("name", source.name())
                        .param("kind", source.kind().name())
                        .param("state", source.memberState(), Types.VARCHAR)
                        .param("authority", source.authority())
                        .param("regime", source.regime().name())
                        .param("active", source.active())
                        .param(
                                "by",
                                source.changedBy() == null
                                        ? null
                                        : source.changedBy().value(),
                                Types.OTHER)
                        .param("at", utc(source.changedAt()))
                        .param("id", source.id())
                        .param("version", source.version())
                        .update()
                == 1;
    }

    /** False where one is in force from the same day on. */
    boolean insert(UUID source, MarketValue value) {
        return jdbc.sql("""
                        INSERT INTO aid_market_value (source_id, since, until, gpu_hour_cents, cpu_hour_cents, evidence, set_by, set_at)
                        VALUES (:source, :since, :until, :gpu, :cpu, :evidence, :by, :at)
                        ON CONFLICT DO NOTHING""")
                        .param("source", source)
                        .param("since", value.since())
                        .param("until", value.until(), Types.DATE)
                        .param("gpu", value.gpuHourCents())
                        .param("cpu", value.cpuHourCents())
                        .param("evidence", value.evidence())
                        .param("by", value.setBy().value())
                        .param("at", utc(value.setAt()))
                        .update()
                == 1;
    }

    /** All, the latest first. */
    List<Ceiling> ceilings() {
        return jdbc.sql("""
                        SELECT since, until, ceiling_cents, years, warning_percent, declaration_days, regulation, set_by, set_at
                        FROM aid_ceiling ORDER BY since DESC""")
                .query((row, n) -> new Ceiling(
                        row.getObject("since", LocalDate.class),
                        row.getObject("until", LocalDate.class),
                        row.getLong("ceiling_cents"),
                        row.getInt("years"),
                        row.getInt("warning_percent"),
                        row.getInt("declaration_days"),
                        row.getString("regulation"),
                        row.getObject("set_by", UUID.class) == null
                                ? null
                                : new PersonId(row.getObject("set_by", UUID.class)),
                        row.getObject("set_at", OffsetDateTime.class).toInstant()))
                .list();
    }

    /** False where one is in force from the same day on. */
    boolean insert(Ceiling ceiling) {
        return jdbc.sql("""
                        INSERT INTO aid_ceiling (since, until, ceiling_cents, years, warning_percent, declaration_days, regulation,
                            set_by, set_at)
                        VALUES (:since, :until, :cents, :years, :warning, :days, :regulation, :by, :at)
                        ON CONFLICT DO NOTHING""")
                        .param("since", ceiling.since())
                        .param("until", ceiling.until(), Types.DATE)
                        .param("cents", ceiling.cents())
                        .param("years", ceiling.years())
                        .param("warning", ceiling.warningPercent())
                        .param("days", ceiling.declarationDays())
                        .param("regulation", ceiling.regulation())
                        .param(
                                "by",
                                ceiling.setBy() == null ? null : ceiling.setBy().value(),
                                Types.OTHER)
                        .param("at", utc(ceiling.setAt()))
                        .update()
                == 1;
    }

    private static FundingSource source(ResultSet row, UUID id, List<MarketValue> values) throws SQLException {
        UUID by = row.getObject("changed_by", UUID.class);
        return new FundingSource(
                id,
                row.getString("code"),
                row.getString("name"),
                FundingSource.Kind.valueOf(row.getString("kind")),
                row.getString("member_state"),
                row.getString("authority"),
                Regime.valueOf(row.getString("regime")),
                row.getBoolean("active"),
                by == null ? null : new PersonId(by),
                row.getObject("changed_at", OffsetDateTime.class).toInstant(),
                row.getInt("version"),
                values);
    }
}
