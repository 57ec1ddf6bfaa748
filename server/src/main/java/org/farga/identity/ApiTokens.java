package org.farga.identity;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.farga.audit.AuditLog;
import org.farga.audit.Personal;
import org.farga.people.Actors;
import org.farga.platform.Secret;
import org.farga.shared.Actor;
import org.farga.shared.NotFoundException;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.Refusal;
import org.farga.shared.Scope;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Issues and revokes API tokens. */
@Service
class ApiTokens {
    private final ApiTokenTable table;
    private final Actors actors;
    private final StrongRoles strongRoles;
    private final AuditLog audit;
    private final Clock clock;

    ApiTokens(ApiTokenTable table, Actors actors, StrongRoles strongRoles, AuditLog audit, Clock clock) {
        this.table = table;
        this.actors = actors;
        this.strongRoles = strongRoles;
        this.audit = audit;
        this.clock = clock;
    }

    /** A new token with its secret, which is not kept and cannot be shown again. */
    record Issued(ApiToken token, Secret secret) {}

    /**
     * A token can pass on no scope that it does not have itself.
     *
     * @param how how the actor signed in; the token is no stronger than that
     */
    @Transactional
    Outcome<Issued> issue(
            Actor actor,
            @Nullable String name,
            @Nullable Set<Scope> scopes,
            @Nullable Integer lifeDays,
            @Nullable SignedIn how) {
        if (scopes != null && !actor.scopes().containsAll(scopes)) {
            return Outcome.refused(Refusal.forbidden("scope-not-held"));
        }
        return issue(actor.person(), name, scopes, lifeDays, how);
    }

    /** For somebody who has just proved who they are. */
    @Transactional
    Outcome<Issued> issue(
            PersonId person,
            @Nullable String name,
            @Nullable Set<Scope> scopes,
            @Nullable Integer lifeDays,
            @Nullable SignedIn how) {
        return ApiToken.issue(person, name, scopes, lifeDays, clock.instant()).map(token -> {
            Secret secret = Secret.create("token");
            table.insert(token, secret, how);
            audit.recordBy(
                    person,
                    "token.issued",
                    "token",
                    token.id(),
                    Map.of(
                            "name",
                            new Personal(person, token.name()),
                            "scopes",
                            token.scopes(),
                            "expiresAt",
                            token.expiresAt()));
            return new Issued(token, secret);
        });
    }

    List<ApiToken> list(Actor actor) {
        return table.list(actor.person(), clock.instant());
    }

    @Transactional
    void revoke(Actor actor, UUID id) {
        if (!table.revoke(id, actor.person(), clock.instant())) {
            throw new NotFoundException("token");
        }
        audit.record(actor, "token.revoked", "token", id, Map.of());
    }

    /** Somebody who comes with a token, and how they had signed in when they made it. */
    record Holder(Actor actor, @Nullable SignedIn how) {}

    /** Who comes with this token, with what it and its person may do by now. */
    Optional<Holder> holder(Secret token) {
        return table.use(token.sha256(), clock.instant())
                .flatMap(holder -> actors.find(holder.person(), holder.scopes())
                        .map(actor -> new Holder(
                                strongRoles
                                        .withToken(actor, holder.how(), holder.madeAt())
                                        .actor(),
                                holder.how())));
    }
}
