package org.farga.review;

import static org.farga.platform.Timestamps.utc;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.farga.shared.CallId;
import org.farga.shared.GpuHours;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What panels found, how many hours there are at a cut-off, and what rankings propose to decide. */
@Component
class PanelTable {
    private static final String FINDING = "SELECT proposal_id, award, note, score, place, version FROM panel_finding ";

    private final JdbcClient jdbc;

    PanelTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    Optional<PanelFinding> find(ProposalId proposal) {
        return jdbc.sql(FINDING + "WHERE proposal_id = :proposal")
                .param("proposal", proposal.value())
                .query(PanelTable::finding)
                .optional();
    }

    List<PanelFinding> list(Collection<ProposalId> proposals) {
        return jdbc.sql(FINDING + "WHERE proposal_id = ANY(:proposals)")
                .param("proposals", ReviewTable.ids(proposals))
                .query(PanelTable::finding)
                .list();
    }

    /** Whether it was written: false where the row has another version by now. */
    boolean put(PanelFinding finding, PersonId by, Instant now) {
        return jdbc.sql("""
                        INSERT INTO panel_finding (proposal_id, award, note, score, place, changed_by, changed_at)
                        SELECT :proposal, :award, :note, :score, :placing, :by, :now WHERE :version = 0
                        ON CONFLICT (proposal_id) DO NOTHING""")
                                .param("proposal", finding.proposal().value())
                                .param("award", finding.award(), Types.BOOLEAN)
                                .param("note", finding.note(), Types.VARCHAR)
                                .param("score", finding.score(), Types.NUMERIC)
                                .param("placing", finding.placing(), Types.INTEGER)
                                .param("by", by.value())
                                .param("now", utc(now))
                                .param("version", finding.version())
                                .update()
                        == 1
                || jdbc.sql("""
                                UPDATE panel_finding SET award = :award, note = :note, score = :score, place = :placing,
                                    changed_by = :by, changed_at = :now, version = version + 1
                                WHERE proposal_id = :proposal AND version = :version""")
                                .param("proposal", finding.proposal().value())
                                .param("award", finding.award())
                                .param("note", finding.note())
                                .param("score", finding.score())
                                .param("placing", finding.placing())
                                .param("by", by.value())
                                .param("now", utc(now))
                                .param("version", finding.version())
                                .update()
                        == 1;
    }

    /** What there is at a cut-off, by partition; nothing of one that nobody has spoken of. */
    Map<String, GpuHours> hours(CallId call, @Nullable Instant cutOff) {
        Map<String, GpuHours> hours = new TreeMap<>();
        jdbc.sql("""
                        SELECT partition, gpu_milliseconds FROM cut_off_hours
                        WHERE call_id = :call AND cut_off_at IS NOT DISTINCT FROM :cutOff""")
                .param("call", call.value())
                .param("cutOff", cutOff == null ? null : utc(cutOff), Types.TIMESTAMP_WITH_TIMEZONE)
                .query(row -> {
                    hours.put(row.getString("partition"), new GpuHours(row.getLong("gpu_milliseconds")));
                });
        return hours;
    }

    void putHours(CallId call, @Nullable Instant cutOff, String partition, GpuHours hours, PersonId by, Instant now) {
        jdbc.sql("""
                INSERT INTO cut_off_hours (call_id, cut_off_at, partition, gpu_milliseconds, entered_by, entered_at)
                VALUES (:call, :cutOff, :partition, :hours, :by, :now)
                ON CONFLICT (call_id, cut_off_at, partition)
                DO UPDATE SET gpu_milliseconds = :hours, entered_by = :by, entered_at = :now""")
                .param("call", call.value())
                .param("cutOff", cutOff == null ? null : utc(cutOff), Types.TIMESTAMP_WITH_TIMEZONE)
                .param("partition", partition)
                .param("hours", hours.milliseconds())
                .param("by", by.value())
                .param("now", utc(now))
                .update();
    }

    /**
     * What a ranking says should be decided.
     *
     * @param hours how many to grant; null where none
     */
    record Proposed(
            ProposalId proposal,
            boolean award,
            @Nullable GpuHours hours,
            int rank,
            Ranking.By by,
            @Nullable BigDecimal score,
            Instant savedAt) {}

    /** Takes the place of what was proposed before. */
    void propose(Proposed proposed, PersonId by) {
        GpuHours hours = proposed.hours();
        jdbc.sql("""
                INSERT INTO decision_proposal (proposal_id, award, gpu_milliseconds, rank, ranked_by, score, saved_by, saved_at)
                VALUES (:proposal, :award, :hours, :rank, :rankedBy, :score, :by, :now)
                ON CONFLICT (proposal_id) DO UPDATE SET award = :award, gpu_milliseconds = :hours, rank = :rank,
                    ranked_by = :rankedBy, score = :score, saved_by = :by, saved_at = :now""")
                .param("proposal", proposed.proposal().value())
                .param("award", proposed.award())
                .param("hours", hours == null ? null : hours.milliseconds(), Types.BIGINT)
                .param("rank", proposed.rank())
                .param("rankedBy", proposed.by().name())
                .param("score", proposed.score(), Types.NUMERIC)
                .param("by", by.value())
                .param("now", utc(proposed.savedAt()))
                .update();
    }

    Map<ProposalId, Proposed> proposed(Collection<ProposalId> proposals) {
        Map<ProposalId, Proposed> found = new HashMap<>();
        jdbc.sql("""
                        SELECT proposal_id, award, gpu_milliseconds, rank, ranked_by, score, saved_at FROM decision_proposal
                        WHERE proposal_id = ANY(:proposals)""")
                .param("proposals", ReviewTable.ids(proposals))
                .query((row, n) -> {
                    Long hours = row.getObject("gpu_milliseconds", Long.class);
                    return new Proposed(
                            new ProposalId(row.getObject("proposal_id", UUID.class)),
                            row.getBoolean("award"),
                            hours == null ? null : new GpuHours(hours),
                            row.getInt("rank"),
                            Ranking.By.valueOf(row.getString("ranked_by")),
                            row.getBigDecimal("score"),
                            row.getObject("saved_at", OffsetDateTime.class).toInstant());
                })
                .list()
                .forEach(p -> found.put(p.proposal(), p));
        return found;
    }

    private static PanelFinding finding(ResultSet row, int number) throws SQLException {
        return new PanelFinding(
                new ProposalId(row.getObject("proposal_id", UUID.class)),
                row.getObject("award", Boolean.class),
                row.getString("note"),
                row.getBigDecimal("score"),
                row.getObject("place", Integer.class),
                row.getInt("version"));
    }
}
