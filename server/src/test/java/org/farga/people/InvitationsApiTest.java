package org.farga.people;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.farga.Browser;
import org.farga.CapturedLog;
import org.farga.HttpTest;
import org.farga.shared.CentreRole;
import org.junit.jupiter.api.Test;

/** How people come into organisations, what they may do there, and how they go. */
class InvitationsApiTest extends HttpTest {
    private static String token(String link) {
        return link.substring(link.indexOf("token=") + 6);
    }

    private String invite(Client owner, String organisation, String email, String role) {
        var sent = owner.post("/api/v1/organisations/" + organisation + "/invitations", """
                        {"email": "%s", "role": "%s"}""".formatted(email, role))
                .expect(201);
        return token(sent.path("link").asString());
    }

    private Answered accept(Client client, String token) {
        return client.post("/api/v1/invitations/acceptance", """
                {"token": "%s"}""".formatted(token));
    }

    /** A member of an organisation, with this role. */
    private Client member(Client owner, String organisation, String role) {
        Client member = signUp("Member");
        accept(member, invite(owner, organisation, member.email(), role)).expect(201);
        return member;
    }

    private static String change(String role) {
        return """
                {"role": "%s"}""".formatted(role);
    }

    @Test
    void theLinksSecretIsNotInWhatIsPrinted() {
        assertThat(new InvitationsApi.Acceptance("farga_invitation_secret").toString())
                .doesNotContain("farga_invitation_secret");
    }

    @Test
    void whoeverHoldsTheLinkJoinsOnce() {
        Client ana = signUp("Ana");
        String id = organisationOf(ana);
        String token = invite(ana, id, "new@example.org", "MEMBER");
        Client eva = signUp("Eva");
        var membership = accept(eva, token).expect(201);
        assertThat(membership.path("organisation").asString()).isEqualTo(id);
        assertThat(membership.path("role").asString()).isEqualTo("MEMBER");
        eva.get("/api/v1/organisations/" + id).expect(200);
        assertThat(ana.get("/api/v1/organisations/" + id + "/invitations").expect(200))
                .isEmpty();
        accept(signUp("Ivo"), token).expectProblem(409, "invitation-invalid");
    }

    @Test
    void twoWhoUseOneLinkAtOnceDoNotBothJoin() {
        Client ana = signUp("Ana");
        String id = organisationOf(ana);
        String token = invite(ana, id, "new@example.org", "MEMBER");
        assertThat(atOnce(signUp("Eva"), signUp("Ivo"), client -> accept(client, token)))
                .containsExactlyInAnyOrder(201, 409);
    }

    @Test
    void neitherAWrongNorARevokedNorAnOldTokenTellsAnything() {
        Client ana = signUp("Ana");
        String id = organisationOf(ana);
        Client eva = signUp("Eva");
        accept(eva, "farga_invitation_guess").expectProblem(409, "invitation-invalid");
        accept(eva, "").expectProblem(409, "invitation-invalid");
        accept(eva, "x".repeat(5000)).expectProblem(409, "invitation-invalid");
        eva.post("/api/v1/invitations/acceptance", "{}").expectProblem(409, "invitation-invalid");
        stranger().post("/api/v1/invitations/acceptance", """
                        {"token": "farga_invitation_guess"}""").expectProblem(401, "sign-in-required");

        String revoked = invite(ana, id, "a@example.org", "MEMBER");
        var open = ana.get("/api/v1/organisations/" + id + "/invitations").expect(200);
        String path = "/api/v1/organisations/" + id + "/invitations/"
                + open.get(0).path("id").asString();
        ana.delete(path).expect(204);
        ana.delete(path).expectProblem(404, "not-found");
        accept(eva, revoked).expectProblem(409, "invitation-invalid");

        String old = invite(ana, id, "b@example.org", "MEMBER");
        jdbc.sql(
                        "UPDATE invitation SET created_at = now() - interval '15 days', expires_at = now() - interval '1 second'"
                                + " WHERE email = 'b@example.org' AND organisation_id = :id")
                .param("id", UUID.fromString(id))
                .update();
        accept(eva, old).expectProblem(409, "invitation-invalid");
    }

