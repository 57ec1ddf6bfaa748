package org.farga.review;

import java.util.ArrayList;
import java.util.List;
import org.farga.platform.Attention;
import org.farga.shared.Actor;
import org.farga.shared.ScopedRole;
import org.springframework.stereotype.Component;

/** What reviewers and panels are to do now. */
@Component
class ReviewAttention implements Attention {
    private static final int MOST = 10;

    private final Reviews reviews;
    private final Panels panels;

    ReviewAttention(Reviews reviews, Panels panels) {
        this.reviews = reviews;
        this.panels = panels;
    }

    @Override
    public List<Item> itemsFor(Actor actor) {
        List<Item> items = new ArrayList<>();
        reviews.mine(actor).stream()
                .filter(Reviews.Mine::open)
                .limit(MOST)
                .forEach(m -> items.add(new Item(
                        "review.attention.review",
                        List.of(m.proposal().code(), m.proposal().title()),
                        "/reviews/" + m.proposal().id(),
                        m.proposal().dueAt())));
        for (String call : actor.scopesOf(ScopedRole.Kind.PANEL_MEMBER)) {
            panels.waiting(actor, call)
                    .ifPresent(w -> items.add(new Item(
                            "review.attention.panel",
                            List.of(w.count(), w.title()),
                            "/calls/" + w.code() + "/ranking?cutOff="
                                    + (w.cutOff() == null ? TrialReader.NO_CUT_OFF : w.cutOff()),
                            null)));
        }
        return items;
    }
}
