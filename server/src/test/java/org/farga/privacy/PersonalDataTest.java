package org.farga.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.farga.Browser;
import org.farga.HttpTest;
import org.farga.platform.Messages;
import org.farga.platform.PersonalData;
import org.farga.platform.Settings;
import org.farga.shared.CentreRole;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

class PersonalDataTest extends HttpTest {
    /** Columns about persons that have no foreign key to tell so. */
    private static final List<String> WITHOUT_KEY = List.of(
            "person.id",
            "invitation.email",
            "outgoing_mail.recipient",
            "sign_in_failure.email",
            "spring_session.principal_name");

    @Autowired
    private List<PersonalData> modules;

    @Autowired
    private Erasures erasures;

    @Autowired
    private Retentions retentions;

    @Autowired
    private Settings settings;

    @Autowired
    private Messages messages;

    private Set<String> columnsAboutPersons() {
        Set<String> columns = new TreeSet<>(jdbc.sql("""
                        SELECT c.conrelid::regclass || '.' || a.attname
                        FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
                        WHERE c.contype = 'f' AND c.confrelid = 'person'::regclass
                        UNION
                        SELECT table_name || '.' || column_name FROM information_schema.columns
                        WHERE table_schema = current_schema() AND data_type = 'uuid'
                          AND (column_name LIKE '%person%' OR column_name LIKE '%\\_by')""").query(String.class).list());
        // Keys that vouch for keys are no persons.
        columns.addAll(WITHOUT_KEY);
        return columns;
    }

    @Test
    void everyColumnAboutAPersonIsToldToThePersonOrIsAnExceptionWithItsReason() {
        Set<String> covered = new TreeSet<>();
        modules.forEach(m -> {
            m.sections().forEach(s -> covered.addAll(s.columns()));
            m.exceptions().forEach((column, reason) -> {
                assertThat(reason).as(column).hasSizeGreaterThan(20);
                covered.add(column);
            });
        });
        assertThat(columnsAboutPersons()).hasSizeGreaterThan(30);
        assertThat(covered)
                .as("each column about a person stands in a section of a PersonalData bean, or in its exceptions")
                .containsAll(columnsAboutPersons());
    }

    @Test
    void everySectionAndRuleHasItsWords() {
        modules.forEach(m -> {
            m.sections()
                    .forEach(s -> assertThat(messages.has("privacy.section." + s.name()))
                            .as("privacy.section.%s", s.name())
                            .isTrue());
            m.freeTexts()
                    .forEach(t -> assertThat(messages.has("privacy.text." + t.name()))
                            .as("privacy.text.%s", t.name())
                            .isTrue());
            m.retention()
                    .forEach(r -> assertThat(messages.has("privacy.retention." + r.name()))
                            .as("privacy.retention.%s", r.name())
                            .isTrue());
        });
    }

    private Map<String, String> export(Client client) throws IOException {
        String path = client.post("/api/v1/me/data-exports", null).header("Location");
        await().atMost(Duration.ofSeconds(60))
                .until(() ->
                        client.get(path).expect(200).path("state").asString().equals("READY"));
        Map<String, String> files = new HashMap<>();
        try (HttpClient http = HttpClient.newHttpClient();
                ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(http.send(
                                HttpRequest.newBuilder(URI.create(address() + path + "/file"))
                                        .header("Authorization", "Bearer " + client.token())
                                        .build(),
                                BodyHandlers.ofByteArray())
                        .body()))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                files.put(entry.getName(), new String(zip.readAllBytes(), StandardCharsets.UTF_8));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        signUpStranger(path);
        return files;
    }

    /** A copy is nobody else's. */
    private void signUpStranger(String path) {
        Client eve = signUp("Eve");
        eve.get(path).expectProblem(404, "not-found");
        eve.get(path + "/file", "Accept", "application/zip").expectProblem(404, "not-found");
    }

