package org.farga.identity;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.time.Instant;
import java.util.EnumSet;
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
    private final Clock clock;

    TokensApi(ApiTokens tokens, Accounts accounts, Clock clock) {
        this.tokens = tokens;
        this.accounts = accounts;
        this.clock = clock;
    }

    record SignIn(
            @Nullable String email,
            @Nullable String password,
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

    /** Signs in with e-mail and password; the command line keeps the token that this answers. */
    @PostMapping("/sign-in")
    @ResponseStatus(HttpStatus.CREATED)
    IssuedJson signIn(@RequestBody SignIn body) {
        Person person = Answer.of(accounts.signIn(body.email(), body.password()));
        String name = body.tokenName() == null ? "sign-in" : body.tokenName();
        return IssuedJson.of(Answer.of(
                tokens.issue(person.id(), name, EnumSet.allOf(Scope.class), 30, SignedIn.byPassword(clock.instant()))));
    }

    @GetMapping("/tokens")
    List<TokenJson> list(Actor actor) {
        return tokens.list(actor).stream().map(TokenJson::of).toList();
    }

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
