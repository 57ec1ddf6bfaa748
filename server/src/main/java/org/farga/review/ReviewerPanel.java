package org.farga.review;

import gg.jte.Content;
import gg.jte.TemplateEngine;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.farga.platform.HomePanel;
import org.farga.platform.Shell;
import org.farga.shared.Actor;
import org.springframework.stereotype.Component;

/** On a reviewer's home page: how much they are to review, and the way to what they said of themselves. */
@Component
class ReviewerPanel implements HomePanel {
    private final ReviewerTable reviewers;
    private final PairTable pairs;
    private final TemplateEngine templates;

    ReviewerPanel(ReviewerTable reviewers, PairTable pairs, TemplateEngine templates) {
        this.reviewers = reviewers;
        this.pairs = pairs;
        this.templates = templates;
    }

    @Override
    public int order() {
        return 25;
    }

    @Override
    public Optional<Content> panelFor(Actor actor, Shell shell) {
        return reviewers
                .find(actor.person())
                .filter(r -> r.state() == Reviewer.State.ACTIVE)
                .map(r -> {
                    int load = pairs.loads(List.of(r.person())).getOrDefault(r.person(), 0);
                    return out -> templates.render(
                            "review/home.jte", Map.of("shell", shell, "reviewer", r, "load", load), out);
                });
    }
}
