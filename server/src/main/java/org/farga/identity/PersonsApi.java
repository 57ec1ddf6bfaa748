package org.farga.identity;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.farga.people.People;
import org.farga.people.Person;
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
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1")
class PersonsApi {
    private final People people;
    private final Accounts accounts;
    private final BrowserSessions sessions;

    PersonsApi(People people, Accounts accounts, BrowserSessions sessions) {
        this.people = people;
        this.accounts = accounts;
        this.sessions = sessions;
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

    record MeChange(@Nullable String name, @Nullable String language) {}

    record PasswordChange(
            @Nullable String present, @Nullable String password) {
        @Override
        public String toString() {
            return "PasswordChange[]";
        }
    }

    /** Signs up; open to anyone. */
    @PostMapping("/persons")
    @ResponseStatus(HttpStatus.CREATED)
    ResponseEntity<PersonJson> signUp(@RequestBody SignUp body, HttpServletRequest request) {
        Person person = Answer.of(accounts.signUpFrom(
                request.getRemoteAddr(), body.email(), body.name(), body.password(), body.language()));
        return ResponseEntity.created(URI.create("/api/v1/me")).body(PersonJson.of(person));
    }

    /** Who the caller is, and what they may do. */
    @GetMapping("/me")
    ResponseEntity<MeJson> me(Actor actor) {
        return json(actor, people.get(actor.person()));
    }

    /** Changes one's name or language. */
    @PatchMapping("/me")
    ResponseEntity<MeJson> change(
            Actor actor,
            @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
            @RequestBody MeChange body) {
        return json(actor, Answer.of(people.change(actor, Answer.version(ifMatch), body.name(), body.language())));
    }

    /** Changes one's password, and ends every browser session. */
    @PutMapping("/me/password")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void changePassword(Actor actor, @RequestBody PasswordChange body, HttpServletRequest request) {
        Answer.of(accounts.changePassword(actor, body.present(), body.password(), AccountPages.session(request)));
    }

    /** Where one is signed in with a browser, the last seen first. */
    @GetMapping("/me/sessions")
    List<BrowserSessions.BrowserSession> sessions(Actor actor, HttpServletRequest request) {
        return sessions.list(actor.person(), AccountPages.session(request));
    }

    /** Signs one out of every browser but the one that asks. */
    @DeleteMapping("/me/sessions")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void endOtherSessions(Actor actor, HttpServletRequest request) {
        sessions.endOthers(actor, AccountPages.session(request));
    }

    @DeleteMapping("/me/sessions/{handle}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void endSession(Actor actor, @PathVariable String handle) {
        sessions.end(actor, handle);
    }

    private static ResponseEntity<MeJson> json(Actor actor, Person person) {
        Map<String, OrganisationRole> organisations = new TreeMap<>();
        actor.organisations().forEach((id, role) -> organisations.put(id.toString(), role));
        return Answer.versioned(
                new MeJson(
                        person.id(),
                        person.email(),
                        person.name(),
                        person.language().getLanguage(),
                        actor.centreRoles().stream().sorted().toList(),
                        organisations,
                        new TreeSet<>(actor.scopes())),
                person.version());
    }
}
