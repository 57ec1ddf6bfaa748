package org.farga.review;

import java.time.Duration;
import org.farga.platform.Rounds;
import org.farga.shared.ProposalId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Looks each minute after what time alone brings: reviews that are due, answers that did not come, and proposals whose last
 * missing reviewer was released. Safe beside another process that does the same: each step is taken under the proposal's lock.
 */
@Component
class ReviewRounds extends Rounds {
    private static final int AT_ONCE = 200;
    private static final Duration REST = Duration.ofMinutes(1);
    private static final Logger LOG = LoggerFactory.getLogger(ReviewRounds.class);

    private final Reviews reviews;

    ReviewRounds(Reviews reviews) {
        super("reviews", Duration.ZERO, Duration.ofMinutes(1));
        this.reviews = reviews;
    }

    @Override
    protected Duration round() {
        reviews.rebuttalsOver(AT_ONCE).forEach(id -> alone(id, reviews::closeRebuttal));
        reviews.ready(AT_ONCE).forEach(id -> alone(id, reviews::settle));
        reviews.remind();
        return REST;
    }

    /** One that fails does not hold up the others, and is tried again. */
    private static void alone(ProposalId id, java.util.function.Consumer<ProposalId> step) {
        try {
            step.accept(id);
        } catch (RuntimeException e) {
            LOG.warn("proposal {} did not go on; it is tried again in {} s", id, REST.toSeconds(), e);
        }
    }
}
