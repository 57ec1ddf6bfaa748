package org.farga.slurm;

import static org.farga.platform.Timestamps.utc;

import java.time.Instant;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.farga.shared.AllocationId;
import org.farga.shared.PersonId;
import org.farga.slurm.Ladder.Step;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class LadderTable {
    private final JdbcClient jdbc;

    LadderTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Those of these allocations that have steps of their own. */
    Map<AllocationId, Ladder> list(Collection<AllocationId> allocations) {
        Map<AllocationId, Ladder> ladders = new HashMap<>();
        jdbc.sql("""
                SELECT allocation_id, notice_percent, slow_percent, stop_percent, carry_over_percent FROM slurm_ladder
                WHERE allocation_id = ANY(:ids)""").param("ids", uuids(allocations)).query(row -> {
            ladders.put(
                    new AllocationId(row.getObject("allocation_id", UUID.class)),
                    new Ladder(
                            row.getInt("notice_percent"),
                            row.getInt("slow_percent"),
                            row.getInt("stop_percent"),
                            row.getInt("carry_over_percent")));
        });
        return ladders;
    }

    void put(AllocationId allocation, Ladder ladder, PersonId by, Instant at) {
        jdbc.sql("""
                INSERT INTO slurm_ladder (allocation_id, notice_percent, slow_percent, stop_percent, carry_over_percent,
                                          set_by, set_at)
                VALUES (:id, :notice, :slow, :stop, :carryOver, :by, :at)
                ON CONFLICT (allocation_id) DO UPDATE
                SET notice_percent = :notice, slow_percent = :slow, stop_percent = :stop, carry_over_percent = :carryOver,
                    set_by = :by, set_at = :at""")
                .param("id", allocation.value())
                .param("notice", ladder.notice())
                .param("slow", ladder.slow())
                .param("stop", ladder.stop())
                .param("carryOver", ladder.carryOver())
                .param("by", by.value())
                .param("at", utc(at))
                .update();
    }

    /** Whether there was one. */
    boolean delete(AllocationId allocation) {
        return jdbc.sql("DELETE FROM slurm_ladder WHERE allocation_id = :id")
                        .param("id", allocation.value())
                        .update()
                == 1;
    }

    /** The steps that these have reached, as noted. */
    Map<AllocationId, Set<Step>> reached(Collection<AllocationId> allocations) {
        Map<AllocationId, Set<Step>> reached = new HashMap<>();
        jdbc.sql("SELECT allocation_id, step FROM slurm_ladder_step WHERE allocation_id = ANY(:ids)")
                .param("ids", uuids(allocations))
                .query(row -> {
                    reached.computeIfAbsent(
                                    new AllocationId(row.getObject("allocation_id", UUID.class)),
                                    id -> EnumSet.noneOf(Step.class))
                            .add(Step.valueOf(row.getString("step")));
                });
        return reached;
    }

    /** Whether it was noted: false where it had been already. */
    boolean insertReached(AllocationId allocation, Step step, Instant at) {
        return jdbc.sql("""
                        INSERT INTO slurm_ladder_step (allocation_id, step, reached_at) VALUES (:id, :step, :at)
                        ON CONFLICT DO NOTHING""")
                        .param("id", allocation.value())
                        .param("step", step.name())
                        .param("at", utc(at))
                        .update()
                == 1;
    }

    void deleteReached(AllocationId allocation, Step step) {
        jdbc.sql("DELETE FROM slurm_ladder_step WHERE allocation_id = :id AND step = :step")
                .param("id", allocation.value())
                .param("step", step.name())
                .update();
    }

    private static UUID[] uuids(Collection<AllocationId> ids) {
        return ids.stream().map(AllocationId::value).toArray(UUID[]::new);
    }
}
