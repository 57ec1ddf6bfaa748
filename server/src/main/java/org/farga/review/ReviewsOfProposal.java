package org.farga.review;

import gg.jte.Content;
import gg.jte.TemplateEngine;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.farga.access.ProposalPart;
import org.farga.access.ReviewStep;
import org.farga.platform.Shell;
import org.farga.shared.Actor;
import org.farga.shared.NotFoundException;
import org.farga.shared.ProposalId;
import org.springframework.stereotype.Component;

/** What a proposal's page says of its reviews: where they stand, what they found, and what the ranking proposes. */
@Component
class ReviewsOfProposal implements ProposalPart {
    private final Reviews reviews;
    private final ReviewTable table;
    private final Panels panels;
    private final TemplateEngine templates;

    ReviewsOfProposal(Reviews reviews, ReviewTable table, Panels panels, TemplateEngine templates) {
        this.reviews = reviews;
        this.table = table;
        this.panels = panels;
        this.templates = templates;
    }

    @Override
    public Optional<Content> partFor(Actor actor, ProposalId proposal, Shell shell) {
        Reviews.Reading reading;
        try {
            reading = reviews.reading(actor, proposal);
        } catch (NotFoundException e) {
            return Optional.empty();
        }
        boolean centre = reading.reader() != Reviews.Reader.APPLICANT;
        PanelTable.Proposed proposed = centre ? panels.proposed(proposal).orElse(null) : null;
        boolean toRank = centre
                && (reading.subject().stage() == ReviewStep.Stage.AFTER
                        || reading.subject().stage() == ReviewStep.Stage.DECIDED);
        if (reading.reviews().isEmpty()
                && !reading.mayAnswer()
                && proposed == null
                && !toRank
                && !(centre && table.has(proposal))) {
            return Optional.empty();
        }
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shell);
        model.put("reading", reading);
        model.put("proposed", proposed);
        model.put("toRank", toRank);
        return Optional.of(out -> templates.render("review/part.jte", model, out));
    }
}
