package org.farga.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.farga.Browser;
import org.farga.HttpTest;
import org.farga.people.MemberRemoved;
import org.farga.shared.OrganisationId;
import org.farga.shared.PersonId;
import org.farga.shared.TimeOrderedUuid;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.support.TransactionTemplate;

class NotificationsTest extends HttpTest {
    @Autowired
    private Notifications notifications;

    @Autowired
    private TransactionTemplate transaction;

    @Autowired
    private ApplicationEventPublisher events;

    private void tell(PersonId person, String message, Object... arguments) {
        transaction.executeWithoutResult(
                s -> notifications.tell(List.of(person, person), message, "/organisations", arguments));
    }

    @Test
    void whatIsToldIsReadInTheReadersLanguageAndMarkedRead() {
        Client ana = signUp("Ana");
        tell(ana.person(), "notification.member-removed", "Forja <1>");
        var told = ana.get("/api/v1/notifications", "Accept-Language", "ca")
                .expect(200)
                .path("items");
        assertThat(told).hasSize(1);
        assertThat(told.get(0).path("sentence").asString()).isEqualTo("Ja no sou a Forja <1>.");
        assertThat(told.get(0).has("readAt")).isFalse();
        String id = told.get(0).path("id").asString();
        signUp("Eve").put("/api/v1/notifications/" + id + "/reading", "").expectProblem(404, "not-found");
        ana.put("/api/v1/notifications/" + id + "/reading", "").expect(204);
        var read = ana.get("/api/v1/notifications").expect(200).path("items").get(0);
        assertThat(read.has("readAt")).isTrue();
        ana.put("/api/v1/notifications/" + id + "/reading", "").expect(204);
        assertThat(ana.get("/api/v1/notifications").expect(200).path("items").get(0))
                .isEqualTo(read);
        stranger().get("/api/v1/notifications").expectProblem(401, "sign-in-required");
    }

    @Test
    void aMailGoesOutInThePersonsOwnLanguage() {
        Client ana = signUp("Ana");
        ana.patch("/api/v1/me", "{\"language\": \"es\"}", "If-Match", "\"1\"").expect(200);
        tell(ana.person(), "notification.member-removed", "Forja\nVision");
        assertThat(jdbc.sql("SELECT subject || '|' || body FROM outgoing_mail WHERE recipient = :to")
                        .param("to", ana.email())
                        .query(String.class)
                        .single())
                .startsWith("Ya no está en Forja Vision.|Hola, Ana:\n")
                .contains("/organisations");
    }

    @Test
    void theListIsAPageAndAllOfItCanBeMarkedRead() {
        Client ana = signUp("Ana");
        for (int i = 0; i < 3; i++) {
            tell(ana.person(), "notification.member-removed", "Forja " + i);
        }
        var first = ana.get("/api/v1/notifications?limit=2").expect(200);
        var second = ana.get("/api/v1/notifications?limit=2&cursor="
                        + first.path("next").asString())
                .expect(200);
        assertThat(first.path("items").get(0).path("sentence").asString()).contains("Forja 2");
        assertThat(second.path("items")).hasSize(1);
        Browser browser = new Browser(address()).signIn(ana.email(), PASSWORD);
        assertThat(browser.get("/notifications").body()).contains("<b>3</b>");
        String id = first.path("items").get(0).path("id").asString();
        var gone = browser.submit("/notifications", "/notifications/" + id + "/reading");
        assertThat(Browser.location(gone)).isEqualTo("/organisations");
        assertThat(browser.get("/notifications").body()).contains("<b>2</b>");
        browser.submit("/notifications", "/notifications/reading");
        assertThat(browser.get("/notifications").body()).doesNotContain("<b>");
        ana.get("/api/v1/notifications?cursor=nonsense").expectProblem(422, "bad-cursor");
    }

