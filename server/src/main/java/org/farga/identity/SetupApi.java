package org.farga.identity;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import org.farga.identity.PersonsApi.PersonJson;
import org.farga.people.Person;
import org.farga.platform.Answer;
import org.farga.platform.Languages;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/setup")
class SetupApi {
    private final SetupLinks links;

    SetupApi(SetupLinks links) {
        this.links = links;
    }

    record NewAdministrator(
            @Nullable String token,
            @Nullable String email,
            @Nullable String name,
            @Nullable String password) {
        @Override
        public String toString() {
            return "NewAdministrator[email=" + email + "]";
        }
    }

    /** Signs up the first administrator with the token of the one-time link. */
    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    ResponseEntity<PersonJson> setUp(@RequestBody NewAdministrator body, HttpServletRequest request) {
        Person person = Answer.of(links.setUp(
                body.token(),
                body.email(),
                body.name(),
                body.password(),
                Languages.of(request).getLanguage()));
        return ResponseEntity.created(URI.create("/api/v1/me")).body(PersonJson.of(person));
    }
}
