package org.farga.identity;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.farga.platform.Answer;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/me/identities")
class ExternalIdentitiesApi {
    private final ExternalIdentities identities;

    ExternalIdentitiesApi(ExternalIdentities identities) {
        this.identities = identities;
    }

    record IdentityJson(
            UUID id,
            String provider,
            String issuer,
            String subject,
            @Nullable String email,
            @Nullable String communityId,
            @Nullable String homeOrganisation,
            List<String> affiliations,
            List<String> assurance,
            @Nullable String acr,
            List<CentreRole> centreRoles,
            Instant linkedAt,
            Instant lastUsedAt) {
        static IdentityJson of(ExternalIdentity i) {
            return new IdentityJson(
                    i.id(),
                    i.provider(),
                    i.issuer(),
                    i.subject(),
                    i.email(),
                    i.communityId(),
                    i.homeOrganisation(),
                    i.affiliations(),
                    i.assurance(),
                    i.acr(),
                    i.centreRoles().stream().sorted().toList(),
                    i.linkedAt(),
                    i.lastUsedAt());
        }
    }

    /** The sign-in providers that the caller's account is linked with, and what they said at the last sign-in. */
    @GetMapping
    List<IdentityJson> list(Actor actor) {
        return identities.list(actor).stream().map(IdentityJson::of).toList();
    }

    /** Takes one away, with what its claims gave; 409 {@code last-way-in} where no other way to sign in is left. */
    @NeedsProof
    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void unlink(Actor actor, @PathVariable UUID id, HttpServletRequest request) {
        Answer.of(identities.unlink(actor, id, AccountPages.session(request)));
    }
}
