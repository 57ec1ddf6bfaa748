package org.farga.identity;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.farga.people.Person;
import org.farga.platform.Answer;
import org.farga.shared.Actor;
import org.farga.shared.Scope;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
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
class TokensApi {
    private final ApiTokens tokens;
    private final Accounts accounts;
    private final SignInSteps steps;
    private final SessionRights rights;

    TokensApi(ApiTokens tokens, Accounts accounts, SignInSteps steps, SessionRights rights) {
        this.tokens = tokens;
        this.accounts = accounts;
        this.steps = steps;
        this.rights = rights;
    }

    record SignIn(
            @Nullable String email,
            @Nullable String password,
            @Nullable String code,
            @Nullable String tokenName) {
        @Override
        public String toString() {
            return "SignIn[email=" + email + "]";
        }
    }

    record NewToken(
            @Nullable String name,
            @Nullable Set<Scope> scopes,
            @Nullable Integer lifeDays) {}

    record TokenJson(
            UUID id,
            String name,
            List<Scope> scopes,
            Instant createdAt,
            Instant expiresAt,
            @Nullable Instant lastUsedAt) {
        static TokenJson of(ApiToken t) {
            return new TokenJson(
                    t.id(),
                    t.name(),
                    t.scopes().stream().sorted().toList(),
                    t.createdAt(),
                    t.expiresAt(),
                    t.lastUsedAt());
        }
    }

    /** A token with its secret, shown this once. */
    record IssuedJson(String secret, TokenJson token) {
        static IssuedJson of(ApiTokens.Issued issued) {
            return new IssuedJson(issued.secret().text(), TokenJson.of(issued.token()));
        }

        @Override
        public String toString() {
            return "IssuedJson[token=" + token + "]";
        }
    }

    /**
     * Signs in with e-mail and password; the command line keeps the token that this answers. Whoever has a second factor
     * sends as {@code code} what their authenticator app shows, or a recovery code.
     */
    @PostMapping("/sign-in")
    @ResponseStatus(HttpStatus.CREATED)
    IssuedJson signIn(@RequestBody SignIn body) {
        Person person = Answer.of(accounts.signIn(body.email(), body.password()));
        SignedIn how = Answer.of(steps.forProgram(person, body.code()));
        String name = body.tokenName() == null ? "sign-in" : body.tokenName();
        return IssuedJson.of(Answer.of(tokens.issue(person.id(), name, rights.scopesFor(person.id(), how), 30, how)));
    }

    @GetMapping("/tokens")
    List<TokenJson> list(Actor actor) {
        return tokens.list(actor).stream().map(TokenJson::of).toList();
    }

    @NeedsProof
    @PostMapping("/tokens")
    @ResponseStatus(HttpStatus.CREATED)
    IssuedJson issue(Actor actor, @RequestBody NewToken body, HttpServletRequest request) {
        Answer.holdsSecret(request);
        return IssuedJson.of(Answer.of(
                tokens.issue(actor, body.name(), body.scopes(), body.lifeDays(), SignInFilter.signedIn(request))));
    }

    @DeleteMapping("/tokens/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void revoke(Actor actor, @PathVariable UUID id) {
        tokens.revoke(actor, id);
    }
}
