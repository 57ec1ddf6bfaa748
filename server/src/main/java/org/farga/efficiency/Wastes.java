package org.farga.efficiency;

import java.time.Clock;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.farga.allocation.Projects;
import org.farga.efficiency.Waste.Sums;
import org.farga.people.People;
import org.farga.platform.Answer;
import org.farga.platform.Cursor;
import org.farga.platform.Settings;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.Fields;
import org.farga.shared.NotFoundException;
import org.farga.shared.Page;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** What goes to waste: over the whole centre for those who run it, in one project for who leads it. */
@Service
class Wastes {
    /** Nobody asks about more, and sums over a life's jobs would be read each time. */
    static final int MOST_MONTHS = 24;

    private final WasteTable table;
    private final Projects projects;
    private final People people;
    private final Settings settings;
    private final Clock clock;

    Wastes(WasteTable table, Projects projects, People people, Settings settings, Clock clock) {
        this.table = table;
        this.projects = projects;
        this.people = people;
        this.settings = settings;
        this.clock = clock;
    }

    /** What the sums are of. */
    enum By {
        PROJECT,
        PERSON,
        CLUSTER,
        PARTITION
    }

    /** What stands first. */
    enum Sort {
        GPU_IDLE,
        GPU_UNUSED,
        CPU_UNUSED,
        MEMORY_UNUSED,
        TIME_UNUSED,
        JOBS
    }

    /** Months of the centre's calendar, both ends included. */
    record Months(YearMonth from, YearMonth to) {}

    /**
     * One line.
     *
     * @param key the identifier of a project or person, or a cluster's or partition's name
     * @param name as people read it
     * @param slug a project's, for its address; null otherwise
     */
    record Line(String key, String name, @Nullable String slug, Sums sums) {}

    record View(Months months, By by, Sort sort, Sums total, Page<Line> lines) {}

    /** What was asked: months as {@code 2026-11}, missing ones for this month and the last. */
    record Question(
            @Nullable By by,
            @Nullable Sort sort,
            @Nullable String from,
            @Nullable String to,
            @Nullable String cursor,
            @Nullable Integer limit) {}

    /** Over the whole centre; throws {@link NotFoundException} for all but those who run it. */
    View ofCentre(Actor actor, Question question) {
        if (!maySeeAll(actor)) {
            throw new NotFoundException("waste");
        }
        return view(null, question, By.PROJECT);
    }

    /** Of one project, by its members unless asked otherwise; throws {@link NotFoundException} for all but its lead and the centre. */
    View ofProject(Actor actor, Projects.Summary project, Question question) {
        if (!maySee(actor, project)) {
            throw new NotFoundException("waste");
        }
        return view(project.id(), question, By.PERSON);
    }

    static boolean maySeeAll(Actor actor) {
        return actor.isAny(CentreRole.OPERATOR, CentreRole.ADMINISTRATOR, CentreRole.AUDITOR);
    }

    /** For whom a project's waste is shown. */
    static boolean maySee(Actor actor, Projects.Summary project) {
        return maySeeAll(actor) || actor.person().equals(project.lead());
    }

    /** A project's in this month and the last, for a panel; empty where no job has ended. */
    Optional<Sums> lately(ProjectId project) {
        Months months = months(null, null);
        Sums sums = table.total(filter(months, project));
        return sums.jobs() == 0 ? Optional.empty() : Optional.of(sums);
    }

    private View view(@Nullable ProjectId project, Question question, By otherwise) {
        Months months = months(question.from(), question.to());
        By by = question.by() == null ? otherwise : question.by();
        Sort sort = question.sort() == null ? Sort.GPU_IDLE : question.sort();
        int size = Cursor.size(question.limit());
        Long offset = Cursor.decode(question.cursor(), Wastes::offset);
        long from = offset == null ? 0 : offset;
        WasteTable.Filter filter = filter(months, project);
        WasteTable.Listed listed = table.list(by, sort, filter, from, size + 1);
        Page<WasteTable.Row> page = Cursor.page(listed.rows(), size, row -> Long.toString(from + size));
        return new View(months, by, sort, listed.total(), new Page<>(named(by, page.items()), page.next()));
    }

    private static Long offset(String text) {
        long offset = Long.parseLong(text);
        if (offset < 0 || offset > 1_000_000) {
            throw new IllegalArgumentException(text);
        }
        return offset;
    }

    private static WasteTable.Filter filter(Months months, @Nullable ProjectId project) {
        return new WasteTable.Filter(first(months.from()), first(months.to()), project);
    }

    private static LocalDate first(YearMonth month) {
        return month.atDay(1);
    }

    private Months months(@Nullable String from, @Nullable String to) {
        YearMonth now = YearMonth.from(clock.instant().atZone(settings.zone()));
        Fields fields = new Fields();
        YearMonth last = month(fields, "to", to, now);
        YearMonth first = month(fields, "from", from, last.minusMonths(1));
        fields.rule("from", !first.isAfter(last), "after-the-end");
        fields.rule("from", first.plusMonths(MOST_MONTHS).isAfter(last), "too-many-months", MOST_MONTHS);
        fields.refusal().ifPresent(refusal -> {
            throw new Answer.RefusedException(refusal);
        });
        return new Months(first, last);
    }

    private static YearMonth month(Fields fields, String field, @Nullable String text, YearMonth otherwise) {
        if (text == null || text.isBlank()) {
            return otherwise;
        }
        try {
            YearMonth month = YearMonth.parse(text.strip());
            // Beyond these neither PostgreSQL nor anybody's centre has days.
            boolean sound = month.getYear() >= 2000 && month.getYear() < 2200;
            fields.rule(field, sound, "not-a-month");
            return sound ? month : otherwise;
        } catch (DateTimeParseException e) {
            fields.rule(field, false, "not-a-month");
            return otherwise;
        }
    }

    private List<Line> named(By by, List<WasteTable.Row> rows) {
        List<Line> lines = new ArrayList<>();
        switch (by) {
            case PROJECT -> {
                Map<ProjectId, Projects.Summary> names = projects.summaries(
                        rows.stream().map(row -> ProjectId.valueOf(row.key())).toList());
                for (WasteTable.Row row : rows) {
                    Projects.Summary project = names.get(ProjectId.valueOf(row.key()));
                    lines.add(new Line(
                            row.key(),
                            project == null ? row.key() : project.name(),
                            project == null ? null : project.slug(),
                            row.sums()));
                }
            }
            case PERSON -> {
                Map<PersonId, People.Summary> names = people.summaries(rows.stream()
                        .map(row -> new PersonId(UUID.fromString(row.key())))
                        .toList());
                for (WasteTable.Row row : rows) {
                    People.Summary person = names.get(new PersonId(UUID.fromString(row.key())));
                    lines.add(new Line(row.key(), person == null ? row.key() : person.name(), null, row.sums()));
                }
            }
            case CLUSTER, PARTITION -> rows.forEach(row -> lines.add(new Line(row.key(), row.key(), null, row.sums())));
        }
        return lines;
    }
}
