package org.farga.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.farga.Browser;
import org.farga.HttpTest;
import org.farga.platform.PersonalData;
import org.farga.platform.PersonalData.Fate;
import org.farga.platform.PersonalData.FreeText;
import org.farga.shared.CentreRole;
import org.farga.shared.EmailAddress;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** Requests to be forgotten that an administrator enters, with what they do and what they leave. */
class ErasuresTest extends HttpTest {
    @Autowired
    private List<PersonalData> modules;

    @Autowired
    private Erasures erasures;

    @Autowired
    private FreeTextTable texts;

    /** Somebody with a name that stands nowhere else, who wrote it into a proposal and gave it to a job. */
    private Client person() {
        Client client = signUp("Zenobia");
        client.patch(
                        "/api/v1/me",
                        "{\"name\": \"Zenobia Quist %s\"}"
                                .formatted(UUID.randomUUID().toString().substring(0, 6)),
                        "If-Match",
                        client.get("/api/v1/me").header("ETag"))
                .expect(200);
        return client;
    }

    private String name(Client client) {
        return client.get("/api/v1/me").expect(200).path("name").asString();
    }

    private String organisationNamedIn(Client founder, String reason) {
        String organisation = organisationOf(founder);
        jdbc.sql("""
                        INSERT INTO organisation_closing (organisation_id, begun_by, begun_at, reason, closes_at, called_off_at, called_off_by)
                        VALUES (:organisation, :person, now() - interval '2 days', :reason, now() + interval '30 days', now(), :person)""")
                .param("organisation", UUID.fromString(organisation))
                .param("person", founder.person().value())
                .param("reason", reason)
                .update();
        return organisation;
    }

    private JsonNode search(Client administrator, Client whom) {
        Answered asked = administrator.post("/api/v1/persons/" + whom.person() + "/erasure/searches", null);
        asked.expect(201);
        await().atMost(Duration.ofSeconds(60))
                .until(() ->
                        administrator.get(asked.header("Location")).expect(200).has("endedAt"));
        return administrator.get(asked.header("Location")).expect(200).path("findings");
    }

    private void due(Client whom) {
        jdbc.sql("UPDATE erasure_request SET due_at = asked_at WHERE person_id = :person AND done_at IS NULL")
                .param("person", whom.person().value())
                .update();
        erasures.eraseDue();
    }

    private Map<String, Long> counts(UUID person, EmailAddress email) {
        return texts.count(
                modules.stream().flatMap(m -> m.sections().stream()).toList(),
                new org.farga.shared.PersonId(person),
                email);
    }

    @Test
    void onlyAnAdministratorPreparesAndEntersARequestForAnother() {
        Client ana = person();
        String path = "/api/v1/persons/" + ana.person() + "/erasure";
        for (Client other : List.of(signUp("Eve"), staff(CentreRole.OPERATOR), staff(CentreRole.AUDITOR))) {
            other.get("/api/v1/erasures").expectProblem(404, "not-found");
            other.get(path).expectProblem(404, "not-found");
            other.post(path + "/searches", null).expectProblem(404, "not-found");
            assertThat(new Browser(address())
                            .signIn(other.email(), PASSWORD)
                            .get("/centre/erasures/" + ana.person())
                            .statusCode())
                    .isEqualTo(404);
        }
        Client administrator = staff(CentreRole.ADMINISTRATOR);
        administrator
                .put(path, "{\"confirmation\": \"%s\"}".formatted(ana.email()))
                .expectProblem(422, "invalid-fields");
        administrator
                .put(
                        path,
                        "{\"confirmation\": \"%s\", \"reason\": \"Letter\", \"redactions\": [\"terms-text x 1\"]}"
                                .formatted(ana.email()))
                .expectProblem(422, "invalid-fields");
        administrator
                .put(path, "{\"confirmation\": \"%s\", \"reason\": \"Letter of 3 May\"}".formatted(ana.email()))
                .expect(200);
        JsonNode listed =
                administrator.get("/api/v1/erasures").expect(200).path("items").get(0);
        assertThat(listed.path("person").asString()).isEqualTo(ana.person().toString());
        assertThat(listed.path("state").asString()).isEqualTo("WAITING");
        assertThat(listed.path("reason").asString()).isEqualTo("Letter of 3 May");
        // Whom it is about may cancel it.
        assertThat(ana.delete("/api/v1/me/erasure").status()).isEqualTo(204);
    }

