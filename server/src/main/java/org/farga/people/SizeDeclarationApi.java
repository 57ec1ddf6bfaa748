package org.farga.people;

import jakarta.servlet.http.HttpServletRequest;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.farga.people.SizeDeclaration.Relation;
import org.farga.people.SizeDeclaration.SizeFigures;
import org.farga.platform.Answer;
import org.farga.platform.Languages;
import org.farga.platform.Messages;
import org.farga.shared.Actor;
import org.farga.shared.NotFoundException;
import org.farga.shared.OrganisationId;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/organisations/{id}/size-declaration")
class SizeDeclarationApi {
    private final SizeDeclarations declarations;
    private final Messages messages;

    SizeDeclarationApi(SizeDeclarations declarations, Messages messages) {
        this.declarations = declarations;
        this.messages = messages;
    }

    record EnterpriseJson(
            String name,
            Relation relation,
            BigDecimal sharePercent,
            BigDecimal staff,
            BigDecimal turnoverEur,
            BigDecimal balanceSheetEur,
            @Nullable String through) {}

    record ReasonJson(String rule, boolean holds, String sentence, String source) {}

    record SizeDeclarationJson(
            OrganisationId organisation,
            int year,
            BigDecimal staff,
            BigDecimal turnoverEur,
            BigDecimal balanceSheetEur,
            List<EnterpriseJson> linkedEnterprises,
            boolean sme,
            SmeStatus.Category category,
            SizeFigures totals,
            List<ReasonJson> reasons,
            PersonId declaredBy,
            Instant declaredAt) {}

    /** Declares the size; what was declared before stays on record. */
    @PutMapping
    SizeDeclarationJson declare(
            Actor actor,
            @PathVariable OrganisationId id,
            @RequestBody SizeDeclaration.NewSizeDeclaration body,
            HttpServletRequest request) {
        return json(Answer.of(declarations.declare(actor, id, body)), request);
    }

    /** The declaration that counts now, with the SME test on it. */
    @GetMapping
    SizeDeclarationJson get(Actor actor, @PathVariable OrganisationId id, HttpServletRequest request) {
        return json(
                declarations.findLatest(actor, id).orElseThrow(() -> new NotFoundException("size declaration")),
                request);
    }

    /** The latest fifty declarations, newest first. */
    @GetMapping("/history")
    List<SizeDeclarationJson> history(Actor actor, @PathVariable OrganisationId id, HttpServletRequest request) {
        return declarations.list(actor, id).stream().map(d -> json(d, request)).toList();
    }

    private SizeDeclarationJson json(SizeDeclaration d, HttpServletRequest request) {
        SizeDeclaration.Result result = d.test();
        var language = Languages.of(request);
        return new SizeDeclarationJson(
                d.organisation(),
                d.year(),
                d.own().staff(),
                d.own().turnoverEur(),
                d.own().balanceSheetEur(),
                d.enterprises().stream()
                        .map(e -> new EnterpriseJson(
                                e.name(),
                                e.relation(),
                                e.sharePercent(),
                                e.figures().staff(),
                                e.figures().turnoverEur(),
                                e.figures().balanceSheetEur(),
                                e.through()))
                        .toList(),
                result.sme(),
                result.category(),
                result.totals(),
                result.reasons().stream()
                        .map(r -> new ReasonJson(
                                r.rule(),
                                r.holds(),
                                messages.text(
                                        language, r.message(), r.arguments().toArray()),
                                messages.text(language, "people.size.source", r.article())))
                        .toList(),
                d.declaredBy(),
                d.declaredAt());
    }
}
