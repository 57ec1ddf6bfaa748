package org.farga.aid;

import org.farga.platform.Answer;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.NotFoundException;
import org.farga.shared.OrganisationId;
import org.farga.shared.Refusal;

/** Who may see and do what: access officers and administrators act, auditors read, a company's people see their own. */
final class AidRights {
    private AidRights() {}

    static boolean mayAct(Actor actor) {
        return actor.isAny(CentreRole.ACCESS_OFFICER, CentreRole.ADMINISTRATOR);
    }

    static boolean seesAll(Actor actor) {
        return mayAct(actor) || actor.is(CentreRole.AUDITOR);
    }

    static void requireReader(Actor actor) {
        if (!seesAll(actor)) {
            throw new NotFoundException("aid");
        }
    }

    static void requireOfficer(Actor actor) {
        requireReader(actor);
        if (!mayAct(actor)) {
            throw new Answer.RefusedException(Refusal.forbidden("aid-officers-only"));
        }
    }

    static boolean sees(Actor actor, OrganisationId organisation) {
        return actor.isMemberOf(organisation) || seesAll(actor);
    }

    static void requireSight(Actor actor, OrganisationId organisation) {
        if (!sees(actor, organisation)) {
            throw new NotFoundException("organisation");
        }
    }
}
