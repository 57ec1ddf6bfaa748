package org.farga.efficiency;

import java.time.Clock;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.farga.audit.AuditLog;
import org.farga.compute.JobWorks;
import org.farga.efficiency.EnergySettingTable.Place;
import org.farga.platform.Answer;
import org.farga.platform.Cursor;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.NotFoundException;
import org.farga.shared.Outcome;
import org.farga.shared.Page;
import org.farga.shared.Refusal;
import org.farga.shared.TimeOrderedUuid;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** What energy is reckoned with, for each cluster and from which day on. */
@Service
class EnergySettings {
    private final EnergySettingTable table;
    private final JobWorks works;
    private final AuditLog audit;
    private final Clock clock;

    EnergySettings(EnergySettingTable table, JobWorks works, AuditLog audit, Clock clock) {
        this.table = table;
        this.works = works;
        this.audit = audit;
        this.clock = clock;
    }

    /** By cluster, the newest first; for the centre's staff. */
    Page<EnergySetting> list(Actor actor, @Nullable String cursor, @Nullable Integer limit) {
        requireReader(actor);
        int size = Cursor.size(limit);
        List<EnergySetting> rows = table.list(Cursor.decode(cursor, EnergySettings::place), size + 1);
        return Cursor.page(rows, size, s -> s.validFrom() + " " + s.cluster());
    }

    private static Place place(String key) {
        return new Place(key.substring(key.indexOf(' ') + 1), LocalDate.parse(key.substring(0, key.indexOf(' '))));
    }

    /** The clusters that one can be entered for. */
    List<String> clusters() {
        return works.clusters();
    }

    /** Enters one. Refused as {@code energy-setting-exists} where the cluster has one from that day. */
    @Transactional
    Outcome<EnergySetting> enter(Actor actor, EnergySetting.Draft draft) {
        requireOperator(actor);
        var refusal = draft.refusal(works.clusters());
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        EnergySetting setting =
                draft.setting(TimeOrderedUuid.next(), clock.instant().truncatedTo(ChronoUnit.MICROS));
        if (!table.insert(setting)) {
            return Outcome.refused(Refusal.conflict(
                    "energy-setting-exists",
                    setting.cluster(),
                    setting.validFrom().toString()));
        }
        audit.record(actor, "energy-setting.entered", "energy-setting", setting.id(), facts(setting));
        return Outcome.done(setting);
    }

    /** Takes back one that was wrong; throws {@link NotFoundException}. */
    @Transactional
    EnergySetting withdraw(Actor actor, UUID id) {
        requireOperator(actor);
        EnergySetting setting = table.find(id).orElseThrow(() -> new NotFoundException("energy-setting"));
        if (!table.delete(id)) {
            throw new NotFoundException("energy-setting");
        }
        audit.record(actor, "energy-setting.withdrawn", "energy-setting", id, facts(setting));
        return setting;
    }

    private static Map<String, Object> facts(EnergySetting s) {
        Map<String, Object> facts = new HashMap<>();
        facts.put("cluster", s.cluster());
        facts.put("validFrom", s.validFrom().toString());
        put(facts, "cpuCoreMilliwatts", s.cpuCoreMilliwatts());
        put(facts, "memoryMilliwattsPerGibibyte", s.memoryMilliwattsPerGibibyte());
        put(facts, "pueThousandths", s.pueThousandths());
        put(facts, "gridMilligramsPerKilowattHour", s.gridMilligramsPerKilowattHour());
        if (!s.gpus().isEmpty()) {
            facts.put(
                    "gpus",
                    s.gpus().stream()
                            .map(gpu -> gpu.model() + " " + gpu.milliwatts() + " mW")
                            .toList());
        }
        facts.put("source", s.source());
        return facts;
    }

    private static void put(Map<String, Object> facts, String name, @Nullable Object value) {
        if (value != null) {
            facts.put(name, value);
        }
    }

    static boolean mayEnter(Actor actor) {
        return actor.isAny(CentreRole.OPERATOR, CentreRole.ADMINISTRATOR);
    }

    private static void requireOperator(Actor actor) {
        requireReader(actor);
        if (!mayEnter(actor)) {
            throw new Answer.RefusedException(Refusal.forbidden("operators-only"));
        }
    }

    private static void requireReader(Actor actor) {
        if (!actor.isAny(CentreRole.OPERATOR, CentreRole.ADMINISTRATOR, CentreRole.AUDITOR)) {
            throw new NotFoundException("energy-setting");
        }
    }
}
