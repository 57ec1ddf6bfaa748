package org.farga.people;

import java.time.Instant;
import java.util.List;
import org.farga.platform.Answer;
import org.farga.shared.Actor;
import org.farga.shared.NotFoundException;
import org.farga.shared.OrganisationId;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/organisations/{organisation}/closing")
class ClosingsApi {
    private final Closings closings;

    ClosingsApi(Closings closings) {
        this.closings = closings;
    }

    /**
     * @param name the organisation's name, typed again
     * @param days how long its people can still read what is theirs: 0 to 90, without it 30
     */
    record NewClosing(
            @Nullable String name,
            @Nullable String reason,
            @Nullable Integer days) {}

    record ClosingJson(
            Instant begunAt,
            PersonId begunBy,
            String reason,
            Instant closesAt,
            @Nullable Instant closedAt) {
        static ClosingJson of(Closing c) {
            return new ClosingJson(c.begunAt(), c.begunBy(), c.reason(), c.closesAt(), c.closedAt());
        }
    }

    /** The closing that is under way; 404 where the organisation stays. */
    @GetMapping
    ClosingJson get(Actor actor, @PathVariable OrganisationId organisation) {
        return closings.find(actor, organisation)
                .map(ClosingJson::of)
                .orElseThrow(() -> new NotFoundException("closing"));
    }

    /** What closing it would end now. */
    @GetMapping("/preview")
    List<Closings.Line> preview(Actor actor, @PathVariable OrganisationId organisation) {
        return closings.preview(actor, organisation);
    }

    /** Begins it: allocations are held back, submitted proposals withdrawn, agreements and service accounts ended. */
    @PutMapping
    ClosingJson begin(Actor actor, @PathVariable OrganisationId organisation, @RequestBody NewClosing body) {
        return ClosingJson.of(Answer.of(closings.begin(actor, organisation, body.name(), body.reason(), body.days())));
    }

    /** Calls it off before the last day. */
    @DeleteMapping
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void callOff(Actor actor, @PathVariable OrganisationId organisation) {
        Answer.of(closings.callOff(actor, organisation));
    }
}