    @Test
    void nothingIsToldOfWhatDidNotHappen() {
        Client ana = signUp("Ana");
        assertThatThrownBy(() -> notifications.tell(List.of(ana.person()), "notification.title", "/"))
                .isInstanceOf(IllegalTransactionStateException.class);
        transaction.executeWithoutResult(s -> {
            notifications.tell(List.of(ana.person()), "notification.title", "/");
            s.setRollbackOnly();
        });
        assertThat(ana.get("/api/v1/notifications").expect(200).path("items")).isEmpty();
    }

    @Test
    void linksLeadNowhereElse() {
        Client ana = signUp("Ana");
        for (String elsewhere : new String[] {"https://evil.example", "//evil.example"}) {
            assertThatThrownBy(() -> transaction.executeWithoutResult(
                            s -> notifications.tell(List.of(ana.person()), "notification.title", elsewhere)))
                    .isInstanceOf(DataIntegrityViolationException.class);
        }
    }

    @Test
    void ownersAreToldWhoJoinedAndTheOneTakenOutThatTheyAre() {
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        Client eva = signUp("Eva");
        String link = ana.post("/api/v1/organisations/" + organisation + "/invitations", """
                        {"email": "%s"}""".formatted(eva.email()))
                .expect(201)
                .path("link")
                .asString();
        eva.post("/api/v1/invitations/acceptance", """
                {"token": "%s"}""".formatted(link.substring(link.indexOf("token=") + 6)))
                .expect(201);
        awaitSentence(ana, "Eva accepted the invitation to Forja Vision SL.");
        ana.delete("/api/v1/organisations/" + organisation + "/members/" + eva.person())
                .expect(204);
        awaitSentence(eva, "You are no longer in Forja Vision SL.");
    }

    @Test
    void anEventThatComesTwiceTellsOnce() {
        Client ana = signUp("Ana");
        OrganisationId organisation = OrganisationId.valueOf(organisationOf(ana));
        Client eva = signUp("Eva");
        MemberRemoved removed = new MemberRemoved(UUID.randomUUID(), organisation, eva.person(), ana.person());
        MemberRemoved last = new MemberRemoved(TimeOrderedUuid.next(), organisation, eva.person(), ana.person());
        transaction.executeWithoutResult(s -> events.publishEvent(removed));
        // One after the other: the registry tells equal events in flight apart only once it asks the database again.
        awaitDelivery(organisation);
        transaction.executeWithoutResult(s -> events.publishEvent(removed));
        transaction.executeWithoutResult(s -> events.publishEvent(last));
        awaitDelivery(organisation);
        assertThat(ana.get("/api/v1/notifications").expect(200).path("items")).isEmpty();
        assertThat(eva.get("/api/v1/notifications").expect(200).path("items")).hasSize(2);
    }

    private void awaitDelivery(OrganisationId organisation) {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(jdbc.sql("SELECT count(*) FROM event_publication"
                                        + " WHERE serialized_event LIKE '%' || :organisation || '%'"
                                        + " AND completion_date IS NULL")
                                .param("organisation", organisation.toString())
                                .query(Integer.class)
                                .single())
                        .isZero());
    }

    @Test
    void valuesKeepTheirKindUntilTheyAreRead() {
        List<Object> kept = Sentence.kept(
                new BigDecimal("1234.5"),
                Instant.parse("2026-11-22T23:30:00Z"),
                LocalDate.parse("2026-11-22"),
                OrganisationId.valueOf("00000000-0000-0000-0000-000000000001"));
        Object[] written = Sentence.written(kept, Locale.of("es"), ZoneId.of("Europe/Madrid"));
        assertThat(written[0]).isEqualTo(new BigDecimal("1234.5"));
        assertThat(written[1].toString()).contains("23 nov 2026", "0:30");
        assertThat(written[2]).isEqualTo("22 nov 2026");
        assertThat(written[3]).isEqualTo("00000000-0000-0000-0000-000000000001");
    }

    private void awaitSentence(Client client, String sentence) {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(client.get("/api/v1/notifications")
                                .expect(200)
                                .path("items")
                                .findValuesAsString("sentence"))
                        .containsExactly(sentence));
    }
}
