package org.farga.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.farga.FargaTest;
import org.farga.people.People;
import org.farga.people.Person;
import org.farga.platform.Secret;
import org.farga.platform.Settings;
import org.farga.shared.CentreRole;
import org.farga.shared.Outcome;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;

/** In one transaction that is rolled back, because the tests' program has administrators of other tests. */
@FargaTest
@Transactional
class SetupLinksTest {
    private static final String PASSWORD = "correct horse battery";

    @Autowired
    private SetupLinks links;

    @Autowired
    private People people;

    @Autowired
    private Settings settings;

    @Autowired
    private JdbcClient jdbc;

    private Path file;

    @BeforeEach
    void nobodyAdministers() throws Exception {
        jdbc.sql("DELETE FROM centre_role").update();
        jdbc.sql("DELETE FROM setup_link").update();
        file = settings.data().resolve("setup-link");
        Files.deleteIfExists(file);
    }

    private static String token(String link) {
        return link.substring(link.indexOf("token=") + 6);
    }

    private Outcome<Person> setUp(String token, String email) {
        return links.setUp(token, email, "Ada", PASSWORD, "en");
    }

    @Test
    void theFirstStartMakesOneLinkThatOnlyTheProcesssOwnerCanRead() throws Exception {
        String link = links.make().orElseThrow();
        assertThat(link).startsWith(settings.publicUrl() + "/setup?token=farga_setup_");
        assertThat(Files.readString(file)).isEqualTo(link + "\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(links.make()).isEmpty();
        assertThat(jdbc.sql("SELECT count(*) FROM setup_link s WHERE s::text LIKE '%' || :token || '%'")
                        .param("token", token(link))
                        .query(Integer.class)
                        .single())
                .isZero();
    }

    @Test
    void theLinkMakesOneAdministratorAndDies() {
        String token = token(links.make().orElseThrow());
        assertThat(setUp("farga_setup_guess", "ada@example.org")).isInstanceOf(Outcome.Refused.class);
        // What is refused for its fields does not use the link up.
        assertThat(links.setUp(token, "ada@example.org", "Ada", "short", "en")).isInstanceOf(Outcome.Refused.class);
        Person ada = setUp(token, "ada-set-up@example.org").orThrow();
        assertThat(people.withRole(CentreRole.ADMINISTRATOR)).isEqualTo(List.of(ada.id()));
        assertThat(setUp(token, "eve-set-up@example.org")).isInstanceOf(Outcome.Refused.class);
        assertThat(links.make()).isEmpty();
        assertThat(file).doesNotExist();
    }

    @Test
    void aLinkThatWasLostIsReplacedAtTheNextStart() throws Exception {
        String lost = token(links.make().orElseThrow());
        Files.delete(file);
        assertThat(links.make()).isEmpty();
        jdbc.sql("UPDATE setup_link SET created_at = created_at - interval '2 minutes'")
                .update();
        String link = token(links.make().orElseThrow());
        assertThat(links.opens(lost)).isFalse();
        assertThat(links.opens(link)).isTrue();
    }

    @Test
    void noLinkOpensWhereSomebodyAdministersAlready() {
        String token = token(links.make().orElseThrow());
        Person ada = setUp(token, "ada-set-up@example.org").orThrow();
        Secret secret = Secret.create("setup");
        new SetupLinkTable(jdbc).put(new SetupLink(secret.sha256(), ada.createdAt()));
        assertThat(links.opens(secret.text())).isFalse();
    }
}
