package org.farga.access;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.farga.shared.CallId;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

@Component
class CallTable {
    private static final String SELECT = """
            SELECT c.id, c.code, c.code_prefix, c.title, c.mode, c.summary, c.opens_at, c.closes_at, c.published_at, c.rules_version,
                   r.parameters, c.version
            FROM call c JOIN call_rules r ON r.call_id = c.id AND r.version = c.rules_version
            """;

    /** One version of a call's rules; by nobody where Farga came with it. */
    record Version(int number, Instant since, @Nullable PersonId by, CallRules rules) {}

    private final JdbcClient jdbc;
    private final JsonMapper json;
    private final CallRulesReader rulesReader;

    CallTable(JdbcClient jdbc, JsonMapper json, CallRulesReader rulesReader) {
        this.jdbc = jdbc;
        this.json = json;
        this.rulesReader = rulesReader;
    }

    /** A new call under the first version of its rules. */
    void insert(Call call, Instant since, @Nullable PersonId by) {
        jdbc.sql("""
                INSERT INTO call (id, code, code_prefix, title, mode, summary, opens_at, closes_at, published_at, rules_version)
                VALUES (:id, :code, :prefix, :title, :mode, :summary::jsonb, :opensAt, :closesAt, :publishedAt, :rulesVersion)""")
                .param("id", call.id().value())
                .param("code", call.code())
                .param("prefix", call.codePrefix())
                .param("title", call.title())
                .param("mode", call.mode().name())
                .param("summary", json.writeValueAsString(call.summary()))
                .param("opensAt", utc(call.opensAt()))
                .param("closesAt", utc(call.closesAt()))
                .param("publishedAt", utc(call.publishedAt()))
                .param("rulesVersion", call.rulesVersion())
                .update();
        insertRules(call.id(), call.rulesVersion(), call.rules(), since, by);
    }

    void insertRules(CallId call, int version, CallRules rules, Instant since, @Nullable PersonId by) {
        jdbc.sql("""
                INSERT INTO call_rules (call_id, version, parameters, since, decided_by)
                VALUES (:call, :version, :parameters::jsonb, :since, :by)""")
                .param("call", call.value())
                .param("version", version)
                .param("parameters", json.writeValueAsString(rules))
                .param("since", utc(since))
                .param("by", by == null ? null : by.value())
                .update();
    }

    /** Whether it was written: false where the row has another version by now. */
    boolean update(Call call) {
        return jdbc.sql("""
                        UPDATE call SET title = :title, summary = :summary::jsonb, opens_at = :opensAt, closes_at = :closesAt,
                                        published_at = :publishedAt, rules_version = :rulesVersion, version = version + 1
                        WHERE id = :id AND version = :version""")
                        .param("title", call.title())
                        .param("summary", json.writeValueAsString(call.summary()))
                        .param("opensAt", utc(call.opensAt()))
                        .param("closesAt", utc(call.closesAt()))
                        .param("publishedAt", utc(call.publishedAt()))
                        .param("rulesVersion", call.rulesVersion())
                        .param("id", call.id().value())
                        .param("version", call.version())
                        .update()
                == 1;
    }

    Optional<Call> find(CallId id) {
        return jdbc.sql(SELECT + "WHERE c.id = :id")
                .param("id", id.value())
                .query(this::call)
                .optional();
    }

    /** The same, not to be changed by anybody until the end of the transaction: closing waits for who submits now. */
    Optional<Call> findForShare(CallId id) {
        return jdbc.sql(SELECT + "WHERE c.id = :id FOR SHARE OF c")
                .param("id", id.value())
                .query(this::call)
                .optional();
    }

    Optional<Call> find(String code) {
        return jdbc.sql(SELECT + "WHERE c.code = upper(:code)")
                .param("code", code)
                .query(this::call)
                .optional();
    }

    List<Call> list(Collection<CallId> ids) {
        return jdbc.sql(SELECT + "WHERE c.id = ANY(:ids)")
                .param("ids", ids.stream().map(CallId::value).toArray(UUID[]::new))
                .query(this::call)
                .list();
    }

    /** Newest first, after the given one; those that are prepared only where they are asked for. */
    List<Call> list(boolean unpublished, @Nullable CallId after, int most) {
        return jdbc.sql(SELECT + """
                        WHERE (:unpublished OR c.published_at IS NOT NULL) AND (:fromTop OR c.id < :after)
                        ORDER BY c.id DESC LIMIT :most""")
                .param("unpublished", unpublished)
                .param("fromTop", after == null)
                .param("after", after == null ? new UUID(0, 0) : after.value())
                .param("most", most)
                .query(this::call)
                .list();
    }

