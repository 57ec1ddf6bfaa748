package org.farga.review;

import java.util.ArrayList;
import java.util.List;
import org.farga.platform.Attention;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.springframework.stereotype.Component;

/** What the pool asks of people now: an invitation to answer, conflicts of interest to decide. */
@Component
class ReviewerAttention implements Attention {
    private final ReviewerTable reviewers;
    private final Conflicts conflicts;

    ReviewerAttention(ReviewerTable reviewers, Conflicts conflicts) {
        this.reviewers = reviewers;
        this.conflicts = conflicts;
    }

    @Override
    public List<Item> itemsFor(Actor actor) {
        List<Item> items = new ArrayList<>();
        reviewers
                .find(actor.person())
                .filter(r -> r.state() == Reviewer.State.INVITED)
                .ifPresent(r -> items.add(new Item("review.attention.invited", List.of(), "/reviewer", null)));
        if (actor.is(CentreRole.ACCESS_OFFICER)) {
            int open = conflicts.countOpen();
            if (open > 0) {
                items.add(new Item("review.attention.conflicts", List.of(open), "/review-conflicts", null));
            }
        }
        return items;
    }
}
