package org.farga.people;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.farga.platform.Answer;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.EmailAddress;
import org.farga.shared.OrganisationRole;
import org.farga.shared.PersonId;
import org.farga.shared.Scope;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1")
class PersonsApi {
    private final People people;

    PersonsApi(People people) {
        this.people = people;
    }

    record SignUp(
            @Nullable String email,
            @Nullable String name,
            @Nullable String password,
            @Nullable String language) {
        @Override
        public String toString() {
            return "SignUp[email=" + email + "]";
        }
    }

    record PersonJson(PersonId id, EmailAddress email, String name, String language, Instant createdAt) {
        static PersonJson of(Person p) {
            return new PersonJson(p.id(), p.email(), p.name(), p.language().getLanguage(), p.createdAt());
        }
    }

    record MeJson(
            PersonId id,
            EmailAddress email,
            String name,
            String language,
            List<CentreRole> centreRoles,
            Map<String, OrganisationRole> organisations,
            Set<Scope> scopes) {}

    /** Signs up; open to anyone. */
    @PostMapping("/persons")
    @ResponseStatus(HttpStatus.CREATED)
    ResponseEntity<PersonJson> signUp(@RequestBody SignUp body) {
        Person person = Answer.of(people.signUp(body.email(), body.name(), body.password(), body.language()));
        return ResponseEntity.created(URI.create("/api/v1/me")).body(PersonJson.of(person));
    }

    /** Who the caller is, and what they may do. */
    @GetMapping("/me")
    MeJson me(Actor actor) {
        Person person = people.get(actor.person());
        Map<String, OrganisationRole> organisations = new TreeMap<>();
        actor.organisations().forEach((id, role) -> organisations.put(id.toString(), role));
        return new MeJson(
                person.id(),
                person.email(),
                person.name(),
                person.language().getLanguage(),
                actor.centreRoles().stream().sorted().toList(),
                organisations,
                actor.scopes());
    }
}
