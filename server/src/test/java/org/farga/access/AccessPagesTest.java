package org.farga.access;

import static org.assertj.core.api.Assertions.assertThat;

import org.farga.HttpTest;
import org.farga.shared.CentreRole;
import org.junit.jupiter.api.Test;

class AccessPagesTest extends HttpTest {
    private static Answered page(Client client, String path, String language) {
        Answered answered = client.get(path, "Accept", "text/html", "Accept-Language", language);
        // A key that shows itself is a text that is missing.
        assertThat(answered.body()).doesNotContainPattern("[>\"](access|allocation|problem)\\.[a-zA-Z.-]+[<\"]");
        return answered;
    }

    @Test
    void strangersReadCallsAndAreLedToSignUp() {
        assertThat(page(stranger(), "/calls", "en").body()).contains("AI Factory Playground");
        Answered call = page(stranger(), "/calls/PLAYGROUND", "ca");
        assertThat(call.status()).isEqualTo(200);
        assertThat(call.body()).contains("href=\"/sign-up?next=/calls/PLAYGROUND\"", "45 països", "Espanya");
        assertThat(page(stranger(), "/calls/NO-SUCH", "en").status()).isEqualTo(404);
        assertThat(page(stranger(), "/calls/PLAYGROUND/rules", "en").status()).isEqualTo(302);
        assertThat(page(stranger(), "/proposals", "en").status()).isEqualTo(302);
    }

    @Test
    void theCallOffersEachReaderTheirNextStep() {
        Client ana = signUp("Ana");
        assertThat(page(ana, "/calls/PLAYGROUND", "en").body()).contains("Found your organisation");
        String organisation = organisationOf(ana);
        assertThat(page(ana, "/calls/PLAYGROUND", "en").body()).contains("Start a proposal", "for Forja Vision SL");
        String code = ana.post("/api/v1/proposals", """
                        {"call": "PLAYGROUND", "organisation": "%s"}""".formatted(organisation))
                .expect(201)
                .path("code")
                .asString();
        assertThat(page(ana, "/calls/PLAYGROUND", "en").body()).contains("Continue " + code);
        assertThat(page(staff(CentreRole.ACCESS_OFFICER), "/calls/PLAYGROUND", "en")
                        .body())
                .contains("Change the parameters");
        assertThat(page(staff(CentreRole.ACCESS_OFFICER), "/calls/PLAYGROUND/rules", "es")
                        .body())
                .contains("value=\"5000\"");
        assertThat(page(ana, "/calls/PLAYGROUND/rules", "en").status()).isEqualTo(302);
    }

    @Test
    void aDraftIsAFormInEveryLanguage() {
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        String id = ana.post("/api/v1/proposals", """
                        {"call": "PLAYGROUND", "organisation": "%s"}""".formatted(organisation))
                .expect(201)
                .path("id")
                .asString();
        for (String language : java.util.List.of("en", "es", "ca")) {
            Answered form = page(ana, "/proposals/" + id, language);
            assertThat(form.status()).isEqualTo(200);
            assertThat(form.body()).contains("name=\"version\" value=\"1\"", "hx-post=\"/proposals/" + id + "\"");
        }
        assertThat(page(ana, "/proposals", "en").body()).contains("Without a title yet");
        assertThat(page(ana, "/", "en").body()).contains("Finish PG-");
        assertThat(page(signUp("Eve"), "/proposals/" + id, "en").status()).isEqualTo(404);
        assertThat(page(signUp("Eve"), "/proposals", "en").body()).contains("href=\"/calls\"");
    }
}
