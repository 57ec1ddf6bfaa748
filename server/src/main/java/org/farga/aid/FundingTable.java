package org.farga.aid;

import static org.farga.platform.Timestamps.utc;

import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.farga.shared.AllocationId;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Which sources pay what: what is awarded under a subject, and each allocation. */
@Component
class FundingTable {
    private final JdbcClient jdbc;

    FundingTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** What is paid by which sources from a day on. */
    record Plan(UUID id, String subject, LocalDate since, List<FundingShare> shares, PersonId setBy, Instant setAt) {}

    /** All, by subject, the latest first. */
    List<Plan> plans() {
        Map<UUID, Plan> found = new LinkedHashMap<>();
        jdbc.sql("""
                        SELECT p.id, p.subject, p.since, p.set_by, p.set_at, s.source_id, s.basis_points
                        FROM aid_funding_plan p JOIN aid_funding_plan_share s ON s.plan_id = p.id
                        ORDER BY p.subject, p.since DESC, s.basis_points DESC, s.source_id""").query(row -> {
            UUID id = row.getObject("id", UUID.class);
            Plan plan = found.get(id);
            if (plan == null) {
                plan = new Plan(
                        id,
                        row.getString("subject"),
                        row.getObject("since", LocalDate.class),
                        new ArrayList<>(),
                        new PersonId(row.getObject("set_by", UUID.class)),
                        row.getObject("set_at", OffsetDateTime.class).toInstant());
                found.put(id, plan);
            }
            plan.shares().add(new FundingShare(row.getObject("source_id", UUID.class), row.getInt("basis_points")));
        });
        return List.copyOf(found.values());
    }

    /** What pays for a subject on a day; the Union's share where nothing was said. */
    List<FundingShare> planned(String subject, LocalDate day) {
        List<FundingShare> shares = jdbc.sql("""
                        SELECT s.source_id, s.basis_points FROM aid_funding_plan_share s
                        WHERE s.plan_id = (SELECT p.id FROM aid_funding_plan p WHERE p.subject = :subject AND p.since <= :day
                                           ORDER BY p.since DESC LIMIT 1)
                        ORDER BY s.basis_points DESC, s.source_id""")
                .param("subject", subject)
                .param("day", day)
                .query((row, n) -> new FundingShare(row.getObject(1, UUID.class), row.getInt(2)))
                .list();
        return shares.isEmpty() ? FundingShare.UNION : shares;
    }

    /** False where there is one from the same day on. */
    boolean insert(Plan plan) {
        if (jdbc.sql("""
                        INSERT INTO aid_funding_plan (id, subject, since, set_by, set_at) VALUES (:id, :subject, :since, :by, :at)
                        ON CONFLICT DO NOTHING""")
                        .param("id", plan.id())
                        .param("subject", plan.subject())
                        .param("since", plan.since())
                        .param("by", plan.setBy().value())
                        .param("at", utc(plan.setAt()))
                        .update()
                == 0) {
            return false;
        }
        for (FundingShare share : plan.shares()) {
            jdbc.sql(
                            "INSERT INTO aid_funding_plan_share (plan_id, source_id, basis_points) VALUES (:plan, :source, :points)")
                    .param("plan", plan.id())
                    .param("source", share.source())
                    .param("points", share.basisPoints())
                    .update();
        }
        return true;
    }

    /**
     * What pays an allocation.
     *
     * @param revision 0 for one from before sources were kept
     */
    record Funding(
            int revision,
            List<FundingShare> shares,
            @Nullable String reason,
            @Nullable PersonId assignedBy,
            @Nullable Instant assignedAt) {
        static final Funding UNION = new Funding(0, FundingShare.UNION, null, null, null);
    }

    /** Its latest. */
    Funding of(AllocationId allocation) {
        List<Funding> all = history(allocation);
        return all.isEmpty() ? Funding.UNION : all.getFirst();
    }

    /** All that there was, the latest first. */
    List<Funding> history(AllocationId allocation) {
        Map<Integer, Funding> found = new LinkedHashMap<>();
        jdbc.sql("""
                        SELECT f.revision, f.reason, f.assigned_by, f.assigned_at, s.source_id, s.basis_points
                        FROM aid_funding f
                        JOIN aid_funding_share s ON s.allocation_id = f.allocation_id AND s.revision = f.revision
                        WHERE f.allocation_id = :allocation
                        ORDER BY f.revision DESC, s.basis_points DESC, s.source_id""").param("allocation", allocation.value()).query(row -> {
            int revision = row.getInt("revision");
            Funding funding = found.get(revision);
            if (funding == null) {
                UUID by = row.getObject("assigned_by", UUID.class);
                funding = new Funding(
                        revision,
                        new ArrayList<>(),
                        row.getString("reason"),
                        by == null ? null : new PersonId(by),
                        row.getObject("assigned_at", OffsetDateTime.class).toInstant());
                found.put(revision, funding);
            }
            funding.shares().add(new FundingShare(row.getObject("source_id", UUID.class), row.getInt("basis_points")));
        });
        return List.copyOf(found.values());
    }

    void insert(
            AllocationId allocation,
            int revision,
            List<FundingShare> shares,
            @Nullable String reason,
            @Nullable PersonId by,
            Instant at) {
        jdbc.sql("""
                INSERT INTO aid_funding (allocation_id, revision, reason, assigned_by, assigned_at)
                VALUES (:allocation, :revision, :reason, :by, :at)""")
                .param("allocation", allocation.value())
                .param("revision", revision)
                .param("reason", reason, Types.VARCHAR)
                .param("by", by == null ? null : by.value(), Types.OTHER)
                .param("at", utc(at))
                .update();
        for (FundingShare share : shares) {
            jdbc.sql("""
                    INSERT INTO aid_funding_share (allocation_id, revision, source_id, basis_points)
                    VALUES (:allocation, :revision, :source, :points)""")
                    .param("allocation", allocation.value())
                    .param("revision", revision)
                    .param("source", share.source())
                    .param("points", share.basisPoints())
                    .update();
        }
    }
}