    /** Those that are published and not closed at this instant: open or planned. */
    List<Call> current(Instant now, int most) {
        return jdbc.sql(SELECT + """
                        WHERE c.published_at IS NOT NULL AND (c.closes_at IS NULL OR c.closes_at > :now)
                        ORDER BY c.id DESC LIMIT :most""")
                .param("now", utc(now))
                .param("most", most)
                .query(this::call)
                .list();
    }

    /** Those that were published and are closed at this instant, newest first, after the given one. */
    List<Call> closed(Instant now, @Nullable CallId after, int most) {
        return jdbc.sql(SELECT + """
                        WHERE c.published_at IS NOT NULL AND c.closes_at <= :now AND (:fromTop OR c.id < :after)
                        ORDER BY c.id DESC LIMIT :most""")
                .param("now", utc(now))
                .param("fromTop", after == null)
                .param("after", after == null ? new UUID(0, 0) : after.value())
                .param("most", most)
                .query(this::call)
                .list();
    }

    /** Those that access officers prepare, newest first. */
    List<Call> prepared(int most) {
        return jdbc.sql(SELECT + "WHERE c.published_at IS NULL ORDER BY c.id DESC LIMIT :most")
                .param("most", most)
                .query(this::call)
                .list();
    }

    /** The rules as they were in a version. */
    CallRules rules(CallId call, int version) {
        return jdbc.sql("SELECT parameters FROM call_rules WHERE call_id = :call AND version = :version")
                .param("call", call.value())
                .param("version", version)
                .query((row, n) -> rulesReader.read(row.getString(1)))
                .single();
    }

    /** Which rules something was submitted under. */
    record RulesVersion(CallId call, int version) {}

    /** Within how many working days each version of these calls' rules promises a decision. */
    Map<RulesVersion, Integer> decisionWorkingDays(Collection<CallId> calls) {
        Map<RulesVersion, Integer> days = new HashMap<>();
        jdbc.sql("SELECT call_id, version, parameters FROM call_rules WHERE call_id = ANY(:calls)")
                .param("calls", calls.stream().map(CallId::value).toArray(UUID[]::new))
                .query(row -> {
                    days.put(
                            new RulesVersion(new CallId(row.getObject("call_id", UUID.class)), row.getInt("version")),
                            rulesReader.read(row.getString("parameters")).decisionWorkingDays());
                });
        return days;
    }

    /** All versions of a call's rules, the newest first. */
    List<Version> versions(CallId call) {
        return jdbc.sql("""
                        SELECT version, since, decided_by, parameters FROM call_rules WHERE call_id = :call
                        ORDER BY version DESC""")
                .param("call", call.value())
                .query((row, n) -> {
                    UUID by = row.getObject("decided_by", UUID.class);
                    return new Version(
                            row.getInt("version"),
                            row.getObject("since", OffsetDateTime.class).toInstant(),
                            by == null ? null : new PersonId(by),
                            rulesReader.read(row.getString("parameters")));
                })
                .list();
    }

    /**
     * When the transaction began, by the database's clock, to the millisecond: the one instant by which a submission is in time
     * or not, whichever process was asked and however long it then waited for another.
     */
    Instant transactionStart() {
        return jdbc.sql("SELECT date_trunc('milliseconds', transaction_timestamp())")
                .query(OffsetDateTime.class)
                .single()
                .toInstant();
    }

    static @Nullable OffsetDateTime utc(@Nullable Instant instant) {
        return instant == null ? null : OffsetDateTime.ofInstant(instant, ZoneOffset.UTC);
    }

    static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }

    private Call call(ResultSet row, int number) throws SQLException {
        return new Call(
                new CallId(row.getObject("id", UUID.class)),
                row.getString("code"),
                row.getString("code_prefix"),
                row.getString("title"),
                Call.Mode.valueOf(row.getString("mode")),
                json.readValue(row.getString("summary"), new TypeReference<Map<String, String>>() {}),
                row.getObject("opens_at", OffsetDateTime.class).toInstant(),
                instant(row, "closes_at"),
                instant(row, "published_at"),
                row.getInt("rules_version"),
                rulesReader.read(row.getString("parameters")),
                row.getInt("version"));
    }
}
