package org.farga.operations;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.farga.Browser;
import org.farga.HttpTest;
import org.farga.platform.HealthFinding;
import org.farga.platform.HealthFinding.Severity;
import org.farga.platform.Timestamps;
import org.farga.shared.CentreRole;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

class OperationsApiTest extends HttpTest {
    @Autowired
    private Watch watch;

    @Autowired
    private Processes processes;

    @Autowired
    private FindingTable findings;

    @Test
    void operatorsAndAuditorsReadAndNobodyElseFindsIt() {
        for (CentreRole role : List.of(CentreRole.OPERATOR, CentreRole.ADMINISTRATOR, CentreRole.AUDITOR)) {
            Client staff = staff(role);
            staff.get("/api/v1/operations").expect(200);
            assertThat(new Browser(address())
                            .signIn(staff.email(), PASSWORD)
                            .get("/operations")
                            .statusCode())
                    .isEqualTo(200);
        }
        Client officer = staff(CentreRole.ACCESS_OFFICER, CentreRole.DATA_STEWARD);
        officer.get("/api/v1/operations").expectProblem(404, "not-found");
        officer.post("/api/v1/operations/events/resubmission", "").expectProblem(404, "not-found");
        assertThat(new Browser(address())
                        .signIn(officer.email(), PASSWORD)
                        .get("/operations")
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void anAuditorChangesNothing() {
        Client auditor = staff(CentreRole.AUDITOR);
        auditor.post("/api/v1/operations/events/resubmission", "").expectProblem(403, "operators-only");
        auditor.post("/api/v1/operations/test-mail", "").expectProblem(403, "operators-only");
        auditor.post("/api/v1/operations/work", "{\"task\": \"send-mail\", \"item\": \"x\"}")
                .expectProblem(403, "operators-only");
    }

    @Test
    void thisProcessIsAmongThoseThatServe() {
        JsonNode operations =
                staff(CentreRole.OPERATOR).get("/api/v1/operations").expect(200);
        assertThat(operations.path("processes").valueStream()).anySatisfy(p -> {
            assertThat(p.path("pid").asLong()).isEqualTo(ProcessHandle.current().pid());
            assertThat(p.path("state").asString()).isEqualTo("SERVING");
            assertThat(p.path("lost").asBoolean()).isFalse();
        });
    }

    @Test
    void workThatFailsAgainAndAgainIsToldAndTriedAgainWhenAskedFor() {
        Client operator = staff(CentreRole.OPERATOR);
        // No mail has this number: the item is taken as done when it runs.
        String item = UUID.randomUUID().toString();
        insertFailing(item);
        watch.look();
        JsonNode operations = operator.get("/api/v1/operations").expect(200);
        JsonNode finding = finding(operations, "work-failing", "send-mail");
        assertThat(finding.path("severity").asString()).isEqualTo("WARNING");
        assertThat(finding.path("sentence").asString()).contains("send-mail");
        assertThat(operations.path("status").asString()).isNotEqualTo("OK");
        JsonNode failing = operations
                .path("failing")
                .valueStream()
                .filter(f -> f.path("item").asString().equals(item))
                .findFirst()
                .orElseThrow();
        assertThat(failing.path("summary").asString()).isEqualTo("MailSendException: nobody is at home");

        operator.post("/api/v1/operations/work", "{\"task\": \"send-mail\", \"item\": \"%s\"}".formatted(item))
                .expect(204);
        await(() -> jdbc.sql("SELECT count(*) FROM scheduled_tasks WHERE task_instance = :item")
                        .param("item", item)
                        .query(Long.class)
                        .single()
                == 0);
        assertThat(jdbc.sql("SELECT count(*) FROM audit_entry WHERE action = 'work.rerun' AND person_id = :who")
                        .param("who", operator.person().value())
                        .query(Long.class)
                        .single())
                .isEqualTo(1);
        operator.post("/api/v1/operations/work", "{\"task\": \"send-mail\", \"item\": \"%s\"}".formatted(item))
                .expectProblem(409, "work-not-waiting");
    }

    @Test
    void aFindingKeepsItsSinceWhileItLastsAndGoesWhenItIsPutRight() {
        UUID self = java.util.Objects.requireNonNull(processes.self()).id();
        String subject = UUID.randomUUID().toString();
        HealthFinding finding = HealthFinding.of(
                        Severity.WARNING, "check-failed", "operations.finding.check-failed", "a", "b")
                .about(subject);
        Instant first = Instant.parse("2026-01-01T00:00:00Z");
        findings.replace(self, List.of(finding), first, first);
        findings.replace(self, List.of(finding), first.plusSeconds(60), first);
        assertThat(since(self, subject)).isEqualTo(first);
        findings.replace(self, List.of(), first.plusSeconds(90), first);
        assertThat(findings.list(List.of(self)))
                .noneMatch(f -> f.finding().subject().equals(subject));
    }

    @Test
    void theSameFindingOfSeveralProcessesIsToldOnceWithTheWorstSeverity() {
        UUID a = UUID.randomUUID();
        UUID b = UUID.randomUUID();
        HealthFinding warning =
                HealthFinding.of(Severity.WARNING, "disk-full", "k").since(Instant.EPOCH);
        HealthFinding critical =
                HealthFinding.of(Severity.CRITICAL, "disk-full", "k").since(Instant.MAX);
        HealthFinding notice =
                HealthFinding.of(Severity.NOTICE, "mail-unset", "k").since(Instant.EPOCH);
        var merged = Watch.merged(
                List.of(
                        new FindingTable.Found(a, notice),
                        new FindingTable.Found(a, warning),
                        new FindingTable.Found(b, critical)),
                Map.of(a, "a:1", b, "b:1"));
        assertThat(merged).hasSize(2);
        assertThat(merged.getFirst().finding().severity()).isEqualTo(Severity.CRITICAL);
        assertThat(merged.getFirst().finding().since()).isEqualTo(Instant.EPOCH);
        assertThat(merged.getFirst().hosts()).isEmpty();
        assertThat(merged.getLast().hosts()).containsExactly("a:1");
    }

    @Test
    void aProcessThatVanishedIsToldUntilAnotherTakesItsPlace() {
        UUID lost = UUID.randomUUID();
        Instant seen = Instant.now().minusSeconds(120);
        insertProcess(lost, "vanished.example.org", seen);
        watch.look();
        Client operator = staff(CentreRole.OPERATOR);
        assertThat(finding(operator.get("/api/v1/operations").expect(200), "process-lost", lost.toString())
                        .path("sentence")
                        .asString())
                .contains("vanished.example.org:8080");
        UUID successor = UUID.randomUUID();
        insertProcess(successor, "vanished.example.org", Instant.now().plusSeconds(3600));
        try {
            watch.look();
            assertThat(operator.get("/api/v1/operations")
                            .expect(200)
                            .path("findings")
                            .valueStream())
                    .noneMatch(f -> f.path("subject").asString("").equals(lost.toString()));
        } finally {
            jdbc.sql("DELETE FROM farga_process WHERE id IN (:a, :b)")
                    .param("a", lost)
                    .param("b", successor)
                    .update();
        }
    }

    @Test
    void anEventThatNoListenerTookIsDeliveredAgainByTheButton() {
        Client operator = staff(CentreRole.OPERATOR);
        operator.post("/api/v1/operations/events/%s/resubmission".formatted(UUID.randomUUID()), "")
                .expectProblem(409, "event-taken");
        assertThat(operator.post("/api/v1/operations/events/resubmission", "")
                        .expect(200)
                        .path("events")
                        .isNumber())
                .isTrue();
        assertThat(jdbc.sql("SELECT count(*) FROM audit_entry WHERE action = 'events.resubmitted' AND person_id = :who")
                        .param("who", operator.person().value())
                        .query(Long.class)
                        .single())
                .isEqualTo(1);
    }

    @Test
    void withoutAMailServerATestMailIsRefusedWithWhatToDo() {
        assertThat(staff(CentreRole.OPERATOR)
                        .post("/api/v1/operations/test-mail", "")
                        .expectProblem(409, "mail-unset")
                        .path("detail")
                        .asString())
                .contains("spring.mail.host");
    }

    @Test
    void thePageSaysWhatToDoInTheReadersLanguage() {
        String item = UUID.randomUUID().toString();
        insertFailing(item);
        watch.look();
        watch.sample();
        Client operator = staff(CentreRole.OPERATOR);
        Browser browser = new Browser(address()).signIn(operator.email(), PASSWORD);
        assertThat(browser.get("/operations").body())
                .contains("fails again and again", item, "MailSendException: nobody is at home", "Try now");
        assertThat(operator.get("/api/v1/operations", "Accept-Language", "ca").body())
                .contains("falla una vegada");
        assertThat(browser.get("/").body()).contains("wrong with the installation");
        var done = browser.submit("/operations", "/operations/work", "task", "send-mail", "item", item);
        assertThat(done.statusCode()).isEqualTo(302);
    }

    private Instant since(UUID self, String subject) {
        return findings.list(List.of(self)).stream()
                .filter(f -> f.finding().subject().equals(subject))
                .findFirst()
                .orElseThrow()
                .finding()
                .since();
    }

    private static JsonNode finding(JsonNode operations, String name, String subject) {
        return operations
                .path("findings")
                .valueStream()
                .filter(f -> f.path("name").asString().equals(name)
                        && f.path("subject").asString("").equals(subject))
                .findFirst()
                .orElseThrow(
                        () -> new AssertionError(operations.path("findings").toString()));
    }

    private void insertFailing(String item) {
        jdbc.sql("""
                INSERT INTO scheduled_tasks (task_name, task_instance, execution_time, picked, consecutive_failures,
                                             last_failure, version)
                VALUES ('send-mail', :item, now() + interval '1 hour', false, 7, now(), 1)""").param("item", item).update();
        jdbc.sql("""
                INSERT INTO failure (kind, name, instance, at, summary)
                VALUES ('WORK', 'send-mail', :item, now(), 'MailSendException: nobody is at home')""").param("item", item).update();
    }

    private void insertProcess(UUID id, String host, Instant at) {
        jdbc.sql("""
                INSERT INTO farga_process (id, host, port, pid, version, state, started_at, seen_at)
                VALUES (:id, :host, 8080, 1, 'x', 'SERVING', :at, :at)""")
                .param("id", id)
                .param("host", host)
                .param("at", Timestamps.utc(at))
                .update();
    }

    private static void await(java.util.function.BooleanSupplier done) {
        Instant deadline = Instant.now().plusSeconds(60);
        while (!done.getAsBoolean() && Instant.now().isBefore(deadline)) {
            try {
                Thread.sleep(100);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        assertThat(done.getAsBoolean()).isTrue();
    }
}
