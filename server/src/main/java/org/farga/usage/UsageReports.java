package org.farga.usage;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.farga.allocation.Allocation;
import org.farga.allocation.Allocations;
import org.farga.allocation.Projects;
import org.farga.people.Organisations;
import org.farga.platform.Settings;
import org.farga.shared.Actor;
import org.farga.shared.AllocationId;
import org.farga.shared.CentreRole;
import org.farga.shared.CpuHours;
import org.farga.shared.Fields;
import org.farga.shared.GpuHours;
import org.farga.shared.NotFoundException;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.ProjectId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/**
 * Statements over time: of an allocation or a project to those who may see it, of an organisation to its owners and the centre, of a call
 * or all of the centre to the centre.
 */
@Service
class UsageReports {
    // As many allocations as the page lists.
    private static final int MOST_NAMED = 200;
    private static final List<Instant> ALL_TIME = List.of(Instant.EPOCH, Instant.parse("9999-01-01T00:00:00Z"));

    private final UsageReportTable table;
    private final StorageTable storage;
    private final Usage usage;
    private final Rates rates;
    private final Allocations allocations;
    private final Projects projects;
    private final Organisations organisations;
    private final Clock clock;
    private final ZoneId zone;

    UsageReports(
            UsageReportTable table,
            StorageTable storage,
            Usage usage,
            Rates rates,
            Allocations allocations,
            Projects projects,
            Organisations organisations,
            Clock clock,
            Settings settings) {
        this.table = table;
        this.storage = storage;
        this.usage = usage;
        this.rates = rates;
        this.allocations = allocations;
        this.projects = projects;
        this.organisations = organisations;
        this.clock = clock;
        this.zone = settings.zone();
    }

    /** Whose use is reported. */
    enum Scope {
        ALLOCATION,
        PROJECT,
        ORGANISATION,
        /** A call's awards: the closest to a funder that allocations know. */
        CALL,
        CENTRE
    }

    /**
     * What is asked for.
     *
     * @param id of the allocation, project or organisation; the call's title; nothing of the centre
     */
    record Asked(
            Scope scope,
            @Nullable String id,
            @Nullable String by,
            @Nullable String from,
            @Nullable String to) {}

    /**
     * A report, and how its allocations stand together at this moment.
     *
     * @param name of what it is of
     * @param live settled, in flight and committed of all of them together
     * @param calls the titles of all calls that were awarded from, in their order; none but in reports of a call or the centre
     * @param stored what was kept, and is kept now
     * @param projects those of the first allocations, and all that keep something
     * @param organisations theirs, and those that keep something
     */
    record Reported(
            Asked asked,
            String name,
            UsageReport report,
            Balance live,
            StorageTable.Stored stored,
            Map<AllocationId, Allocation> allocations,
            List<String> calls,
            Map<ProjectId, Projects.Summary> projects,
            Map<OrganisationId, Organisations.Summary> organisations) {
        /** The owner's name, a project's with its organisation's; null of the centre itself. */
        @Nullable
        String name(StoredBytes.Owner owner) {
            Projects.Summary project = owner.project() == null ? null : projects.get(owner.project());
            OrganisationId of = project == null ? owner.organisation() : project.organisation();
            Organisations.Summary organisation = of == null ? null : organisations.get(of);
            String name = organisation == null ? null : organisation.name();
            return project == null ? name : name == null ? project.name() : project.name() + " · " + name;
        }
    }

