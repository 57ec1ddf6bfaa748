package org.farga.access;

import static java.util.Objects.requireNonNull;
import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What there were no hours for, what the applicants chose, and where they may be sent. */
@Component
class QueueTable {
    private static final String REFERRAL = "SELECT id, name, text, contact, active FROM referral ";

    private final JdbcClient jdbc;

    QueueTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * That there were no hours.
     *
     * @param choice null until the applicant chose
     */
    record NoRoom(
            ProposalId proposal,
            Instant at,
            GpuHours askedGpu,
            CpuHours askedCpu,
            GpuHours leftGpu,
            CpuHours leftCpu,
            @Nullable UUID referral,
            Queue.@Nullable Choice choice) {}

    void insert(NoRoom noRoom) {
        jdbc.sql("""
                INSERT INTO proposal_no_room (proposal_id, at, asked_gpu_milliseconds, asked_cpu_milliseconds,
                    left_gpu_milliseconds, left_cpu_milliseconds, referral_id)
                VALUES (:proposal, :at, :askedGpu, :askedCpu, :leftGpu, :leftCpu, :referral)""")
                .param("proposal", noRoom.proposal().value())
                .param("at", utc(noRoom.at()))
                .param("askedGpu", noRoom.askedGpu().milliseconds())
                .param("askedCpu", noRoom.askedCpu().milliseconds())
                .param("leftGpu", noRoom.leftGpu().milliseconds())
                .param("leftCpu", noRoom.leftCpu().milliseconds())
                .param("referral", noRoom.referral(), Types.OTHER)
                .update();
    }

    /** The last of a proposal. */
    Optional<NoRoom> last(ProposalId proposal) {
        return jdbc.sql("""
                        SELECT proposal_id, at, asked_gpu_milliseconds, asked_cpu_milliseconds, left_gpu_milliseconds,
                               left_cpu_milliseconds, referral_id, choice
                        FROM proposal_no_room WHERE proposal_id = :proposal ORDER BY at DESC LIMIT 1""")
                .param("proposal", proposal.value())
                .query((row, n) -> {
                    String choice = row.getString("choice");
                    return new NoRoom(
                            proposal,
                            requireNonNull(CallTable.instant(row, "at")),
                            new GpuHours(row.getLong("asked_gpu_milliseconds")),
                            new CpuHours(row.getLong("asked_cpu_milliseconds")),
                            new GpuHours(row.getLong("left_gpu_milliseconds")),
                            new CpuHours(row.getLong("left_cpu_milliseconds")),
                            row.getObject("referral_id", UUID.class),
                            choice == null ? null : Queue.Choice.valueOf(choice));
                })
                .optional();
    }

    void choose(NoRoom noRoom, Queue.Choice choice, PersonId by, Instant at) {
        jdbc.sql("""
                UPDATE proposal_no_room SET choice = :choice, chosen_by = :by, chosen_at = greatest(:chosenAt, at)
                WHERE proposal_id = :proposal AND at = :at""")
                .param("choice", choice.name())
                .param("by", by.value())
                .param("chosenAt", utc(at))
                .param("proposal", noRoom.proposal().value())
                .param("at", utc(noRoom.at()))
                .update();
    }

    /** All, by name. */
    List<Referral> referrals() {
        return jdbc.sql(REFERRAL + "ORDER BY active DESC, lower(name) LIMIT 500")
                .query(QueueTable::referral)
                .list();
    }

    Optional<Referral> referral(UUID id) {
        return jdbc.sql(REFERRAL + "WHERE id = :id")
                .param("id", id)
                .query(QueueTable::referral)
                .optional();
    }

    /** False where another is called the same. */
    boolean put(Referral referral, PersonId by, Instant at) {
        boolean taken = jdbc.sql("SELECT EXISTS (SELECT FROM referral WHERE lower(name) = lower(:name) AND id <> :id)")
                .param("name", referral.name())
                .param("id", referral.id())
                .query(Boolean.class)
                .single();
        return !taken
                && jdbc.sql("""
                                INSERT INTO referral (id, name, text, contact, active, set_by, set_at)
                                VALUES (:id, :name, :text, :contact, :active, :by, :at)
                                ON CONFLICT (id) DO UPDATE SET name = :name, text = :text, contact = :contact,
                                    active = :active, set_by = :by, set_at = :at""")
                                .param("id", referral.id())
                                .param("name", referral.name())
                                .param("text", referral.text())
                                .param("contact", referral.contact())
                                .param("active", referral.active())
                                .param("by", by.value())
                                .param("at", utc(at))
                                .update()
                        == 1;
    }

    private static Referral referral(ResultSet row, int number) throws SQLException {
        return new Referral(
                row.getObject("id", UUID.class),
                row.getString("name"),
                row.getString("text"),
                row.getString("contact"),
                row.getBoolean("active"));
    }
}
