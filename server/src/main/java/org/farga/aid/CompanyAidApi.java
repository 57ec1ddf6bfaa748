package org.farga.aid;

import io.swagger.v3.oas.annotations.Operation;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.farga.platform.Answer;
import org.farga.shared.Actor;
import org.farga.shared.AllocationId;
import org.farga.shared.OrganisationId;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** A company's aid: what it may still be granted, what it declares, whom it is linked to, and what pays its allocations. */
@RestController
@RequestMapping("/api/v1")
class CompanyAidApi {
    private final Register register;
    private final Undertakings undertakings;
    private final Grants grants;

    CompanyAidApi(Register register, Undertakings undertakings, Grants grants) {
        this.register = register;
        this.undertakings = undertakings;
        this.grants = grants;
    }

    record CountedAidJson(
            OrganisationId organisation,
            LocalDate grantedOn,
            LocalDate fallsOutOn,
            BigDecimal amountEuros,
            String authority,
            boolean declared,
            boolean counted) {}

    record HeadroomJson(
            String memberState,
            BigDecimal ceilingEuros,
            BigDecimal usedEuros,
            BigDecimal leftEuros,
            Headroom.Level level,
            List<CountedAidJson> aids) {
        static HeadroomJson of(Headroom h) {
            return new HeadroomJson(
                    h.memberState(),
                    Euro.of(h.ceiling().cents()),
                    Euro.of(h.usedCents()),
                    Euro.of(h.leftCents()),
                    h.level(),
                    h.lines().stream()
                            .map(l -> new CountedAidJson(
                                    l.organisation(),
                                    l.grantedOn(),
                                    h.ceiling().fallsOutOn(l.grantedOn()),
                                    Euro.of(l.cents()),
                                    l.authority(),
                                    l.grant() == null,
                                    !l.repeated() && h.ceiling().counts(l.grantedOn(), h.day())))
                            .toList());
        }
    }

    record CompanyAidJson(
            OrganisationId organisation,
            LocalDate day,
            List<OrganisationId> undertaking,
            @Nullable LocalDate declarationValidUntil,
            List<HeadroomJson> headrooms) {}

    record DeclaredAidJson(
            String memberState,
            LocalDate grantedOn,
            BigDecimal amountEuros,
            String authority,
            @Nullable String reference) {}

    record DeclarationJson(
            UUID id,
            OrganisationId organisation,
            String taxId,
            String sector,
            List<DeclaredAidJson> others,
            PersonId declaredBy,
            Instant declaredAt,
            LocalDate validUntil) {
        static DeclarationJson of(Declaration d) {
            return new DeclarationJson(
                    d.id(),
                    d.organisation(),
                    d.taxId(),
                    d.sector(),
                    d.others().stream()
                            .map(a -> new DeclaredAidJson(
                                    a.memberState(), a.grantedOn(), Euro.of(a.cents()), a.authority(), a.reference()))
                            .toList(),
                    d.declaredBy(),
                    d.declaredAt(),
                    d.validUntil());
        }
    }

    record DeclarationsJson(List<DeclarationJson> items) {}

    record EnterpriseLinkJson(
            UUID id,
            OrganisationId organisation,
            String name,
            String country,
            String taxId,
            @Nullable OrganisationId other,
            EnterpriseLink.Relation relation,
            EnterpriseLink.@Nullable Criterion criterion,
            String evidence,
            LocalDate since,
            @Nullable LocalDate until,
            EnterpriseLink.State state,
            @Nullable String reason) {
        static EnterpriseLinkJson of(EnterpriseLink l) {
            return new EnterpriseLinkJson(
                    l.id(),
                    l.organisation(),
                    l.name(),
                    l.country(),
                    l.taxId(),
                    l.other(),
                    l.relation(),
                    l.criterion(),
                    l.evidence(),
                    l.since(),
                    l.until(),
                    l.state(),
                    l.reason());
        }
    }

    record EnterpriseLinksJson(List<EnterpriseLinkJson> items) {}

    record LinkDecisionRequest(
            @Nullable Boolean confirmed,
            @Nullable OrganisationId other,
            @Nullable String reason) {}

    record LinkEndRequest(@Nullable LocalDate until) {}

    record AllocationFundingJson(
            AllocationId allocation,
            List<SourcesApi.ShareJson> shares,
            @Nullable String reason,
            @Nullable Instant assignedAt) {
        static AllocationFundingJson of(AllocationId id, FundingTable.Funding f) {
            return new AllocationFundingJson(
                    id, f.shares().stream().map(SourcesApi.ShareJson::of).toList(), f.reason(), f.assignedAt());
        }
    }

