package org.farga.identity;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.farga.audit.AuditLog;
import org.farga.people.Closings;
import org.farga.people.Organisations;
import org.farga.people.People;
import org.farga.shared.Actor;
import org.farga.shared.NotFoundException;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.Refusal;
import org.farga.shared.Scope;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Programs that act for organisations, and their tokens; owners keep them. */
@Service
class ServiceAccounts {
    private final ServiceAccountTable table;
    private final ApiTokenTable tokenTable;
    private final ApiTokens tokens;
    private final People people;
    private final Organisations organisations;
    private final Closings closings;
    private final AuditLog audit;
    private final Clock clock;

    ServiceAccounts(
            ServiceAccountTable table,
            ApiTokenTable tokenTable,
            ApiTokens tokens,
            People people,
            Organisations organisations,
            Closings closings,
            AuditLog audit,
            Clock clock) {
        this.table = table;
        this.tokenTable = tokenTable;
        this.tokens = tokens;
        this.people = people;
        this.organisations = organisations;
        this.closings = closings;
        this.audit = audit;
        this.clock = clock;
    }

    /** An account with who set it up and its living tokens. */
    record Shown(ServiceAccount account, String createdBy, List<ApiToken> tokens) {}

    /** Makes one a member of the organisation, so that projects can take it in. */
    @Transactional
    Outcome<ServiceAccount> found(
            Actor actor, OrganisationId organisation, @Nullable String name, @Nullable String purpose) {
        Optional<Refusal> refusal = refusal(actor, organisation);
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        table.lock(organisation);
        if (closings.isUnderWay(organisation)) {
            return Outcome.refused(Refusal.conflict("organisation-closing"));
        }
        if (table.list(organisation).size() >= ServiceAccount.MOST) {
            return Outcome.refused(Refusal.conflict("too-many-service-accounts", ServiceAccount.MOST));
        }
        return ServiceAccount.found(organisation, name, purpose, actor.person(), clock.instant())
                .then(founded -> people.add(founded.person()).map(person -> {
                    ServiceAccount account = founded.account();
                    organisations.admit(organisation, person.id());
                    table.insert(account);
                    audit.record(
                            actor,
                            "service-account.created",
                            "organisation",
                            organisation,
                            Map.of("account", account.id(), "name", account.name()));
                    return account;
                }));
    }

    /** Those of an organisation, for all its people. */
    List<Shown> list(Actor actor, OrganisationId organisation) {
        if (!actor.isMemberOf(organisation)) {
            throw new NotFoundException("organisation");
        }
        List<ServiceAccountTable.Row> rows = table.list(organisation);
        Map<PersonId, People.Summary> names = people.summaries(rows.stream()
                .flatMap(row -> Stream.of(row.id(), row.createdBy()))
                .distinct()
                .toList());
        Map<PersonId, List<ApiToken>> living =
                tokenTable.list(rows.stream().map(ServiceAccountTable.Row::id).toList(), clock.instant());
        return rows.stream()
                .map(row -> new Shown(
                        new ServiceAccount(
                                row.id(),
                                row.organisation(),
                                name(names, row.id()),
                                row.purpose(),
                                row.createdBy(),
                                row.createdAt()),
                        name(names, row.createdBy()),
                        living.getOrDefault(row.id(), List.of())))
                .toList();
    }

    private static String name(Map<PersonId, People.Summary> names, PersonId person) {
        People.Summary known = names.get(person);
        return known == null ? person.toString() : known.name();
    }

    @Transactional
    Outcome<ApiTokens.Issued> issueToken(
            Actor actor,
            OrganisationId organisation,
            PersonId account,
            @Nullable String name,
            @Nullable Set<Scope> scopes,
            @Nullable Integer lifeDays) {
        Optional<Refusal> refusal = refusal(actor, organisation);
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        get(actor, organisation, account);
        if (scopes != null && !ServiceAccount.SCOPES.containsAll(scopes)) {
            return Outcome.refused(Refusal.forbidden("service-account-scope"));
        }
        if (scopes != null && !actor.scopes().containsAll(scopes)) {
            return Outcome.refused(Refusal.forbidden("scope-not-held"));
        }
        return tokens.issue(account, name, scopes, lifeDays, null).map(issued -> {
            audit.record(
                    actor,
                    "service-account.token-issued",
                    "organisation",
                    organisation,
                    Map.of("account", account, "token", issued.token().id()));
            return issued;
        });
    }

    @Transactional
    Outcome<Boolean> revokeToken(Actor actor, OrganisationId organisation, PersonId account, UUID token) {
        Optional<Refusal> refusal = refusal(actor, organisation);
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        get(actor, organisation, account);
        if (!tokenTable.revoke(token, account, clock.instant())) {
            throw new NotFoundException("token");
        }
        audit.record(
                actor,
                "service-account.token-revoked",
                "organisation",
                organisation,
                Map.of("account", account, "token", token));
        return Outcome.done(true);
    }

    /** Ends it for good: its tokens stop at once, and it leaves the organisation; what it did stays on record. */
    @Transactional
    Outcome<Boolean> close(Actor actor, OrganisationId organisation, PersonId account) {
        Optional<Refusal> refusal = refusal(actor, organisation);
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        Shown shown = get(actor, organisation, account);
        end(shown.account(), actor.person());
        audit.record(actor, "service-account.closed", "organisation", organisation, Map.of("account", account));
        return Outcome.done(true);
    }

    /** Ends all of an organisation that is being closed. */
    @Transactional
    void closeAll(OrganisationId organisation, PersonId by) {
        for (ServiceAccountTable.Row row : table.list(organisation)) {
            end(new ServiceAccount(row.id(), organisation, "", row.purpose(), row.createdBy(), row.createdAt()), by);
            audit.recordBy(by, "service-account.closed", "organisation", organisation, Map.of("account", row.id()));
        }
    }

    int count(OrganisationId organisation) {
        return table.list(organisation).size();
    }

    private void end(ServiceAccount account, PersonId by) {
        if (table.close(account.id(), by, clock.instant())) {
            tokenTable.revokeAll(account.id(), clock.instant());
            organisations.dismiss(account.organisation(), account.id(), by);
        }
    }

    private Shown get(Actor actor, OrganisationId organisation, PersonId account) {
        return list(actor, organisation).stream()
                .filter(shown -> shown.account().id().equals(account))
                .findFirst()
                .orElseThrow(() -> new NotFoundException("service account"));
    }

    private static Optional<Refusal> refusal(Actor actor, OrganisationId organisation) {
        if (!actor.isMemberOf(organisation)) {
            throw new NotFoundException("organisation");
        }
        return actor.isOwnerOf(organisation) ? Optional.empty() : Optional.of(Refusal.forbidden("owners-only"));
    }
}