    @Test
    void anInvitationToTheSameAddressTakesThePlaceOfTheFirst() {
        Client ana = signUp("Ana");
        String id = organisationOf(ana);
        String first = invite(ana, id, "Same@example.org", "MEMBER");
        String second = invite(ana, id, "same@example.org", "OWNER");
        assertThat(ana.get("/api/v1/organisations/" + id + "/invitations").expect(200))
                .hasSize(1);
        accept(signUp("Eva"), first).expectProblem(409, "invitation-invalid");
        accept(signUp("Ivo"), second).expect(201);
    }

    @Test
    void theTokenIsNowhereInTheDatabase() {
        Client ana = signUp("Ana");
        String id = organisationOf(ana);
        String token = invite(ana, id, "c@example.org", "MEMBER");
        assertThat(jdbc.sql("SELECT count(*) FROM invitation i WHERE i::text LIKE '%' || :token || '%'")
                        .param("token", token)
                        .query(Integer.class)
                        .single())
                .isZero();
        assertThat(jdbc.sql("SELECT count(*) FROM outgoing_mail m WHERE m::text LIKE '%' || :token || '%'")
                        .param("token", token)
                        .query(Integer.class)
                        .single())
                .isZero();
        assertThat(jdbc.sql("SELECT count(*) FROM audit_entry a WHERE a::text LIKE '%' || :token || '%'")
                        .param("token", token)
                        .query(Integer.class)
                        .single())
                .isZero();
    }

    @Test
    void aRepeatedKeyInvitesOnceAndKeepsNoLink() {
        Client ana = signUp("Ana");
        String path = "/api/v1/organisations/" + organisationOf(ana) + "/invitations";
        String body = "{\"email\": \"f@example.org\"}";
        ana.post(path, body, "Idempotency-Key", "invite-1").expect(201);
        ana.post(path, body, "Idempotency-Key", "invite-1").expectProblem(409, "secret-shown-before");
        assertThat(jdbc.sql(
                                "SELECT count(*) FROM idempotency_key WHERE person_id = :person AND response_body IS NOT NULL"
                                        + " AND key = 'invite-1'")
                        .param("person", ana.person().value())
                        .query(Integer.class)
                        .single())
                .isZero();
    }

    @Test
    void onlyOwnersInviteAndSeeInvitations() {
        Client ana = signUp("Ana");
        String id = organisationOf(ana);
        String path = "/api/v1/organisations/" + id + "/invitations";
        Client eva = member(ana, id, "MEMBER");
        eva.post(path, "{\"email\": \"d@example.org\"}").expectProblem(403, "owners-only");
        eva.get(path).expectProblem(404, "not-found");
        signUp("Eve").post(path, "{\"email\": \"d@example.org\"}").expectProblem(404, "not-found");
        staff(CentreRole.ADMINISTRATOR).get(path).expectProblem(404, "not-found");
        ana.post(path, "{\"email\": \"no address\"}").expectProblem(422, "invalid-fields");
        ana.post(path, "{}").expectProblem(422, "invalid-fields");
        ana.post(path, "{\"email\": \"%s\"}".formatted(eva.email())).expectProblem(409, "already-member");
    }

    @Test
    void openInvitationsAreBounded() {
        Client ana = signUp("Ana");
        String id = organisationOf(ana);
        jdbc.sql("""
                        INSERT INTO invitation (id, organisation_id, email, role, sha256, invited_by, created_at, expires_at)
                        SELECT gen_random_uuid(), :organisation, n || '@example.org', 'MEMBER',
                               sha256(convert_to(:organisation || n::text, 'UTF8')), :person, now(), now() + interval '1 day'
                        FROM generate_series(1, 200) n""")
                .param("organisation", UUID.fromString(id))
                .param("person", ana.person().value())
                .update();
        ana.post("/api/v1/organisations/" + id + "/invitations", "{\"email\": \"d@example.org\"}")
                .expectProblem(409, "too-many-invitations");
        ana.post("/api/v1/organisations/" + id + "/invitations", "{\"email\": \"1@example.org\"}")
                .expect(201);
    }