    @Test
    void whatTheDryRunSaysIsWhatHappens() {
        Client ana = person();
        organisationNamedIn(ana, "No reason");
        new Browser(address()).signIn(ana.email(), PASSWORD).get("/account/data");
        ana.put("/api/v1/me/consents/NEWS_MAIL", null).expect(200);
        Client administrator = staff(CentreRole.ADMINISTRATOR);
        String path = "/api/v1/persons/" + ana.person() + "/erasure";
        Map<String, Long> told = new TreeMap<>();
        administrator
                .get(path)
                .expect(200)
                .path("plan")
                .forEach(l ->
                        told.put(l.path("section").asString(), l.path("rows").asLong()));
        assertThat(told).containsKeys("person", "password", "tokens", "memberships", "audit", "consents", "closings");
        administrator
                .put(path, "{\"confirmation\": \"%s\", \"reason\": \"Letter\"}".formatted(ana.email()))
                .expect(200);
        EmailAddress email = new EmailAddress(ana.email());
        Map<String, Long> before = counts(ana.person().value(), email);
        due(ana);

        Map<String, Long> after = counts(ana.person().value(), email);
        Map<Fate, Set<String>> sections = modules.stream()
                .flatMap(m -> m.sections().stream())
                .collect(Collectors.groupingBy(
                        PersonalData.Section::fate,
                        Collectors.mapping(PersonalData.Section::name, Collectors.toSet())));
        assertThat(sections.keySet()).containsExactlyInAnyOrder(Fate.values());
        for (String erased : sections.get(Fate.ERASED)) {
            assertThat(after.get(erased)).as(erased).isZero();
        }
        for (Fate fate : List.of(Fate.RECORD, Fate.DECISION, Fate.WORK)) {
            for (String kept : sections.get(fate)) {
                assertThat(after.get(kept)).as(kept).isGreaterThanOrEqualTo(before.get(kept));
            }
        }
        JsonNode done =
                administrator.get("/api/v1/erasures").expect(200).path("items").get(0);
        assertThat(done.path("state").asString()).isEqualTo("DONE");
        assertThat(done.path("redacted").asLong()).isZero();
        assertThat(new Browser(address())
                        .signIn(administrator.email(), PASSWORD)
                        .get("/centre/erasures/" + ana.person())
                        .body())
                .contains("What is left names nobody");
    }

    @Test
    void freeTextThatNamesThemIsFoundAndTakenOutWhereSomebodySaysSo() {
        Client ana = person();
        String name = name(ana);
        String named = "Asked by " + name.toUpperCase(java.util.Locale.ROOT) + " (" + ana.email() + "), who leaves.";
        String organisation = organisationNamedIn(ana, named);
        Client administrator = staff(CentreRole.ADMINISTRATOR);

        JsonNode findings = search(administrator, ana);
        assertThat(findings).hasSize(1);
        JsonNode found = findings.get(0);
        assertThat(found.path("text").asString()).isEqualTo("closing-reason");
        assertThat(found.path("link").asString()).isEqualTo("/organisations/" + organisation);
        assertThat(found.path("excerpt").asString()).contains("Asked by", ana.email());

        administrator
                .put(
                        "/api/v1/persons/" + ana.person() + "/erasure",
                        "{\"confirmation\": \"%s\", \"reason\": \"By telephone\", \"redactions\": [\"%s\"]}"
                                .formatted(ana.email(), found.path("place").asString()))
                .expect(200);
        due(ana);
        assertThat(jdbc.sql("SELECT reason FROM organisation_closing WHERE organisation_id = :id")
                        .param("id", UUID.fromString(organisation))
                        .query(String.class)
                        .single())
                .isEqualTo("Asked by … (…), who leaves.");
        assertThat(jdbc.sql("SELECT count(*) FROM erasure_search WHERE person_id = :id")
                        .param("id", ana.person().value())
                        .query(Integer.class)
                        .single())
                .as("excerpts go with the person")
                .isZero();
        assertThat(jdbc.sql("SELECT (result ->> 'redacted')::int FROM erasure_request WHERE person_id = :id")
                        .param("id", ana.person().value())
                        .query(Integer.class)
                        .single())
                .isEqualTo(1);
    }

