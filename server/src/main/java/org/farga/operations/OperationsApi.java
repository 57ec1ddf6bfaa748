package org.farga.operations;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.farga.platform.Answer;
import org.farga.platform.DatabaseState;
import org.farga.platform.EventRegistry;
import org.farga.platform.HealthFinding;
import org.farga.platform.HealthFinding.Remedy;
import org.farga.platform.Languages;
import org.farga.platform.Messages;
import org.farga.platform.WorkQueue;
import org.farga.shared.Actor;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/operations")
class OperationsApi {
    private final Operations operations;
    private final Messages messages;

    OperationsApi(Operations operations, Messages messages) {
        this.operations = operations;
        this.messages = messages;
    }

    /** How the installation is, in one word: what is wrong at worst. */
    enum Status {
        OK,
        WARNING,
        CRITICAL
    }

    record FindingJson(
            String name,
            @Nullable String subject,
            HealthFinding.Severity severity,
            String sentence,
            String advice,
            @Nullable Instant since,
            List<String> hosts,
            List<String> commands) {}

    record ProcessJson(
            UUID id,
            String host,
            int port,
            long pid,
            String version,
            FargaProcess.State state,
            boolean lost,
            Instant startedAt,
            Instant seenAt) {}

    record TaskJson(
            String name,
            long items,
            long due,
            @Nullable Instant oldestDueAt,
            long failing,
            long running,
            long silent) {}

    record FailingJson(
            String task,
            String item,
            int failures,
            @Nullable Instant failedAt,
            Instant nextAt,
            @Nullable String summary) {}

    record EventJson(
            UUID id,
            String event,
            String listener,
            Instant publishedAt,
            boolean failed,
            int attempts,
            @Nullable String summary) {}

    record DatabaseJson(
            String version,
            long sizeBytes,
            @Nullable Long growthBytesPerDay,
            @Nullable Long diskFullInDays,
            long connections,
            long connectionsMost) {

        static DatabaseJson of(DatabaseState.Server server, @Nullable DatabaseGrowth growth) {
            return new DatabaseJson(
                    server.version(),
                    server.sizeBytes(),
                    growth == null || growth.bytesPerDay().isEmpty()
                            ? null
                            : growth.bytesPerDay().getAsLong(),
                    growth == null || growth.daysLeft().isEmpty()
                            ? null
                            : growth.daysLeft().getAsLong(),
                    server.connections(),
                    server.connectionsMost());
        }
    }

    record MailJson(
            boolean configured,
            long unsent,
            @Nullable Instant sentAt,
            @Nullable Instant failedAt) {}

    record OperationsJson(
            Status status,
            Instant at,
            List<FindingJson> findings,
            List<ProcessJson> processes,
            List<TaskJson> tasks,
            List<FailingJson> failing,
            List<EventJson> events,
            DatabaseJson database,
            MailJson mail) {}

    record WorkItem(String task, String item) {}

    record Resubmitted(long events) {}

    /** What is wrong and what to do, the worst first, and the state behind it; for operators, administrators and auditors. */
    @GetMapping(produces = MediaType.APPLICATION_JSON_VALUE)
    OperationsJson show(Actor actor, HttpServletRequest request) {
        Operations.View view = operations.view(actor);
        Locale language = Languages.of(request);
        HealthFinding.Severity worst = view.worst();
        return new OperationsJson(
                worst == null ? Status.OK : Status.valueOf(worst.name()),
                view.at(),
                view.findings().stream().map(m -> finding(m, language)).toList(),
                view.processes().stream()
                        .map(p -> new ProcessJson(
                                p.id(),
                                p.host(),
                                p.port(),
                                p.pid(),
                                p.version(),
                                p.state(),
                                p.lost(view.at()),
                                p.startedAt(),
                                p.seenAt()))
                        .toList(),
                view.tasks().stream()
                        .map(t -> new TaskJson(
                                t.name(), t.items(), t.due(), t.oldestDue(), t.failing(), t.running(), t.silent()))
                        .toList(),
                view.failing().stream().map(OperationsApi::failing).toList(),
                view.events().stream().map(OperationsApi::event).toList(),
                DatabaseJson.of(view.database(), view.growth()),
                new MailJson(
                        view.mail().configured(),
                        view.mail().unsent(),
                        view.mail().sentAt(),
                        view.mail().failedAt()));
    }

    /** Lets a work item that failed or waits begin now. */
    @PostMapping(path = "/work", consumes = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void runNow(Actor actor, @RequestBody WorkItem work) {
        Answer.of(operations.runNow(actor, work.task(), work.item()));
    }

    /** Gives one event to its listener again. */
    @PostMapping("/events/{id}/resubmission")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void resubmit(Actor actor, @PathVariable UUID id) {
        Answer.of(operations.resubmit(actor, id));
    }

    /** Gives every event that waits longer than a minute to its listener again. */
    @PostMapping(path = "/events/resubmission", produces = MediaType.APPLICATION_JSON_VALUE)
    Resubmitted resubmitAll(Actor actor) {
        return new Resubmitted(Answer.of(operations.resubmitAll(actor)));
    }

    /** Sends a mail to oneself. */
    @PostMapping("/test-mail")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void testMail(Actor actor, HttpServletRequest request) {
        Answer.of(operations.testMail(actor, Languages.of(request)));
    }

    private FindingJson finding(Watch.Merged merged, Locale language) {
        HealthFinding f = merged.finding();
        Object[] arguments = f.arguments().toArray();
        return new FindingJson(
                f.name(),
                f.subject().isEmpty() ? null : f.subject(),
                f.severity(),
                messages.text(language, f.sentence(), arguments),
                messages.text(language, f.advice(), arguments),
                f.since(),
                merged.hosts(),
                f.remedies().stream()
                        .filter(Remedy.Command.class::isInstance)
                        .map(r -> ((Remedy.Command) r).line())
                        .toList());
    }

    private static FailingJson failing(WorkQueue.Failing f) {
        return new FailingJson(f.task(), f.item(), f.failures(), f.failedAt(), f.nextAt(), f.summary());
    }

    private static EventJson event(EventRegistry.Waiting e) {
        return new EventJson(e.id(), e.event(), e.listener(), e.publishedAt(), e.failed(), e.attempts(), e.summary());
    }
}
