package org.farga.people;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.farga.platform.Answer;
import org.farga.platform.Languages;
import org.farga.shared.Actor;
import org.farga.shared.EmailAddress;
import org.farga.shared.OrganisationId;
import org.farga.shared.OrganisationRole;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1")
class InvitationsApi {
    private final Invitations invitations;

    InvitationsApi(Invitations invitations) {
        this.invitations = invitations;
    }

    record NewInvitation(@Nullable String email, @Nullable OrganisationRole role) {}

    record InvitationJson(UUID id, EmailAddress email, OrganisationRole role, Instant createdAt, Instant expiresAt) {
        static InvitationJson of(Invitation i) {
            return new InvitationJson(i.id(), i.email(), i.role(), i.createdAt(), i.expiresAt());
        }
    }

    /** An invitation with its one-time link, which is shown this once: there may be no mail server to send it. */
    record SentInvitationJson(
            UUID id, EmailAddress email, OrganisationRole role, Instant createdAt, Instant expiresAt, String link) {
        @Override
        public String toString() {
            return "SentInvitationJson[id=" + id + "]";
        }
    }

    record Acceptance(@Nullable String token) {
        @Override
        public String toString() {
            return "Acceptance[]";
        }
    }

    record MembershipJson(OrganisationId organisation, OrganisationRole role, Instant since) {}

    @PostMapping("/organisations/{id}/invitations")
    @ResponseStatus(HttpStatus.CREATED)
    ResponseEntity<SentInvitationJson> invite(
            Actor actor, @PathVariable OrganisationId id, @RequestBody NewInvitation body, HttpServletRequest request) {
        Answer.holdsSecret(request);
        Invitations.Sent sent =
                Answer.of(invitations.invite(actor, id, body.email(), body.role(), Languages.of(request)));
        Invitation i = sent.invitation();
        return ResponseEntity.created(URI.create("/api/v1/organisations/" + id + "/invitations/" + i.id()))
                .body(new SentInvitationJson(i.id(), i.email(), i.role(), i.createdAt(), i.expiresAt(), sent.link()));
    }

    /** The open invitations, at most 200; for owners. */
    @GetMapping("/organisations/{id}/invitations")
    List<InvitationJson> list(Actor actor, @PathVariable OrganisationId id) {
        return invitations.list(actor, id).stream().map(InvitationJson::of).toList();
    }

    @DeleteMapping("/organisations/{id}/invitations/{invitation}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void revoke(Actor actor, @PathVariable OrganisationId id, @PathVariable UUID invitation) {
        Answer.of(invitations.revoke(actor, id, invitation));
    }

    /** Joins the organisation that the link's token invites to. */
    @PostMapping("/invitations/acceptance")
    @ResponseStatus(HttpStatus.CREATED)
    ResponseEntity<MembershipJson> accept(Actor actor, @RequestBody Acceptance body) {
        Invitations.Joined joined = Answer.of(invitations.accept(actor, body.token()));
        return ResponseEntity.created(URI.create("/api/v1/organisations/" + joined.organisation() + "/members"))
                .body(new MembershipJson(
                        joined.organisation(),
                        joined.member().role(),
                        joined.member().since()));
    }
}