    @Test
    void everyFreeTextCanBeSearchedAndWhatIsRedactableIsNoFinalRecord() {
        EmailAddress nobody = new EmailAddress("nobody-" + UUID.randomUUID() + "@example.org");
        for (PersonalData module : modules) {
            for (FreeText text : module.freeTexts()) {
                assertThat(texts.search(text, "Nobody (of) [that] name+", nobody))
                        .as(text.name())
                        .isEmpty();
                if (text.redactable()) {
                    assertThat(texts.redact(text, "nothing", "Nobody of that name", nobody))
                            .isFalse();
                    assertThat(jdbc.sql("""
                                    SELECT count(*) FROM information_schema.triggers
                                    WHERE event_object_schema = current_schema() AND event_object_table = :table
                                      AND event_manipulation = 'UPDATE' AND action_timing = 'BEFORE'""")
                                    .param("table", text.table())
                                    .query(Integer.class)
                                    .single())
                            .as(text.table() + " lets itself be changed")
                            .isZero();
                }
            }
        }
    }

    @Test
    void aNameIsFoundAsWordsOfItsOwnInAnyCase() {
        EmailAddress email = new EmailAddress("ana.ros@example.org");
        Map<String, Boolean> expected = Map.of(
                "by Ana Ros", true,
                "ANA  ROS, lead", true,
                "write to Ana.Ros@Example.org", true,
                "Susana Rosell", false,
                "ana-ros@example.org", false);
        expected.forEach((text, found) -> assertThat(jdbc.sql("SELECT :text ~* :pattern")
                        .param("text", text)
                        .param("pattern", ErasureSearch.pattern("Ana Ros", email))
                        .query(Boolean.class)
                        .single())
                .as(text)
                .isEqualTo(found));
        assertThat(ErasureSearch.pattern("Al", email)).as("too short a name").doesNotContain("Al");
    }

    @Test
    void anAdministratorDoesItAllOnPages() {
        Client ana = person();
        organisationNamedIn(ana, "Asked by " + name(ana));
        Client administrator = staff(CentreRole.ADMINISTRATOR);
        Browser browser = new Browser(address()).signIn(administrator.email(), PASSWORD);
        assertThat(browser.get("/centre").body()).contains("href=\"/centre/erasures\"");
        assertThat(browser.get("/centre/erasures").body()).contains("Enter a request");
        assertThat(browser.submit("/centre/erasures", "/centre/erasures", "email", "nobody@example.org")
                        .statusCode())
                .isEqualTo(422);
        String page = "/centre/erasures/" + ana.person();
        assertThat(browser.submit("/centre/erasures", "/centre/erasures", "email", ana.email())
                        .headers()
                        .firstValue("Location")
                        .orElse(""))
                .endsWith(page);
        assertThat(browser.get(page).body()).contains("What would happen", "Is erased", "Search all free text");
        search(administrator, ana);
        String body = browser.get(page).body();
        assertThat(body).contains("Reason for closing an organisation");
        String place = body.replaceFirst("(?s).*name=\"place\" value=\"([^\"]+)\".*", "$1");
        assertThat(browser.submit(page, page, "confirmation", "x@example.org", "reason", "Letter", "place", place)
                        .statusCode())
                .isEqualTo(422);
        assertThat(browser.submit(page, page, "confirmation", ana.email(), "reason", "Letter", "place", place)
                        .statusCode())
                .isBetween(300, 399);
        assertThat(browser.get(page).body()).contains("A request is open", "Letter", "Cancel the request");
        browser.submit(page, page + "/cancellation");
        assertThat(browser.get(page).body()).contains("Cancelled", "What would happen");
    }
}