    @Test
    void ownersChangeRolesAndTakePeopleOut() {
        Client ana = signUp("Ana");
        String id = organisationOf(ana);
        Client eva = member(ana, id, "MEMBER");
        String evas = "/api/v1/organisations/" + id + "/members/" + eva.person();
        eva.put(evas, change("OWNER")).expectProblem(403, "owners-only");
        assertThat(ana.put(evas, change("OWNER")).expect(200).path("role").asString())
                .isEqualTo("OWNER");
        eva.delete("/api/v1/organisations/" + id + "/members/" + ana.person()).expect(204);
        ana.get("/api/v1/organisations/" + id).expectProblem(404, "not-found");
        eva.put("/api/v1/organisations/" + id + "/members/" + ana.person(), change("MEMBER"))
                .expectProblem(404, "not-found");
        eva.put(evas, "{}").expectProblem(422, "invalid-fields");
    }

    @Test
    void anOrganisationIsNeverLeftWithoutAnOwner() {
        Client ana = signUp("Ana");
        String id = organisationOf(ana);
        String anas = "/api/v1/organisations/" + id + "/members/" + ana.person();
        ana.delete(anas).expectProblem(409, "last-owner");
        ana.put(anas, change("MEMBER")).expectProblem(409, "last-owner");
        Client eva = member(ana, id, "OWNER");
        assertThat(atOnce(ana, eva, c -> c.delete("/api/v1/organisations/" + id + "/members/" + c.person())))
                .containsExactlyInAnyOrder(204, 409);
    }

    @Test
    void twoOwnersWhoDemoteEachOtherAtOnceLeaveOne() {
        Client ana = signUp("Ana");
        String id = organisationOf(ana);
        Client eva = member(ana, id, "OWNER");
        assertThat(atOnce(
                        ana,
                        eva,
                        c -> c.put(
                                "/api/v1/organisations/" + id + "/members/" + (c == ana ? eva : ana).person(),
                                change("MEMBER"))))
                .contains(200);
        assertThat(jdbc.sql("SELECT count(*) FROM membership WHERE organisation_id = :id AND role = 'OWNER'")
                        .param("id", UUID.fromString(id))
                        .query(Integer.class)
                        .single())
                .isEqualTo(1);
    }

    @Test
    void aMemberMayLeaveButTakeOutNobodyElse() {
        Client ana = signUp("Ana");
        String id = organisationOf(ana);
        Client eva = member(ana, id, "MEMBER");
        eva.delete("/api/v1/organisations/" + id + "/members/" + ana.person()).expectProblem(403, "owners-only");
        eva.delete("/api/v1/organisations/" + id + "/members/" + eva.person()).expect(204);
        eva.get("/api/v1/organisations/" + id).expectProblem(404, "not-found");
    }

    @Test
    void whoHasNoAccountYetSignsUpAndComesBackToAccept() {
        Client ana = signUp("Ana");
        String id = organisationOf(ana);
        String link = "/invitation?token=" + invite(ana, id, "new@example.org", "OWNER");
        Browser browser = new Browser(address());
        browser.get(link);
        var offer = browser.get("/invitation").body();
        assertThat(offer).contains("Forja Vision SL").contains("/sign-up?next=%2Finvitation\"");
        String email = "eva-" + UUID.randomUUID() + "@example.org";
        var signedUp = browser.submit(
                "/sign-up?next=%2Finvitation",
                "/sign-up", "next", "/invitation", "email", email, "name", "Eva", "password", PASSWORD);
        assertThat(Browser.location(signedUp)).isEqualTo("/invitation");
        var accepted = browser.submit("/invitation", "/invitation");
        assertThat(Browser.location(accepted)).isEqualTo("/organisations/" + id);
        assertThat(browser.get("/organisations/" + id).body()).contains(email).contains("You are in.");
        browser.get(link);
        var again = browser.get("/invitation");
        assertThat(again.statusCode()).isEqualTo(404);
        assertThat(again.body()).doesNotContain("Forja");
    }

