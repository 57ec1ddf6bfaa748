package org.farga.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.farga.Browser;
import org.farga.HttpTest;
import org.farga.platform.Messages;
import org.farga.shared.CentreRole;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataAccessException;

class AuditApiTest extends HttpTest {
    @Autowired
    private Messages messages;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE audit_entry SET action = 'nothing.happened'",
                "UPDATE audit_entry SET details = '{}'",
                "DELETE FROM audit_entry",
                "TRUNCATE audit_entry",
                "TRUNCATE audit_entry CASCADE"
            })
    void theDatabaseRefusesToChangeWhatIsWritten(String change) {
        signUp("Ana");
        int before = count();
        assertThatThrownBy(() -> jdbc.sql(change).update())
                .isInstanceOf(DataAccessException.class)
                .hasMessageContaining("append-only");
        assertThat(count()).isEqualTo(before).isPositive();
    }

    private int count() {
        return jdbc.sql("SELECT count(*) FROM audit_entry").query(Integer.class).single();
    }

    @Test
    void anAuditorReadsWhoDidWhatToWhatInTheirLanguage() {
        Client auditor = staff(CentreRole.AUDITOR);
        Client ana = signUp("Ana");
        String id = organisationOf(ana);
        var found = auditor.get("/api/v1/audit?subject=" + id, "Accept-Language", "es")
                .expect(200)
                .path("items");
        assertThat(found).hasSize(1);
        assertThat(found.get(0).path("sentence").asString()).isEqualTo("Fundó Forja Vision SL (España)");
        assertThat(found.get(0).path("personName").asString()).isEqualTo("Ana");
        assertThat(found.get(0).path("details").path("country").asString()).isEqualTo("ES");
    }

    @Test
    void theLogIsFilteredAndPaged() {
        Client auditor = staff(CentreRole.AUDITOR);
        Client ana = signUp("Ana");
        organisationOf(ana);
        organisationOf(ana);
        String person = "/api/v1/audit?person=" + ana.person();
        assertThat(auditor.get(person + "&action=organisation.founded")
                        .expect(200)
                        .path("items"))
                .hasSize(2);
        assertThat(auditor.get(person + "&action=organisation").expect(200).path("items"))
                .hasSize(2);
        assertThat(auditor.get(person + "&action=organ").expect(200).path("items"))
                .isEmpty();
        var first = auditor.get(person + "&limit=1").expect(200);
        assertThat(first.path("items").get(0).path("action").asString()).isEqualTo("organisation.founded");
        var second = auditor.get(
                        person + "&limit=10&cursor=" + first.path("next").asString())
                .expect(200);
        assertThat(second.path("items").findValuesAsString("action"))
                .containsExactly("organisation.founded", "token.issued", "person.signed-up");
        auditor.get("/api/v1/audit?cursor=nonsense").expectProblem(422, "bad-cursor");
    }

    @Test
    void onlyAuditorsAndAdministratorsFindTheLog() {
        staff(CentreRole.ADMINISTRATOR).get("/api/v1/audit?limit=1").expect(200);
        for (Client client : new Client[] {signUp("Eve"), staff(CentreRole.OPERATOR, CentreRole.ACCESS_OFFICER)}) {
            client.get("/api/v1/audit").expectProblem(404, "not-found");
            client.get("/api/v1/audit.csv", "Accept", "text/csv").expectProblem(404, "not-found");
            assertThat(new Browser(address())
                            .signIn(client.email(), PASSWORD)
                            .get("/audit")
                            .statusCode())
                    .isEqualTo(404);
        }
        stranger().get("/api/v1/audit").expectProblem(401, "sign-in-required");
    }

    @Test
    void theExportHoldsOneLineAnEntryAndNoFormula() {
        Client auditor = staff(CentreRole.AUDITOR);
        Client ana = signUp("=Ana");
        organisationOf(ana);
        var csv = auditor.get("/api/v1/audit.csv?person=" + ana.person());
        assertThat(csv.status()).as(csv.body()).isEqualTo(200);
        assertThat(csv.header("Content-Type")).startsWith("text/csv");
        List<String> lines = csv.body().lines().toList();
        assertThat(lines.getFirst())
                .isEqualTo("number,at,person,personName,action,subjectType,subject,sentence,details");
        assertThat(lines).hasSize(4);
        assertThat(lines.get(1)).contains(",'=Ana,organisation.founded,").contains("Founded Forja Vision SL (Spain)");
    }

    @Test
    void thePageFindsAPersonByAddress() {
        Client auditor = staff(CentreRole.AUDITOR);
        Client ana = signUp("Ana");
        organisationOf(ana);
        Browser browser = new Browser(address()).signIn(auditor.email(), PASSWORD);
        assertThat(browser.get("/audit?action=organisation&person=" + ana.email())
                        .body())
                .contains("Founded Forja Vision SL (Spain)");
        assertThat(browser.get("/audit?person=nobody@example.org").body()).contains("Nothing of the kind");
    }

    @Test
    void everyActionThatIsTakenDownHasItsSentence() throws IOException {
        Pattern call = Pattern.compile("audit\\s*\\.record(?:By|ByRule)?\\(([^;]*?)\"[a-z-]+\",\\s", Pattern.DOTALL);
        Pattern action = Pattern.compile("\"([a-z-]+\\.[a-z-]+)\"");
        List<String> actions = new ArrayList<>();
        try (var files = Files.walk(Path.of("src/main/java"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                var calls = call.matcher(Files.readString(file));
                while (calls.find()) {
                    var names = action.matcher(calls.group(1));
                    while (names.find()) {
                        actions.add(names.group(1));
                    }
                }
            }
        }
        assertThat(actions).contains("person.signed-up", "organisation.founded", "member.left");
        assertThat(actions)
                .allSatisfy(a -> assertThat(messages.has("audit." + a))
                        .as("message audit.%s", a)
                        .isTrue());
    }
}
