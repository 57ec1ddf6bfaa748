package org.farga.people;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.util.List;
import java.util.Locale;
import org.farga.HttpTest;
import org.farga.audit.AuditLog;
import org.farga.platform.Messages;
import org.farga.platform.OutgoingMail;
import org.farga.platform.Settings;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.ScopedRole;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What waits until somebody has shown that the address they signed up with is theirs. */
class AddressProofTest extends HttpTest {
    private static final AddressProof MISSING = person -> true;
    private static final AddressProof THERE = person -> false;

    @Autowired
    private CentreRoleTable roleTable;

    @Autowired
    private ScopedRoleTable scopedTable;

    @Autowired
    private InvitationTable invitationTable;

    @Autowired
    private OrganisationTable organisationTable;

    @Autowired
    private Organisations organisations;

    @Autowired
    private PersonTable persons;

    @Autowired
    private People people;

    @Autowired
    private OutgoingMail mail;

    @Autowired
    private Messages messages;

    @Autowired
    private Closings closings;

    @Autowired
    private List<RoleScope> scopes;

    @Autowired
    private ApplicationEventPublisher events;

    @Autowired
    private Actors actors;

    @Autowired
    private Settings settings;

    @Autowired
    private AuditLog audit;

    @Autowired
    private Clock clock;

    @Autowired
    private PlatformTransactionManager transactions;

    private static String refusal(Outcome<?> outcome) {
        return ((Outcome.Refused<?>) outcome).refusal().name();
    }

    private Actor actor(PersonId person) {
        return actors.find(person).orElseThrow();
    }

    private CentreRoles roles(AddressProof proof) {
        return new CentreRoles(roleTable, proof, audit, clock);
    }

    @Test
    void nobodyIsAppointedOnTheStrengthOfAnAddressThatIsNotProven() {
        Actor ada = actor(staff(CentreRole.ADMINISTRATOR).person());
        Client eva = signUp("Eva");
        new TransactionTemplate(transactions).executeWithoutResult(status -> {
            assertThat(refusal(roles(MISSING).grant(ada, eva.person(), CentreRole.OPERATOR)))
                    .isEqualTo("address-of-holder-not-proven");
            assertThat(roles(THERE).grant(ada, eva.person(), CentreRole.OPERATOR))
                    .isInstanceOf(Outcome.Done.class);
            // A role is taken back from anybody.
            assertThat(roles(MISSING).withdraw(ada, eva.person(), CentreRole.OPERATOR))
                    .isInstanceOf(Outcome.Done.class);
            ScopedRoles scoped = new ScopedRoles(scopedTable, people, MISSING, scopes, audit, events, settings, clock);
            assertThat(refusal(scoped.grant(
                            ada,
                            new ScopedRoles.Order(eva.email(), ScopedRole.Kind.values()[0], "x", null),
                            Locale.ENGLISH)))
                    .isEqualTo("address-of-holder-not-proven");
            status.setRollbackOnly();
        });
    }

    @Test
    void thatAnInvitationWaitsIsNotToldToWhomeverSignedUpWithItsAddress() {
        Client ana = signUp("Ana");
        OrganisationId organisation = OrganisationId.valueOf(organisationOf(ana));
        Client eva = signUp("Eva");
        ana.post("/api/v1/organisations/" + organisation + "/invitations", "{\"email\": \"%s\"}".formatted(eva.email()))
                .expect(201);
        assertThat(invitations(THERE).waitsFor(actor(eva.person()))).isTrue();
        assertThat(invitations(MISSING).waitsFor(actor(eva.person()))).isFalse();
    }

    private Invitations invitations(AddressProof proof) {
        return new Invitations(
                invitationTable,
                organisationTable,
                organisations,
                persons,
                proof,
                mail,
                messages,
                settings,
                closings,
                audit,
                events,
                clock);
    }
}
