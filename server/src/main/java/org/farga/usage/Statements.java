package org.farga.usage;

import java.io.IOException;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.farga.allocation.Allocation;
import org.farga.allocation.Allocations;
import org.farga.allocation.Projects;
import org.farga.people.People;
import org.farga.platform.Cursor;
import org.farga.platform.Settings;
import org.farga.shared.Actor;
import org.farga.shared.AllocationId;
import org.farga.shared.NotFoundException;
import org.farga.shared.Page;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** Shows what allocations used, to those who may see the allocation's project. */
@Service
class Statements {
    private static final int CSV_BATCH = 1_000;

    private final UsageTable table;
    private final Usage usage;
    private final Rates rates;
    private final Allocations allocations;
    private final Projects projects;
    private final People people;
    private final Clock clock;
    private final ZoneId zone;

    Statements(
            UsageTable table,
            Usage usage,
            Rates rates,
            Allocations allocations,
            Projects projects,
            People people,
            Clock clock,
            Settings settings) {
        this.table = table;
        this.usage = usage;
        this.rates = rates;
        this.allocations = allocations;
        this.projects = projects;
        this.people = people;
        this.clock = clock;
        this.zone = settings.zone();
    }

    /**
     * A line, with the name of whoever ran the job; their name on the cluster where that is all that is known.
     *
     * @param charges by the name of their unit; empty where the centre has no rate for it
     */
    record Line(UsageRecord record, String personName, Map<String, BigDecimal> charges) {}

    /** A page of a statement under the balance of this moment. */
    record Statement(Allocation allocation, Projects.Summary project, Balance balance, Page<Line> lines) {}

    /** How one of a project's allocations stands. */
    record Standing(Allocation allocation, Balance balance) {}

    /** Use by the days of a calendar, until an instant. */
    record Days(Allocation allocation, ZoneId zone, Instant until, List<UsageDay> days) {
        LocalDate first() {
            return LocalDate.ofInstant(allocation.period().from(), zone);
        }

        /** The day that holds the period's last instant. */
        LocalDate last() {
            return LocalDate.ofInstant(allocation.period().to().minusMillis(1), zone);
        }

        LocalDate today() {
            return LocalDate.ofInstant(until, zone);
        }
    }

    Statement statement(Actor actor, AllocationId id, @Nullable String cursor, @Nullable Integer limit) {
        Allocations.Reached reached = allocations.reach(actor, id);
        Allocation allocation = reached.allocation();
        int size = Cursor.size(limit);
        List<UsageRecord> rows = table.lines(id, Cursor.decode(cursor, UsageTable.LineKey::parse), size + 1);
        Page<UsageRecord> page = Cursor.page(rows, size, UsageTable.LineKey::of);
        List<Line> lines = named(page.items(), rates.tariff());
        return new Statement(
                allocation, reached.project().project(), usage.balance(allocation), new Page<>(lines, page.next()));
    }

    /** Every line, latest first, for as long as they come: nothing is held but one batch of them. */
    void writeCsv(Actor actor, AllocationId id, Appendable to) throws IOException {
        visible(actor, id);
        StatementCsv csv = new StatementCsv(to);
        Tariff tariff = rates.tariff();
        UsageTable.LineKey after = null;
        List<UsageRecord> batch;
        do {
            batch = table.lines(id, after, CSV_BATCH);
            for (Line line : named(batch, tariff)) {
                csv.write(line);
            }
            if (!batch.isEmpty()) {
                after = UsageTable.LineKey.parse(UsageTable.LineKey.of(batch.getLast()));
            }
        } while (batch.size() == CSV_BATCH);
    }

    Days byDay(Actor actor, AllocationId id) {
        return byDay(visible(actor, id));
    }

    Days byDay(Allocation allocation) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        return new Days(
                allocation,
                zone,
                now,
                table.days(allocation.id(), allocation.period().from(), now, zone));
    }

    /** A project's allocations with their balances, newest first. */
    List<Standing> ofProject(Actor actor, ProjectId project) {
        if (!projects.visibleTo(actor).include(project)) {
            throw new NotFoundException("project");
        }
        return standings(allocations.ofProject(project));
    }

    List<Standing> standings(List<Allocation> of) {
        Map<AllocationId, Balance> balances = usage.balances(of);
        return of.stream()
                .flatMap(a -> java.util.stream.Stream.ofNullable(balances.get(a.id()))
                        .map(balance -> new Standing(a, balance)))
                .toList();
    }

    /** One that the actor may see; what they may not is as if it were not there. */
    Allocation visible(Actor actor, AllocationId id) {
        return allocations.reach(actor, id).allocation();
    }

    private List<Line> named(List<UsageRecord> records, Tariff tariff) {
        Map<PersonId, People.Summary> names = people.summaries(records.stream()
                .map(UsageRecord::person)
                .filter(Objects::nonNull)
                .distinct()
                .toList());
        return records.stream()
                .map(r -> {
                    People.Summary person = r.person() == null ? null : names.get(r.person());
                    String unixUser = r.engine() == null ? null : r.engine().unixUser();
                    return new Line(
                            r,
                            person != null ? person.name() : r.person() == null && unixUser != null ? unixUser : "",
                            tariff.charge(r));
                })
                .toList();
    }
}