    @Test
    void aCopyHoldsWhatIsKeptAboutAPerson() throws IOException {
        Client ana = signUp("Ana");
        ana.patch(
                        "/api/v1/me",
                        "{\"name\": \"Ana <b>\"}",
                        "If-Match",
                        ana.get("/api/v1/me").header("ETag"))
                .expect(200);
        organisationOf(ana);
        Map<String, String> files = export(ana);
        assertThat(JSON.readTree(files.get("person.json")).get(0).path("email").asString())
                .isEqualTo(ana.email());
        assertThat(JSON.readTree(files.get("organisations.json"))
                        .get(0)
                        .path("name")
                        .asString())
                .isEqualTo("Forja Vision SL");
        assertThat(files.get("audit.json")).contains("organisation.founded", "data-export.requested");
        assertThat(files.get("tokens.json")).doesNotContain("sha256");
        assertThat(files.get("index.html"))
                .contains("Ana &lt;b&gt;", "Forja Vision SL")
                .doesNotContain("<b>");
        assertThat(files.keySet())
                .containsAll(modules.stream()
                        .flatMap(m -> m.sections().stream())
                        .map(s -> s.name() + ".json")
                        .toList());
        for (Map.Entry<String, String> file : files.entrySet()) {
            if (file.getKey().endsWith(".json")) {
                assertThat(JSON.readTree(file.getValue()).isArray()).isTrue();
            }
        }
    }

    @Test
    void forgettingIsAskedForConfirmedAndCanBeCancelled() {
        Client ana = signUp("Ana");
        ana.put("/api/v1/me/erasure", "{\"confirmation\": \"other@example.org\"}")
                .expectProblem(422, "invalid-fields");
        JsonNode asked = ana.put("/api/v1/me/erasure", "{\"confirmation\": \"%s\"}".formatted(ana.email()))
                .expect(200);
        assertThat(asked.path("dueAt").asString()).isNotEmpty();
        ana.put("/api/v1/me/erasure", "{\"confirmation\": \"%s\"}".formatted(ana.email()))
                .expectProblem(409, "erasure-open");
        assertThat(ana.delete("/api/v1/me/erasure").status()).isEqualTo(204);
        ana.delete("/api/v1/me/erasure").expectProblem(404, "not-found");
        erasures.eraseDue();
        ana.get("/api/v1/me").expect(200);
    }

    @Test
    void whoOwesSomethingIsToldWhatToDoFirst() {
        Client ana = signUp("Ana");
        Client ben = signUp("Ben");
        String organisation = organisationOf(ana);
        jdbc.sql("INSERT INTO membership (organisation_id, person_id, role, since) VALUES (:o, :p, 'MEMBER', now())")
                .param("o", UUID.fromString(organisation))
                .param("p", ben.person().value())
                .update();
        assertThat(ana.get("/api/v1/me/erasure")
                        .expect(200)
                        .path("obstacles")
                        .get(0)
                        .path("sentence")
                        .asString())
                .contains("only owner of Forja Vision SL");
        ana.put("/api/v1/me/erasure", "{\"confirmation\": \"%s\"}".formatted(ana.email()))
                .expectProblem(409, "erasure-obstacles");
        ben.get("/api/v1/persons/" + ana.person() + "/erasure").expectProblem(404, "not-found");
        staff(CentreRole.ADMINISTRATOR)
                .get("/api/v1/persons/" + ana.person() + "/erasure")
                .expect(200);
    }

