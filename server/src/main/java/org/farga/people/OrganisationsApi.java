package org.farga.people;

import java.net.URI;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.farga.platform.Answer;
import org.farga.shared.Actor;
import org.farga.shared.Country;
import org.farga.shared.OrganisationId;
import org.farga.shared.OrganisationRole;
import org.farga.shared.Page;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/organisations")
class OrganisationsApi {
    private final Organisations organisations;

    OrganisationsApi(Organisations organisations) {
        this.organisations = organisations;
    }

    record OrganisationJson(
            OrganisationId id,
            String name,
            Country country,
            @Nullable LocalDate foundedOn,
            Instant createdAt) {
        static OrganisationJson of(Organisation o) {
            return new OrganisationJson(o.id(), o.name(), o.country(), o.foundedOn(), o.createdAt());
        }
    }

    record NewOrganisation(
            @Nullable String name,
            @Nullable String country,
            @Nullable LocalDate foundedOn) {}

    record OrganisationChange(@Nullable String name) {}

    record MemberJson(PersonId person, String name, String email, OrganisationRole role, Instant since) {
        static MemberJson of(Member m) {
            return new MemberJson(m.person(), m.name(), m.email().value(), m.role(), m.since());
        }
    }

    record RoleChange(@Nullable OrganisationRole role) {}

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    ResponseEntity<OrganisationJson> found(Actor actor, @RequestBody NewOrganisation body) {
        Organisation founded = Answer.of(organisations.found(actor, body.name(), body.country(), body.foundedOn()));
        return ResponseEntity.created(URI.create("/api/v1/organisations/" + founded.id()))
                .eTag("\"" + founded.version() + "\"")
                .body(OrganisationJson.of(founded));
    }

    @GetMapping
    Page<OrganisationJson> list(
            Actor actor,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(required = false) @Nullable Integer limit) {
        return organisations.list(actor, cursor, limit).map(OrganisationJson::of);
    }

    @GetMapping("/{id}")
    ResponseEntity<OrganisationJson> get(Actor actor, @PathVariable OrganisationId id) {
        Organisation organisation = organisations.get(actor, id);
        return Answer.versioned(OrganisationJson.of(organisation), organisation.version());
    }

    @PatchMapping("/{id}")
    ResponseEntity<OrganisationJson> rename(
            Actor actor,
            @PathVariable OrganisationId id,
            @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
            @RequestBody OrganisationChange body) {
        Organisation renamed = Answer.of(organisations.rename(actor, id, Answer.version(ifMatch), body.name()));
        return Answer.versioned(OrganisationJson.of(renamed), renamed.version());
    }

    @GetMapping("/{id}/members")
    List<MemberJson> members(Actor actor, @PathVariable OrganisationId id) {
        return organisations.members(actor, id).stream().map(MemberJson::of).toList();
    }

    /** Gives a member another role; nobody becomes a member by it. */
    @PutMapping("/{id}/members/{person}")
    MemberJson changeRole(
            Actor actor, @PathVariable OrganisationId id, @PathVariable PersonId person, @RequestBody RoleChange body) {
        return MemberJson.of(Answer.of(organisations.changeRole(actor, id, person, body.role())));
    }

    /** Takes a member out, or leaves. */
    @DeleteMapping("/{id}/members/{person}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void remove(Actor actor, @PathVariable OrganisationId id, @PathVariable PersonId person) {
        Answer.of(organisations.remove(actor, id, person));
    }
}
