package org.farga.identity;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.farga.identity.TokensApi.IssuedJson;
import org.farga.identity.TokensApi.NewToken;
import org.farga.identity.TokensApi.TokenJson;
import org.farga.platform.Answer;
import org.farga.shared.Actor;
import org.farga.shared.OrganisationId;
import org.farga.shared.PersonId;
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
@RequestMapping("/api/v1/organisations/{organisation}/service-accounts")
class ServiceAccountsApi {
    private final ServiceAccounts accounts;

    ServiceAccountsApi(ServiceAccounts accounts) {
        this.accounts = accounts;
    }

    record NewServiceAccount(
            @Nullable String name, @Nullable String purpose) {}

    record ServiceAccountJson(
            PersonId id, String name, String purpose, PersonId createdBy, Instant createdAt, List<TokenJson> tokens) {
        static ServiceAccountJson of(ServiceAccount a, List<ApiToken> tokens) {
            return new ServiceAccountJson(
                    a.id(),
                    a.name(),
                    a.purpose(),
                    a.createdBy(),
                    a.createdAt(),
                    tokens.stream().map(TokenJson::of).toList());
        }
    }

    /** The programs that act for an organisation, with their living tokens; for its people. */
    @GetMapping
    List<ServiceAccountJson> list(Actor actor, @PathVariable OrganisationId organisation) {
        return accounts.list(actor, organisation).stream()
                .map(shown -> ServiceAccountJson.of(shown.account(), shown.tokens()))
                .toList();
    }

    /** Makes one; it is a member of the organisation from then on, and projects can take it in. */
    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    ResponseEntity<ServiceAccountJson> found(
            Actor actor, @PathVariable OrganisationId organisation, @RequestBody NewServiceAccount body) {
        ServiceAccount founded = Answer.of(accounts.found(actor, organisation, body.name(), body.purpose()));
        return ResponseEntity.created(URI.create("/api/v1/organisations/" + organisation + "/service-accounts"))
                .body(ServiceAccountJson.of(founded, List.of()));
    }

    /** Ends it for good; its tokens stop at once. */
    @DeleteMapping("/{account}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void close(Actor actor, @PathVariable OrganisationId organisation, @PathVariable PersonId account) {
        Answer.of(accounts.close(actor, organisation, account));
    }

    /** A token for it, with its secret, shown this once; never with the scope CENTRE. */
    @PostMapping("/{account}/tokens")
    @ResponseStatus(HttpStatus.CREATED)
    IssuedJson issue(
            Actor actor,
            @PathVariable OrganisationId organisation,
            @PathVariable PersonId account,
            @RequestBody NewToken body,
            HttpServletRequest request) {
        Answer.holdsSecret(request);
        return IssuedJson.of(Answer.of(
                accounts.issueToken(actor, organisation, account, body.name(), body.scopes(), body.lifeDays())));
    }

    @DeleteMapping("/{account}/tokens/{token}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void revoke(
            Actor actor,
            @PathVariable OrganisationId organisation,
            @PathVariable PersonId account,
            @PathVariable UUID token) {
        Answer.of(accounts.revokeToken(actor, organisation, account, token));
    }
}
