package org.farga.privacy;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.TaskDescriptor;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.farga.audit.AuditLog;
import org.farga.people.People;
import org.farga.platform.PersonalData;
import org.farga.platform.PersonalData.Fate;
import org.farga.platform.PersonalData.FreeText;
import org.farga.platform.PersonalData.Section;
import org.farga.privacy.ErasureSearch.Finding;
import org.farga.shared.Actor;
import org.farga.shared.NotFoundException;
import org.farga.shared.PersonId;
import org.farga.shared.TimeOrderedUuid;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** What forgetting a person would do, before it is asked for: what goes, what stays and why, and where free text names them. */
@Service
class ErasurePlans {
    private static final TaskDescriptor<Void> SEARCH = TaskDescriptor.of("search-free-text");

    private final FreeTextTable table;
    private final List<PersonalData> modules;
    private final People people;
    private final AuditLog audit;
    private final SchedulerClient queue;
    private final Clock clock;

    ErasurePlans(
            FreeTextTable table,
            List<PersonalData> modules,
            People people,
            AuditLog audit,
            @Lazy SchedulerClient queue,
            Clock clock) {
        this.table = table;
        this.modules = modules;
        this.people = people;
        this.audit = audit;
        this.queue = queue;
        this.clock = clock;
    }

    /** A section of somebody's data and what would become of it. */
    record Line(String section, Fate fate, long rows) {}

    /** The sections that hold anything, by their fate; for administrators, and for the person. */
    List<Line> plan(Actor actor, PersonId person) {
        Erasures.requireRight(actor, person);
        Map<String, Long> counts = count(person);
        return modules.stream()
                .flatMap(m -> m.sections().stream())
                .filter(s -> counts.getOrDefault(s.name(), 0L) > 0)
                .sorted(java.util.Comparator.comparing(Section::fate))
                .map(s -> new Line(s.name(), s.fate(), counts.getOrDefault(s.name(), 0L)))
                .toList();
    }

    /** Rows of each section by its name. */
    Map<String, Long> count(PersonId person) {
        return table.count(
                modules.stream().flatMap(m -> m.sections().stream()).toList(),
                person,
                people.summary(person).email());
    }

    /** Asks for a search of all free text; it is done by the work queue. */
    @Transactional
    ErasureSearch search(Actor actor, PersonId person) {
        Erasures.requireAdministrator(actor);
        people.summary(person);
        UUID id = TimeOrderedUuid.next();
        table.insert(id, person, actor.person(), clock.instant());
        audit.record(actor, "erasure.searched", "person", person, Map.of("person", person));
        queue.scheduleIfNotExists(SEARCH.instance(id.toString()).scheduledTo(clock.instant()));
        return table.find(id).orElseThrow();
    }

    /** Throws {@link NotFoundException}. */
    ErasureSearch getSearch(Actor actor, UUID id) {
        Erasures.requireAdministrator(actor);
        return table.find(id).orElseThrow(() -> new NotFoundException("search"));
    }

    Optional<ErasureSearch> newestSearch(Actor actor, PersonId person) {
        Erasures.requireAdministrator(actor);
        return table.newest(person);
    }

    /** Searches; stands being done twice. One statement a column, so that no long transaction holds the database. */
    void run(UUID id) {
        ErasureSearch search = table.find(id).orElse(null);
        if (search == null) {
            return;
        }
        People.Summary person = people.summary(search.person());
        List<Finding> findings = new ArrayList<>();
        for (PersonalData module : modules) {
            for (FreeText text : module.freeTexts()) {
                findings.addAll(table.search(text, person.name(), person.email()));
            }
        }
        table.end(id, findings, clock.instant());
    }

    /** Whether a name may be taken out at this place. */
    boolean isRedactable(String place) {
        return text(place).filter(FreeText::redactable).isPresent();
    }

    /** Takes name and address out of these places, in the transaction that is under way; says out of how many. */
    long redact(List<String> places, People.Summary person) {
        long redacted = 0;
        for (String place : places) {
            FreeText text = text(place).filter(FreeText::redactable).orElse(null);
            if (text != null
                    && table.redact(text, place.substring(place.indexOf(' ') + 1), person.name(), person.email())) {
                redacted++;
            }
        }
        return redacted;
    }

    private Optional<FreeText> text(String place) {
        int space = place.indexOf(' ');
        String name = space < 0 ? place : place.substring(0, space);
        return modules.stream()
                .flatMap(m -> m.freeTexts().stream())
                .filter(t -> t.name().equals(name))
                .findFirst();
    }

    @Configuration(proxyBeanMethods = false)
    static class SearchTask {
        @Bean
        OneTimeTask<Void> searchFreeText(@Lazy ErasurePlans plans) {
            return Tasks.oneTime(SEARCH).execute((instance, context) -> plans.run(UUID.fromString(instance.getId())));
        }
    }
}
