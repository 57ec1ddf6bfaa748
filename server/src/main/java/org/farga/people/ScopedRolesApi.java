package org.farga.people;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;
import org.farga.platform.Answer;
import org.farga.platform.Languages;
import org.farga.shared.Actor;
import org.farga.shared.Page;
import org.farga.shared.PersonId;
import org.farga.shared.ScopedRole;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/centre/scoped-roles")
class ScopedRolesApi {
    private final ScopedRoles roles;

    ScopedRolesApi(ScopedRoles roles) {
        this.roles = roles;
    }

    /**
     * @param email of an account
     * @param scope of an assessor a call's identifier, of a coordinator a sector's code
     * @param lastDay the last day on which it is held, at most two years from now
     */
    record NewScopedRole(
            @Nullable String email,
            ScopedRole.@Nullable Kind kind,
            @Nullable String scope,
            @Nullable LocalDate lastDay) {}

    record ScopedRoleJson(
            UUID id,
            PersonId person,
            String name,
            ScopedRole.Kind kind,
            String scope,
            String title,
            PersonId grantedBy,
            Instant grantedAt,
            Instant until) {
        static ScopedRoleJson of(ScopedRoles.Named n) {
            ScopedRoleGrant g = n.grant();
            return new ScopedRoleJson(
                    g.id(),
                    g.person(),
                    n.person().name(),
                    g.role().kind(),
                    g.role().scope(),
                    n.title(),
                    g.grantedBy(),
                    g.grantedAt(),
                    g.until());
        }
    }

    /** The roles over single things that people hold now; for the centre's staff. */
    @GetMapping
    Page<ScopedRoleJson> list(
            Actor actor,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(required = false) @Nullable Integer limit,
            HttpServletRequest request) {
        return roles.list(actor, cursor, limit, Languages.of(request)).map(ScopedRoleJson::of);
    }

    /** Gives one; the same right given again takes the place of the one before. */
    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    ResponseEntity<ScopedRoleJson> grant(Actor actor, @RequestBody NewScopedRole body, HttpServletRequest request) {
        ScopedRoles.Named given = Answer.of(roles.grant(
                actor,
                new ScopedRoles.Order(body.email(), body.kind(), body.scope(), body.lastDay()),
                Languages.of(request)));
        return ResponseEntity.created(URI.create("/api/v1/centre/scoped-roles")).body(ScopedRoleJson.of(given));
    }

    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void withdraw(Actor actor, @PathVariable UUID id, HttpServletRequest request) {
        Answer.of(roles.withdraw(actor, id, Languages.of(request)));
    }
}