    record AllocationFundingRequest(
            @Nullable List<SourcesApi.ShareJson> shares,
            @Nullable String reason) {}

    @Operation(
            summary =
                    "What de minimis aid the single undertaking of a company has had in each Member State, and what is left, on a"
                            + " day (today where none is named)")
    @GetMapping("/organisations/{organisation}/aid")
    CompanyAidJson aid(
            Actor actor,
            @PathVariable OrganisationId organisation,
            @RequestParam(required = false) @Nullable LocalDate day) {
        Register.Standing standing = register.standing(actor, organisation, day);
        return new CompanyAidJson(
                organisation,
                standing.day(),
                List.copyOf(standing.members().keySet()),
                standing.declaration() == null ? null : standing.declaration().validUntil(),
                standing.headrooms().stream().map(HeadroomJson::of).toList());
    }

    /** The latest fifty, newest first; the first is the one that counts. */
    @GetMapping("/organisations/{organisation}/aid-declarations")
    DeclarationsJson declarations(Actor actor, @PathVariable OrganisationId organisation) {
        return new DeclarationsJson(undertakings.declarations(actor, organisation).stream()
                .map(DeclarationJson::of)
                .toList());
    }

    @Operation(summary = "Declares all other de minimis aid, as an owner; what was declared before stays on record")
    @PostMapping("/organisations/{organisation}/aid-declarations")
    @ResponseStatus(HttpStatus.CREATED)
    ResponseEntity<DeclarationJson> declare(
            Actor actor, @PathVariable OrganisationId organisation, @RequestBody Declaration.NewDeclaration request) {
        Declaration declaration = Answer.of(undertakings.declare(actor, organisation, request));
        return ResponseEntity.created(URI.create("/api/v1/organisations/" + organisation + "/aid-declarations"))
                .body(DeclarationJson.of(declaration));
    }

    @GetMapping("/organisations/{organisation}/enterprise-links")
    EnterpriseLinksJson links(Actor actor, @PathVariable OrganisationId organisation) {
        return new EnterpriseLinksJson(undertakings.linksOf(actor, organisation).stream()
                .map(EnterpriseLinkJson::of)
                .toList());
    }

    @Operation(
            summary = "Declares how a company stands to another enterprise, with its evidence; the centre confirms it")
    @PostMapping("/organisations/{organisation}/enterprise-links")
    @ResponseStatus(HttpStatus.CREATED)
    ResponseEntity<EnterpriseLinkJson> declareLink(
            Actor actor, @PathVariable OrganisationId organisation, @RequestBody EnterpriseLink.NewLink request) {
        EnterpriseLink link = Answer.of(undertakings.declareLink(actor, organisation, request));
        return ResponseEntity.created(URI.create("/api/v1/organisations/" + organisation + "/enterprise-links"))
                .body(EnterpriseLinkJson.of(link));
    }

    @Operation(
            summary = "Confirms or rejects a link; other is the organisation here that the enterprise is, if it is one")
    @PostMapping("/aid/links/{link}/decision")
    EnterpriseLinkJson decide(Actor actor, @PathVariable UUID link, @RequestBody LinkDecisionRequest request) {
        return EnterpriseLinkJson.of(
                Answer.of(undertakings.decide(actor, link, request.confirmed(), request.other(), request.reason())));
    }

    @PostMapping("/aid/links/{link}/end")
    EnterpriseLinkJson end(Actor actor, @PathVariable UUID link, @RequestBody LinkEndRequest request) {
        return EnterpriseLinkJson.of(Answer.of(undertakings.end(actor, link, request.until())));
    }

    /** Which sources pay an allocation. */
    @GetMapping("/allocations/{id}/funding")
    AllocationFundingJson funding(Actor actor, @PathVariable AllocationId id) {
        return AllocationFundingJson.of(id, grants.fundingOf(actor, id));
    }

    @Operation(
            summary =
                    "Names other sources for an allocation: aid that was granted for it is withdrawn, and what it is now is"
                            + " granted as of the same day")
    @PutMapping("/allocations/{id}/funding")
    AllocationFundingJson assign(
            Actor actor, @PathVariable AllocationId id, @RequestBody AllocationFundingRequest request) {
        return AllocationFundingJson.of(
                id,
                Answer.of(grants.assign(
                        actor,
                        id,
                        request.shares() == null
                                ? List.of()
                                : request.shares().stream()
                                        .map(SourcesApi.ShareJson::share)
                                        .toList(),
                        request.reason())));
    }
}
