package org.farga.privacy;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.Daily;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.farga.audit.AuditLog;
import org.farga.platform.PersonalData;
import org.farga.platform.RetentionRule;
import org.farga.platform.Settings;
import org.farga.privacy.RetentionTable.Known;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.Fields;
import org.farga.shared.NotFoundException;
import org.farga.shared.Outcome;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** How long kinds of data are kept, and the daily task that ends it. */
@Service
class Retentions {
    private static final Logger LOG = LoggerFactory.getLogger(Retentions.class);
    private static final int LONGEST_DAYS = 36_500;

    private final RetentionTable table;
    private final List<RetentionRule> rules;
    private final AuditLog audit;
    private final Clock clock;

    Retentions(
            RetentionTable table,
            List<PersonalData> modules,
            List<RetentionRule> others,
            DataExports exports,
            AuditLog audit,
            Clock clock) {
        this.table = table;
        this.rules = Stream.of(
                        modules.stream().flatMap(m -> m.retention().stream()),
                        others.stream(),
                        // What expired is of no use to anybody: a day later it goes.
                        Stream.of(RetentionRule.of("data-exports", 1, exports::removeExpired)))
                .flatMap(s -> s)
                .sorted(Comparator.comparing(RetentionRule::name))
                .toList();
        this.audit = audit;
        this.clock = clock;
    }

    /** A rule as it stands. @param days for which things are kept */
    record Clocked(
            String rule,
            int days,
            boolean changed,
            @Nullable Instant lastRunAt,
            @Nullable Long lastRemoved,
            long removed) {}

    List<Clocked> list(Actor actor) {
        requireReader(actor);
        return list();
    }

    private List<Clocked> list() {
        Map<String, Known> known = table.list();
        return rules.stream()
                .map(rule -> {
                    Known k = known.getOrDefault(rule.name(), new Known(null, null, null, 0));
                    Integer chosen = k.days();
                    return new Clocked(
                            rule.name(),
                            chosen == null ? rule.days() : chosen,
                            chosen != null && chosen != rule.days(),
                            k.lastRunAt(),
                            k.lastRemoved(),
                            k.removed());
                })
                .toList();
    }

    /** Keeps something for so many days from now on; what is older goes at the next round. */
    @Transactional
    Outcome<Clocked> keep(Actor actor, String rule, @Nullable Integer days) {
        requireReader(actor);
        if (!actor.isAny(CentreRole.ADMINISTRATOR)) {
            throw new NotFoundException("retention rule");
        }
        Clocked before = list().stream()
                .filter(c -> c.rule().equals(rule))
                .findFirst()
                .orElseThrow(() -> new NotFoundException("retention rule"));
        Fields fields = new Fields()
                .present("days", days)
                .rule("days", days == null || (days >= 1 && days <= LONGEST_DAYS), "retention-days");
        var refusal = fields.refusal();
        if (refusal.isPresent() || days == null) {
            return Outcome.refused(refusal.orElseThrow());
        }
        table.keep(rule, days);
        audit.record(
                actor, "retention.changed", "retention", rule, Map.of("rule", rule, "from", before.days(), "to", days));
        return Outcome.done(
                list().stream().filter(c -> c.rule().equals(rule)).findFirst().orElseThrow());
    }

    private static void requireReader(Actor actor) {
        if (!actor.isAny(CentreRole.ADMINISTRATOR, CentreRole.AUDITOR, CentreRole.OPERATOR)) {
            throw new NotFoundException("retention rules");
        }
    }

    /** Applies all rules; one that fails does not keep the others. */
    void apply() {
        for (Clocked clocked : list()) {
            RetentionRule rule = rules.stream()
                    .filter(r -> r.name().equals(clocked.rule()))
                    .findFirst()
                    .orElseThrow();
            Instant now = clock.instant();
            try {
                table.ran(rule.name(), now, rule.removeBefore(now.minus(Duration.ofDays(clocked.days()))));
            } catch (RuntimeException e) {
                LOG.error("the retention rule {} failed; it is tried again tomorrow", rule.name(), e);
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class RetentionTask {
        @Bean
        RecurringTask<Void> applyRetention(@Lazy Retentions retentions, Settings settings) {
            return Tasks.recurring("apply-retention", new Daily(settings.zone(), LocalTime.of(3, 30)))
                    .execute((instance, context) -> retentions.apply());
        }
    }
}
