package org.farga.dataspace;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Instant;
import java.util.Locale;
import org.farga.platform.Answer;
import org.farga.platform.Languages;
import org.farga.platform.Messages;
import org.farga.shared.Actor;
import org.farga.shared.AgreementId;
import org.farga.shared.OrganisationId;
import org.farga.shared.Page;
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
@RequestMapping("/api/v1")
class AgreementsApi {
    private final Agreements agreements;
    private final Messages messages;

    AgreementsApi(Agreements agreements, Messages messages) {
        this.agreements = agreements;
        this.messages = messages;
    }

    /** @param termsSha256 digest of the terms that were read: who repeats it has seen that wording */
    record NewAgreement(
            @Nullable OrganisationId organisation, @Nullable String termsSha256) {}

    record AgreementJson(
            AgreementId agreement,
            String dataset,
            OrganisationId organisation,
            String organisationName,
            int termsVersion,
            Sha256 termsSha256,
            String acceptedBy,
            Instant acceptedAt,
            @Nullable Instant endedAt,
            @Nullable String endingReason) {
        static AgreementJson of(Agreements.Named named, Messages messages, Locale language) {
            Agreement a = named.agreement();
            Agreement.Ending ending = a.ending();
            return new AgreementJson(
                    a.id(),
                    named.slug(),
                    a.organisation(),
                    named.organisation(),
                    a.termsVersion(),
                    a.termsSha256(),
                    named.acceptedBy(),
                    a.acceptedAt(),
                    ending == null ? null : ending.at(),
                    ending == null ? null : reason(ending, messages, language));
        }

        private static String reason(Agreement.Ending ending, Messages messages, Locale language) {
            return ending.cause() == Agreement.Cause.STATED
                    ? ending.reason()
                    : messages.text(
                            language,
                            "dataspace.ending." + ending.cause().name(),
                            ending.next() == null ? 0 : ending.next());
        }
    }

    @PostMapping("/datasets/{slug}/agreements")
    @ResponseStatus(HttpStatus.CREATED)
    ResponseEntity<AgreementJson> acceptTerms(
            Actor actor, @PathVariable String slug, @RequestBody NewAgreement body, HttpServletRequest request) {
        OrganisationId organisation = body.organisation();
        if (organisation == null) {
            throw new Answer.RefusedException(new org.farga.shared.Fields()
                    .present("organisation", null)
                    .refusal()
                    .orElseThrow());
        }
        Agreement agreement = Answer.of(agreements.accept(actor, slug, organisation, body.termsSha256()));
        return ResponseEntity.created(URI.create("/api/v1/agreements/" + agreement.id()))
                .body(AgreementJson.of(agreements.named(agreement), messages, Languages.of(request)));
    }

    @GetMapping("/agreements")
    Page<AgreementJson> listAgreements(
            Actor actor,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(required = false) @Nullable Integer limit,
            HttpServletRequest request) {
        Locale language = Languages.of(request);
        return agreements.list(actor, cursor, limit).map(named -> AgreementJson.of(named, messages, language));
    }

    @GetMapping("/agreements/{id}")
    AgreementJson getAgreement(Actor actor, @PathVariable AgreementId id, HttpServletRequest request) {
        return AgreementJson.of(agreements.named(agreements.get(actor, id)), messages, Languages.of(request));
    }

    /** Ends it; what runs on the dataset under it is stopped. */
    @DeleteMapping("/agreements/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void endAgreement(
            Actor actor, @PathVariable AgreementId id, @RequestParam(required = false) @Nullable String reason) {
        Answer.of(agreements.end(actor, id, reason));
    }
}
