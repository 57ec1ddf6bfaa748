package org.farga.review;

import org.farga.platform.Answer;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.NotFoundException;
import org.farga.shared.Refusal;

/** Who may see and do what around reviewers: access officers act, administrators and auditors read. */
final class ReviewRights {
    private ReviewRights() {}

    static boolean reads(Actor actor) {
        return actor.isAny(CentreRole.ACCESS_OFFICER, CentreRole.ADMINISTRATOR, CentreRole.AUDITOR);
    }

    static void requireReader(Actor actor) {
        if (!reads(actor)) {
            throw new NotFoundException("page");
        }
    }

    static void requireOfficer(Actor actor) {
        requireReader(actor);
        if (!actor.is(CentreRole.ACCESS_OFFICER)) {
            throw new Answer.RefusedException(Refusal.forbidden("access-officers-only"));
        }
    }
}