    @Test
    void whoIsForgottenIsNamedNowhereAndTheLogStillProvesItself() throws IOException {
        String name = "Xanthippe-" + UUID.randomUUID().toString().substring(0, 8);
        Client ana = signUp(name);
        Client ben = signUp("Ben");
        String organisation = organisationOf(ana);
        jdbc.sql("INSERT INTO membership (organisation_id, person_id, role, since) VALUES (:o, :p, 'OWNER', now())")
                .param("o", UUID.fromString(organisation))
                .param("p", ben.person().value())
                .update();
        // Every way a name or address comes to rest: an invitation, mail, a role, a new name, another's news, a
        // session.
        ana.post("/api/v1/organisations/" + organisation + "/invitations", """
                {"email": "guest-%s@example.org", "role": "MEMBER"}""".formatted(
                        UUID.randomUUID().toString().substring(0, 8)));
        ben.post("/api/v1/organisations/" + organisationOf(ben) + "/invitations", """
                {"email": "%s", "role": "MEMBER"}""".formatted(ana.email()));
        Client administrator = staff(CentreRole.ADMINISTRATOR);
        new Browser(address()).signIn(ana.email(), PASSWORD).get("/account/data");
        String version = ana.get("/api/v1/me").header("ETag");
        ana.patch("/api/v1/me", "{\"name\": \"%s the Second\"}".formatted(name), "If-Match", version)
                .expect(200);
        jdbc.sql(
                        "INSERT INTO notification (id, person_id, at, message, arguments, link) VALUES (gen_random_uuid(), :ben, now(), 'x', :arguments::jsonb, '/')")
                .param("ben", ben.person().value())
                .param("arguments", "[\"" + name + " the Second\"]")
                .update();
        export(ana);
        List<String> ledgers = ledgers();
        long before =
                jdbc.sql("SELECT count(*) FROM audit_entry").query(Long.class).single();

        administrator
                .put(
                        "/api/v1/persons/" + ana.person() + "/erasure",
                        "{\"confirmation\": \"%s\", \"reason\": \"Letter of %s\"}".formatted(ana.email(), name))
                .expect(200);
        jdbc.sql("UPDATE erasure_request SET due_at = asked_at WHERE person_id = :person")
                .param("person", ana.person().value())
                .update();
        assertThat(places(name, ana.email())).isNotEmpty();
        erasures.eraseDue();

        assertThat(places(name, ana.email())).isEmpty();
        ana.get("/api/v1/me").expectProblem(401, "invalid-token");
        assertThat(ledgers()).isEqualTo(ledgers);
        assertThat(jdbc.sql("SELECT count(*) FROM audit_entry")
                        .query(Long.class)
                        .single())
                .isGreaterThan(before);
        Client auditor = staff(CentreRole.AUDITOR);
        Answered asked = auditor.post("/api/v1/audit/checks", null);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> auditor.get(asked.header("Location")).expect(200).has("endedAt"));
        assertThat(auditor.get(asked.header("Location")).expect(200).path("findings"))
                .isEmpty();
        assertThat(auditor.get(
                                "/api/v1/audit?person=" + ana.person() + "&action=person.renamed",
                                "Accept-Language",
                                "en")
                        .expect(200)
                        .path("items")
                        .get(0)
                        .path("sentence")
                        .asString())
                .isEqualTo("Changed their name from (erased) to (erased)");
    }

    /** What must not change by a person's going: the entries of the audit log, usage, agreements, proposals' events. */
    private List<String> ledgers() {
        List<String> all = new ArrayList<>();
        for (String table :
                List.of("usage_record", "agreement", "proposal_event", "size_declaration", "model_version")) {
            all.addAll(jdbc.sql("SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM " + table + " t")
                    .query((row, n) -> table + row.getString(1))
                    .list());
        }
        return all;
    }

    /** The tables and files in which either text stands, in any case. */
    private List<String> places(String name, String email) throws IOException {
        List<String> places = new ArrayList<>();
        List<String> tables = jdbc.sql(
                        "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()")
                .query(String.class)
                .list();
        for (String table : tables) {
            int rows = jdbc.sql(
                            "SELECT count(*) FROM \"" + table + "\" t WHERE t::text ILIKE :name OR t::text ILIKE :email"
                                    + " OR t::text ILIKE :nameBytes OR t::text ILIKE :emailBytes")
                    .param("name", "%" + name + "%")
                    .param("email", "%" + email + "%")
                    .param(
                            "nameBytes",
                            "%" + java.util.HexFormat.of().formatHex(name.getBytes(StandardCharsets.UTF_8)) + "%")
                    .param(
                            "emailBytes",
                            "%" + java.util.HexFormat.of().formatHex(email.getBytes(StandardCharsets.UTF_8)) + "%")
                    .query(Integer.class)
                    .single();
            if (rows > 0) {
                places.add(table);
            }
        }
        try (var files = Files.walk(settings.data())) {
            // The private server's own files keep what was written until it tidies up.
            for (Path file : files.filter(f -> !f.startsWith(settings.data().resolve("postgres")))
                    .filter(Files::isRegularFile)
                    .toList()) {
                try (InputStream in = Files.newInputStream(file)) {
                    String text = new String(in.readNBytes(10_000_000), StandardCharsets.ISO_8859_1);
                    if (text.contains(name) || text.contains(email)) {
                        places.add(file.toString());
                    }
                }
            }
        }
        return places;
    }

    @Test
    void consentIsGivenWithTheTextThatWasShownAndTakenBack() {
        Client ana = signUp("Ana");
        assertThat(ana.get("/api/v1/me/consents").expect(200)).hasSize(3);
        JsonNode given = ana.put("/api/v1/me/consents/NEWS_MAIL", null, "Accept-Language", "ca")
                .expect(200);
        assertThat(given.path("given").asBoolean()).isTrue();
        assertThat(jdbc.sql("""
                        SELECT count(*) FROM consent c JOIN consent_text t USING (purpose, version, language)
                        WHERE c.person_id = :person AND c.language = 'ca' AND c.text_sha256 = sha256(t.text::bytea)""")
                        .param("person", ana.person().value())
                        .query(Integer.class)
                        .single())
                .isEqualTo(1);
        assertThat(ana.delete("/api/v1/me/consents/NEWS_MAIL")
                        .expect(200)
                        .path("given")
                        .asBoolean())
                .isFalse();
        assertThat(ana.get("/api/v1/me/consents").expect(200).toString()).contains("withdrawnAt");
    }

    @Test
    void newsGoesToThoseWhoAgreeAndToNobodyElse() {
        Client ana = signUp("Ana");
        Client ben = signUp("Ben");
        Client eve = signUp("Eve");
        ana.put("/api/v1/me/consents/NEWS_MAIL", null).expect(200);
        eve.put("/api/v1/me/consents/NEWS_MAIL", null).expect(200);
        eve.delete("/api/v1/me/consents/NEWS_MAIL").expect(200);
        String news = "{\"subject\": \"A new call\", \"text\": \"It opens on Monday.\"}";
        ben.post("/api/v1/news", news).expectProblem(404, "not-found");
        staff(CentreRole.ADMINISTRATOR).post("/api/v1/news", news).expect(201);
        assertThat(jdbc.sql("SELECT recipient FROM outgoing_mail WHERE subject = 'A new call'")
                        .query(String.class)
                        .list())
                .contains(ana.email())
                .doesNotContain(ben.email(), eve.email());
    }

    @Test
    void whatIsTooOldIsRemovedAndTheRuleSaysHowMuch() {
        Client administrator = staff(CentreRole.ADMINISTRATOR);
        Client ana = signUp("Ana");
        // Another test may have chosen a period of its own.
        jdbc.sql("DELETE FROM retention WHERE rule = 'notifications'").update();
        for (int days : new int[] {400, 10}) {
            jdbc.sql(
                            "INSERT INTO notification (id, person_id, at, message, arguments, link) VALUES (gen_random_uuid(), :p, now() - make_interval(days => :days), 'x', '[]', '/')")
                    .param("p", ana.person().value())
                    .param("days", days)
                    .update();
        }
        retentions.apply();
        assertThat(jdbc.sql("SELECT count(*) FROM notification WHERE person_id = :p")
                        .param("p", ana.person().value())
                        .query(Integer.class)
                        .single())
                .isEqualTo(1);
        JsonNode rules = administrator.get("/api/v1/retention").expect(200);
        JsonNode rule = rules.valueStream()
                .filter(r -> r.path("rule").asString().equals("notifications"))
                .findFirst()
                .orElseThrow();
        assertThat(rule.path("removed").asLong()).isPositive();
        assertThat(rules.findValuesAsString("rule")).contains("job-folders", "sent-mail", "tokens", "data-exports");
        administrator.put("/api/v1/retention/invitations", "{\"days\": 0}").expectProblem(422, "invalid-fields");
        assertThat(administrator
                        .put("/api/v1/retention/invitations", "{\"days\": 366}")
                        .expect(200)
                        .path("days")
                        .asInt())
                .isEqualTo(366);
        administrator.put("/api/v1/retention/nothing", "{\"days\": 5}").expectProblem(404, "not-found");
        ana.get("/api/v1/retention").expectProblem(404, "not-found");
        staff(CentreRole.OPERATOR)
                .put("/api/v1/retention/invitations", "{\"days\": 5}")
                .expectProblem(404, "not-found");
    }

    @Test
    void thePagesShowIt() {
        Client administrator = staff(CentreRole.ADMINISTRATOR);
        Browser browser = new Browser(address()).signIn(administrator.email(), PASSWORD);
        assertThat(browser.get("/account/data").body()).contains("Being forgotten", "News by e-mail", "Make a copy");
        assertThat(browser.get("/centre/retention").body()).contains("Folders of ended jobs");
        assertThat(browser.get("/centre/news").body()).contains("Only they are written to");
        assertThat(new Browser(address()).get("/privacy").body()).contains("controller of your data");
    }
}
