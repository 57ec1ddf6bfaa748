package org.farga.platform;

import static org.assertj.core.api.Assertions.assertThat;

import org.farga.HttpTest;
import org.junit.jupiter.api.Test;

class PagesTest extends HttpTest {
    private Answered page(String path, String... headers) {
        String[] all = new String[headers.length + 2];
        all[0] = "Accept";
        all[1] = "text/html";
        System.arraycopy(headers, 0, all, 2, headers.length);
        return stranger().get(path, all);
    }

    @Test
    void aStrangerIsWelcomedInTheirLanguage() {
        assertThat(page("/").body()).contains("<html lang=\"en\">", "From an idea to a trained model");
        assertThat(page("/", "Accept-Language", "ca,en;q=0.5").body()).contains("<html lang=\"ca\">", "D'una idea");
        assertThat(page("/", "Cookie", "farga_language=es").body()).contains("<html lang=\"es\">");
    }

    @Test
    void aPageThatNeedsSignInLeadsThereAndBack() {
        Answered answered = page("/organisations");
        assertThat(answered.status()).isEqualTo(302);
        assertThat(answered.header("Location")).endsWith("/sign-in?next=%2Forganisations");
    }

    @Test
    void whatIsNotThereIsSaidAsAPageToPeopleAndAsAProblemToPrograms() {
        assertThat(page("/problems/no-such").status()).isEqualTo(404);
        assertThat(page("/problems/no-such").body()).contains("<h1>Not found</h1>");
        stranger().get("/problems/no-such", "Accept", "application/json").expectProblem(404, "not-found");
        assertThat(page("/problems/stale").body()).contains("stale");
    }

    @Test
    void theAccessibilityStatementIsLinkedFromEveryPageAndReadByStrangers() {
        assertThat(page("/sign-in").body()).contains("href=\"/accessibility\"");
        assertThat(page("/accessibility").body()).contains("<h1>Accessibility statement</h1>", "23 Nov 2026");
        assertThat(page("/accessibility", "Cookie", "farga_language=es").body())
                .contains("<h1>Declaración de accesibilidad</h1>", "23 nov 2026");
        assertThat(page("/accessibility", "Cookie", "farga_language=ca").body())
                .contains("<h1>Declaració d'accessibilitat</h1>", "23 de nov. 2026");
    }

    @Test
    void everyPageForbidsForeignScripts() {
        assertThat(page("/").header("Content-Security-Policy")).contains("default-src 'none'", "script-src 'self'");
        assertThat(page("/").header("X-Content-Type-Options")).isEqualTo("nosniff");
    }

    @Test
    void stylesAreKeptByBrowsersUntilTheyChange() {
        var matcher = java.util.regex.Pattern.compile("/css/farga\\.css\\?v=[0-9a-f]+")
                .matcher(page("/").body());
        assertThat(matcher.find()).isTrue();
        assertThat(stranger().get(matcher.group()).header("Cache-Control")).contains("immutable");
    }

    @Test
    void anErrorBeforeAnyControllerIsAProblemToo() {
        stranger().get("/api/v1/persons").expectProblem(401, "sign-in-required");
        signUp("Ana").delete("/api/v1/me").expectProblem(405, "method-not-allowed");
    }
}
