package org.farga.people;

import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.farga.audit.AuditLog;
import org.farga.platform.Messages;
import org.farga.platform.OutgoingMail;
import org.farga.platform.Secret;
import org.farga.platform.Settings;
import org.farga.shared.Actor;
import org.farga.shared.NotFoundException;
import org.farga.shared.OrganisationId;
import org.farga.shared.OrganisationRole;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Asks people into organisations, by a link that whoever is sent it can use once. */
@Service
class Invitations {
    /** As many as may be open in one organisation: a bound on the mail that one account can have sent. */
    static final int MOST_OPEN = 200;

    private final InvitationTable table;
    private final OrganisationTable organisationTable;
    private final Organisations organisations;
    private final PersonTable persons;
    private final AddressProof proof;
    private final OutgoingMail mail;
    private final Messages messages;
    private final Settings settings;
    private final Closings closings;
    private final AuditLog audit;
    private final ApplicationEventPublisher events;
    private final Clock clock;

    Invitations(
            InvitationTable table,
            OrganisationTable organisationTable,
            Organisations organisations,
            PersonTable persons,
            @Lazy AddressProof proof,
            OutgoingMail mail,
            Messages messages,
            Settings settings,
            Closings closings,
            AuditLog audit,
            ApplicationEventPublisher events,
            Clock clock) {
        this.table = table;
        this.organisationTable = organisationTable;
        this.organisations = organisations;
        this.persons = persons;
        this.proof = proof;
        this.mail = mail;
        this.messages = messages;
        this.settings = settings;
        this.closings = closings;
        this.audit = audit;
        this.events = events;
        this.clock = clock;
    }

    /** An invitation with its link, which is not kept and cannot be shown again. */
    record Sent(Invitation invitation, String link) {
        @Override
        public String toString() {
            return "Sent[" + invitation.id() + "]";
        }
    }

    /** What the holder of a link is shown before they accept. */
    record Offer(Invitation invitation, String organisationName) {}

    /** Somebody in the organisation that they were invited to. */
    record Joined(OrganisationId organisation, Member member) {}

    /** Invites an address and mails the link; an open invitation to the same address is revoked by it. */
    @Transactional
    Outcome<Sent> invite(
            Actor actor, OrganisationId id, @Nullable String email, @Nullable OrganisationRole role, Locale language) {
        Organisation organisation = organisations.get(actor, id);
        if (!actor.isOwnerOf(id)) {
            return Outcome.refused(Refusal.forbidden("owners-only"));
        }
        return Invitation.invite(id, email, role, actor.person(), clock.instant())
                .then(invitation -> {
                    // One at a time in an organisation: the bound and the one open invitation an address hold then.
                    organisationTable.lock(id);
                    if (closings.isUnderWay(id)) {
                        return Outcome.refused(Refusal.conflict("organisation-closing"));
                    }
                    if (organisationTable.isMember(id, invitation.email())) {
                        return Outcome.refused(Refusal.conflict(
                                "already-member", invitation.email().value()));
                    }
                    table.revokeFor(id, invitation.email(), invitation.createdAt());
                    if (table.countOpen(id) >= MOST_OPEN) {
                        return Outcome.refused(Refusal.conflict("too-many-invitations", MOST_OPEN));
                    }
                    return Outcome.done(send(actor, organisation, invitation, language));
                });
    }

    private Sent send(Actor actor, Organisation organisation, Invitation invitation, Locale language) {
        Secret secret = Secret.create("invitation");
        table.insert(invitation, secret);
        String link = settings.publicUrl() + "/invitation?token=" + secret.text();
        // In the language of whoever reads it where they are known, else in the inviter's.
        Locale reader = persons.find(invitation.email()).map(Person::language).orElse(language);
        mail.queueSecret(
                invitation.email(),
                messages.text(reader, "people.invitation.mail-subject", actor.name(), oneLine(organisation.name())),
                messages.text(
                        reader,
                        "people.invitation.mail",
                        actor.name(),
                        organisation.name(),
                        link,
                        Invitation.LIFE.toDays()));
        audit.record(
                actor,
                "invitation.sent",
                "organisation",
                organisation.id(),
                Map.of(
                        "organisation",
                        organisation.name(),
                        "email",
                        invitation.email(),
                        "role",
                        invitation.role(),
                        "expiresAt",
                        invitation.expiresAt()));
        return new Sent(invitation, link);
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s+", " ");
    }

    /** The open ones; only owners have use for them. */
    List<Invitation> list(Actor actor, OrganisationId id) {
        organisations.get(actor, id);
        if (!actor.isOwnerOf(id)) {
            throw new NotFoundException("invitations");
        }
        return table.list(id, MOST_OPEN);
    }

    @Transactional
    Outcome<Invitation> revoke(Actor actor, OrganisationId id, UUID invitation) {
        Organisation organisation = organisations.get(actor, id);
        if (!actor.isOwnerOf(id)) {
            return Outcome.refused(Refusal.forbidden("owners-only"));
        }
        Invitation revoked =
                table.revoke(id, invitation, clock.instant()).orElseThrow(() -> new NotFoundException("invitation"));
        audit.record(
                actor,
                "invitation.revoked",
                "organisation",
                id,
                Map.of("organisation", organisation.name(), "email", revoked.email()));
        return Outcome.done(revoked);
    }

    /** What a link offers; empty for one that is used, revoked, out of time or none of ours, all alike. */
    Optional<Offer> find(@Nullable String token) {
        return secret(token)
                .flatMap(secret -> table.find(secret, clock.instant()))
                .flatMap(invitation ->
                        organisationTable.find(invitation.organisation()).map(o -> new Offer(invitation, o.name())));
    }

    /** Makes whoever holds the link a member; the link works once. */
    @Transactional
    Outcome<Joined> accept(Actor actor, @Nullable String token) {
        Optional<Invitation> found = secret(token).flatMap(secret -> table.findForUpdate(secret, clock.instant()));
        if (found.isEmpty()) {
            return Outcome.refused(Refusal.conflict("invitation-invalid"));
        }
        Invitation invitation = found.get();
        OrganisationId id = invitation.organisation();
        organisationTable.lock(id);
        if (organisationTable.findMember(id, actor.person()).isPresent()) {
            return Outcome.refused(
                    Refusal.conflict("already-member", actor.email().value()));
        }
        table.accept(invitation.id(), actor.person(), clock.instant());
        organisationTable.insertMembership(id, actor.person(), invitation.role(), clock.instant());
        audit.record(
                actor,
                "invitation.accepted",
                "organisation",
                id,
                Map.of(
                        "organisation",
                        organisations.summary(id).name(),
                        "invited",
                        invitation.email(),
                        "email",
                        actor.email(),
                        "role",
                        invitation.role()));
        events.publishEvent(new InvitationAccepted(invitation.id(), id, actor.person(), invitation.role()));
        return Outcome.done(
                new Joined(id, organisationTable.findMember(id, actor.person()).orElseThrow()));
    }

    /**
     * Whether an invitation waits for this person's address. Which one, only its link tells; that there is one is told to
     * nobody who might have signed up with another's address.
     */
    boolean waitsFor(Actor actor) {
        return table.waitsFor(actor.email(), clock.instant()) && !proof.isMissing(actor.person());
    }

    private static Optional<Secret> secret(@Nullable String token) {
        return token == null || token.isBlank() || token.length() > 200
                ? Optional.empty()
                : Optional.of(new Secret(token.strip()));
    }
}
