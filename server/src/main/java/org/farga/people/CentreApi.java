package org.farga.people;

import java.util.List;
import org.farga.platform.Answer;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.EmailAddress;
import org.farga.shared.Page;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1")
class CentreApi {
    private final CentreRoles roles;

    CentreApi(CentreRoles roles) {
        this.roles = roles;
    }

    record StaffJson(PersonId id, EmailAddress email, String name, List<CentreRole> centreRoles) {
        static StaffJson of(StaffMember m) {
            return new StaffJson(
                    m.person(), m.email(), m.name(), m.roles().stream().sorted().toList());
        }
    }

    /** The person with exactly this address, or an empty page; for administrators. */
    @GetMapping("/persons")
    Page<StaffJson> find(Actor actor, @RequestParam(required = false) @Nullable String email) {
        return new Page<>(roles.find(actor, email).map(StaffJson::of).stream().toList(), null);
    }

    @GetMapping("/centre/staff")
    Page<StaffJson> staff(
            Actor actor,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(required = false) @Nullable Integer limit) {
        return roles.list(actor, cursor, limit).map(StaffJson::of);
    }

    @PutMapping("/persons/{id}/centre-roles/{role}")
    StaffJson grant(Actor actor, @PathVariable PersonId id, @PathVariable CentreRole role) {
        return StaffJson.of(Answer.of(roles.grant(actor, id, role)));
    }

    @DeleteMapping("/persons/{id}/centre-roles/{role}")
    StaffJson withdraw(Actor actor, @PathVariable PersonId id, @PathVariable CentreRole role) {
        return StaffJson.of(Answer.of(roles.withdraw(actor, id, role)));
    }
}