    Outcome<Reported> report(Actor actor, Asked asked) {
        Of of = reach(actor, asked.scope(), asked.id() == null ? "" : asked.id());
        UsageReport.By by = UsageReport.By.parse(asked.by());
        Optional<LocalDate> from = day(asked.from());
        Optional<LocalDate> to = day(asked.to());
        Optional<Refusal> refusal = new Fields()
                .rule("by", by != null, "report-by")
                .rule("from", blank(asked.from()) || from.isPresent(), "report-day")
                .rule("to", blank(asked.to()) || to.isPresent(), "report-day")
                .refusal();
        if (refusal.isPresent() || by == null) {
            return Outcome.refused(refusal.orElseThrow());
        }
        List<AllocationId> ids = of.allocations().stream().map(Allocation::id).toList();
        LocalDate today = LocalDate.ofInstant(clock.instant(), zone);
        Optional<UsageReportTable.Extent> extent =
                from.isPresent() && to.isPresent() ? Optional.empty() : table.extent(ids, of.storage());
        LocalDate begin = from.orElseGet(
                () -> extent.map(e -> LocalDate.ofInstant(e.from(), zone)).orElse(today));
        LocalDate end = to.orElseGet(
                () -> extent.map(e -> LocalDate.ofInstant(e.to(), zone)).orElse(today));
        if (end.isBefore(begin)) {
            end = begin;
        }
        List<LocalDate> calendar = UsageReport.calendar(by, begin, end);
        if (calendar.isEmpty()) {
            return Outcome.refused(Refusal.invalid("report-too-long"));
        }
        List<Instant> boundaries = UsageReport.boundaries(calendar, zone);
        Tariff tariff = rates.tariff();
        List<Instant> cuts = UsageReport.Storage.cuts(boundaries, tariff);
        StorageTable.Stored stored = storage.stored(of.storage(), cuts);
        UsageReport report = UsageReport.of(
                by,
                zone,
                begin,
                end,
                calendar,
                ids.isEmpty() ? List.of() : table.parts(ids, boundaries, tariff.eras()),
                new UsageReport.Storage(cuts, stored.parts()),
                tariff);
        Map<ProjectId, Projects.Summary> named = projects.summaries(Stream.concat(
                        of.allocations().stream()
                                .map(Allocation::project)
                                .distinct()
                                .limit(MOST_NAMED),
                        report.holders().stream()
                                .flatMap(h -> Stream.ofNullable(h.owner().project())))
                .distinct()
                .toList());
        return Outcome.done(new Reported(
                asked,
                of.name(),
                report,
                together(of.allocations()),
                stored,
                of.allocations().stream().collect(Collectors.toMap(Allocation::id, a -> a, (a, b) -> a)),
                of.calls(),
                named,
                organisations.summaries(Stream.concat(
                                named.values().stream().map(Projects.Summary::organisation),
                                report.holders().stream()
                                        .flatMap(
                                                h -> Stream.ofNullable(h.owner().organisation())))
                        .distinct()
                        .toList())));
    }

    private record Of(String name, List<Allocation> allocations, StorageAsked storage, List<String> calls) {
        Of(String name, List<Allocation> allocations, StorageAsked storage) {
            this(name, allocations, storage, List.of());
        }
    }

    /** What a project keeps and kept, all its time. */
    record Kept(StorageTable.Stored stored, TerabyteHours hours, Map<String, BigDecimal> charges) {
        boolean isPositive() {
            return hours.isPositive() || stored.bytesNow() > 0;
        }
    }

    /** Whoever asks. */
    Kept kept(ProjectId project) {
        Tariff tariff = rates.tariff();
        List<Instant> cuts = UsageReport.Storage.cuts(ALL_TIME, tariff);
        StorageTable.Stored stored = storage.stored(StorageAsked.of(List.of(project)), cuts);
        return new Kept(stored, UsageReport.sum(stored.parts()), tariff.sum(List.of(), stored.parts(), cuts));
    }