    @Test
    void theLinksTokenLeavesTheAddressAtOnceAndIsInNoPageOrLog() {
        Client ana = signUp("Ana");
        String id = organisationOf(ana);
        String token = invite(ana, id, "new@example.org", "MEMBER");
        Client eva = signUp("Eva");
        try (var log = new CapturedLog()) {
            Browser browser = new Browser(address());
            var followed = browser.get("/invitation?token=" + token);
            assertThat(followed.statusCode()).isEqualTo(302);
            assertThat(Browser.location(followed)).isEqualTo("/invitation");
            assertThat(followed.headers().firstValue("Referrer-Policy")).contains("no-referrer");
            assertThat(followed.headers().map().toString() + followed.body()).doesNotContain(token);
            assertThat(browser.get("/invitation").body()).contains("Forja").doesNotContain(token);
            var signedIn = browser.submit(
                    "/sign-in?next=%2Finvitation",
                    "/sign-in", "next", "/invitation", "email", eva.email(), "password", PASSWORD);
            assertThat(Browser.location(signedIn)).isEqualTo("/invitation");
            assertThat(browser.get("/invitation").body()).contains("Forja").doesNotContain(token);
            var accepted = browser.submit("/invitation", "/invitation");
            assertThat(Browser.location(accepted)).isEqualTo("/organisations/" + id);
            assertThat(log.text()).contains("a line of this test").doesNotContain(token);
        }
    }

    @Test
    void theOwnersPageInvitesRevokesAndTakesOut() {
        Client ana = signUp("Ana");
        String id = organisationOf(ana);
        Client eva = member(ana, id, "MEMBER");
        String page = "/organisations/" + id;
        Browser browser = new Browser(address()).signIn(ana.email(), PASSWORD);
        var sent = browser.submit(page, page + "/invitations", "email", "invited-guest@example.org", "role", "MEMBER");
        assertThat(sent.body()).contains("/invitation?token=farga_invitation_");
        assertThat(browser.get(page).body())
                .contains("invited-guest@example.org")
                .doesNotContain("farga_invitation_");
        assertThat(browser.submit(page, page + "/invitations", "email", "nobody")
                        .statusCode())
                .isEqualTo(422);
        var open = ana.get("/api/v1" + page + "/invitations").expect(200);
        browser.submit(page, page + "/invitations/" + open.get(0).path("id").asString() + "/revocation");
        assertThat(browser.get(page).body()).doesNotContain("invited-guest@example.org");
        browser.submit(page, page + "/members/" + eva.person() + "/role", "role", "OWNER");
        assertThat(ana.get("/api/v1" + page + "/members").expect(200).findValuesAsString("role"))
                .containsOnly("OWNER");
        browser.submit(page, page + "/members/" + eva.person() + "/removal");
        assertThat(ana.get("/api/v1" + page + "/members").expect(200)).hasSize(1);
        assertThat(browser.submit(page, page + "/members/" + ana.person() + "/removal")
                        .statusCode())
                .isEqualTo(409);
    }

    private static java.util.List<Integer> atOnce(
            Client first, Client second, java.util.function.Function<Client, Answered> request) {
        try (var threads = Executors.newFixedThreadPool(2)) {
            var answers = Stream.of(first, second)
                    .map(client -> CompletableFuture.supplyAsync(
                            () -> request.apply(client).status(), threads))
                    .toList();
            return answers.stream().map(CompletableFuture::join).toList();
        }
    }
}
