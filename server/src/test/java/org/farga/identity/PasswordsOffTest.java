package org.farga.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.util.Map;
import java.util.UUID;
import org.farga.FargaTest;
import org.farga.audit.AuditLog;
import org.farga.people.CentreRoles;
import org.farga.people.People;
import org.farga.people.Person;
import org.farga.platform.Settings;
import org.farga.platform.Shells;
import org.farga.shared.Outcome;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.servlet.ModelAndView;

/** With {@code farga.sign-in.password=false}: the parts that read it, wired by hand to the rest of the program. */
@FargaTest
@Transactional
class PasswordsOffTest {
    private static final String PASSWORD = "correct horse battery";

    @Autowired
    private People people;

    @Autowired
    private PasswordTable table;

    @Autowired
    private PasswordEncoder passwords;

    @Autowired
    private BrowserSessions sessions;

    @Autowired
    private Settings settings;

    @Autowired
    private EmailAddresses addresses;

    @Autowired
    private AccountNotices notices;

    @Autowired
    private AuditLog audit;

    @Autowired
    private CentreRoles roles;

    @Autowired
    private SignInSteps steps;

    @Autowired
    private Passkeys passkeys;

    @Autowired
    private Shells shells;

    @Autowired
    private Clock clock;

    private Accounts accounts;
    private SignInPages pages;
    private Person ana;
    private Person ada;

    @BeforeEach
    void wire() {
        OidcSettings off = new OidcSettings(Map.of(), new OidcSettings.SignIn(false));
        accounts = new Accounts(people, table, passwords, sessions, off, settings, addresses, notices, audit, clock);
        pages = new SignInPages(
                people,
                accounts,
                sessions,
                steps,
                passkeys,
                shells,
                new OidcProviders(off, settings, clock),
                settings,
                clock);
        ana = accounts.signUp(unique("ana"), "Ana", PASSWORD, "en").orThrow();
        ada = accounts.signUp(unique("ada"), "Ada", PASSWORD, "en").orThrow();
        roles.appointFirst(ada.id());
    }

    private static String unique(String name) {
        return name + "-" + UUID.randomUUID() + "@example.org";
    }

    private static String refusal(Outcome<?> outcome) {
        return ((Outcome.Refused<?>) outcome).refusal().name();
    }

    private static MockHttpServletRequest asking() {
        return new MockHttpServletRequest();
    }

    private ModelAndView signIn(Person person, String password) {
        return pages.signIn(
                Map.of("email", person.email().value(), "password", password), asking(), new MockHttpServletResponse());
    }

    @Test
    void nobodySignsUpByPassword() {
        assertThat(refusal(accounts.signUpFrom("127.0.0.1", unique("eve"), "Eve", PASSWORD, "en")))
                .isEqualTo("password-sign-in-off");
        assertThat(pages.signUpForm("/calls", asking()).getViewName()).isEqualTo("redirect:/sign-in?next=%2Fcalls");
    }

    @Test
    void onlyAdministratorsSignInByPassword() {
        assertThat(accounts.signIn(ada.email().value(), PASSWORD)).isEqualTo(Outcome.done(ada));
        assertThat(refusal(accounts.signIn(ana.email().value(), PASSWORD))).isEqualTo("password-sign-in-off");
        // Whether the account may is told to nobody who does not know its password.
        assertThat(refusal(accounts.signIn(ana.email().value(), "not the password")))
                .isEqualTo("wrong-credentials");
        assertThat(refusal(accounts.signIn(ada.email().value(), "not the password")))
                .isEqualTo("wrong-credentials");
        // It is no way in that would let the last other one be taken away.
        assertThat(accounts.count(ana.id())).isZero();
    }

    @Test
    void theUsualPageOffersNoPasswordAndTheLocalOneDoes() {
        assertThat(pages.signInForm(null, asking()).getModel()).containsEntry("passwords", false);
        assertThat(pages.localForm("/centre", asking()).getModel())
                .containsEntry("passwords", true)
                .containsEntry("signUp", false)
                .containsEntry("typed", Map.of("next", "/centre"));
        assertThat(signIn(ada, PASSWORD).getViewName()).isEqualTo("redirect:/");
        ModelAndView refused = signIn(ana, PASSWORD);
        assertThat(refused.getViewName()).isEqualTo("identity/sign-in");
        assertThat(refused.getModel().get("refusal").toString()).contains("password-sign-in-off");
        assertThat(refused.getModel()).containsEntry("passwords", true);
    }
}