    private Of reach(Actor actor, Scope scope, String id) {
        return switch (scope) {
            case ALLOCATION -> {
                Allocations.Reached reached = allocations.reach(actor, parsed(id, AllocationId::valueOf));
                yield new Of(
                        reached.project().project().name() + " · "
                                + reached.allocation().proposalCode(),
                        List.of(reached.allocation()),
                        ofAwards(
                                List.of(reached.allocation()),
                                List.of(allocations.ofProject(
                                        reached.allocation().project()))));
            }
            case PROJECT -> {
                Projects.Summary project = projects.visible(actor, id);
                yield new Of(
                        project.name(), allocations.ofProject(project.id()), StorageAsked.of(List.of(project.id())));
            }
            case ORGANISATION -> {
                OrganisationId organisation = parsed(id, OrganisationId::valueOf);
                if (!actor.isOwnerOf(organisation) && !seesAll(actor)) {
                    throw new NotFoundException("organisation");
                }
                List<Allocation> awarded = allocations.ofOrganisation(organisation);
                yield new Of(
                        organisations.summary(organisation).name(),
                        awarded,
                        StorageAsked.of(
                                organisation,
                                awarded.stream().map(Allocation::project).toList()));
            }
            case CALL -> {
                requireCentre(actor);
                List<Allocation> all = allocations.all();
                List<Allocation> awarded =
                        all.stream().filter(a -> a.callTitle().equals(id)).toList();
                if (awarded.isEmpty()) {
                    throw new NotFoundException("call");
                }
                yield new Of(
                        id,
                        awarded,
                        ofAwards(
                                awarded,
                                all.stream()
                                        .collect(Collectors.groupingBy(Allocation::project))
                                        .values()),
                        calls(all));
            }
            case CENTRE -> {
                requireCentre(actor);
                List<Allocation> all = allocations.all();
                yield new Of("", all, StorageAsked.OF_ALL, calls(all));
            }
        };
    }

    private static StorageAsked ofAwards(List<Allocation> awards, Collection<List<Allocation>> projects) {
        return StorageAsked.ofAwards(awards.stream().map(Allocation::id).collect(Collectors.toSet()), projects);
    }

    private static List<String> calls(List<Allocation> all) {
        return all.stream().map(Allocation::callTitle).distinct().sorted().toList();
    }

    private static void requireCentre(Actor actor) {
        if (!seesAll(actor)) {
            throw new NotFoundException("usage");
        }
    }

    private static boolean seesAll(Actor actor) {
        return actor.isAny(
                CentreRole.ADMINISTRATOR, CentreRole.ACCESS_OFFICER, CentreRole.OPERATOR, CentreRole.AUDITOR);
    }

    private static <T> T parsed(String text, java.util.function.Function<String, T> parse) {
        try {
            return parse.apply(text);
        } catch (IllegalArgumentException e) {
            throw new NotFoundException("usage");
        }
    }

    private Balance together(List<Allocation> of) {
        GpuHours[] gpu = {GpuHours.ZERO, GpuHours.ZERO, GpuHours.ZERO, GpuHours.ZERO};
        CpuHours[] cpu = {CpuHours.ZERO, CpuHours.ZERO, CpuHours.ZERO, CpuHours.ZERO};
        for (Balance b : usage.balances(of).values()) {
            gpu[0] = gpu[0].plus(b.gpuAwarded());
            gpu[1] = gpu[1].plus(b.gpuSettled());
            gpu[2] = gpu[2].plus(b.gpuInFlight());
            gpu[3] = gpu[3].plus(b.gpuCommitted());
            cpu[0] = cpu[0].plus(b.cpuAwarded());
            cpu[1] = cpu[1].plus(b.cpuSettled());
            cpu[2] = cpu[2].plus(b.cpuInFlight());
            cpu[3] = cpu[3].plus(b.cpuCommitted());
        }
        return new Balance(gpu[0], gpu[1], gpu[2], gpu[3], cpu[0], cpu[1], cpu[2], cpu[3]);
    }

    private static boolean blank(@Nullable String text) {
        return text == null || text.isBlank();
    }

    private static Optional<LocalDate> day(@Nullable String text) {
        if (text == null || text.isBlank()) {
            return Optional.empty();
        }
        try {
            LocalDate day = LocalDate.parse(text);
            return day.getYear() < 1980 || day.getYear() > 2200 ? Optional.empty() : Optional.of(day);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
