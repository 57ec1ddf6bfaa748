package org.farga.allocation;

import java.text.Normalizer;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.OrganisationId;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;

/** A piece of work of one organisation: its people, its allocations, and all that they make with them. */
record Project(
        ProjectId id,
        String slug,
        String name,
        OrganisationId organisation,
        ProposalId openedByProposal,
        Instant openedAt,
        List<ProjectMember> members) {
    static final int LONGEST_NAME = 200;
    private static final int LONGEST_SLUG = 40;

    Project {
        members = List.copyOf(members);
    }

    /** The person accountable for the project; there is always exactly one. */
    PersonId lead() {
        return members.stream()
                .filter(m -> m.role() == ProjectRole.LEAD)
                .findFirst()
                .orElseThrow()
                .person();
    }

    Optional<ProjectMember> member(PersonId person) {
        return members.stream().filter(m -> m.person().equals(person)).findFirst();
    }

    /**
     * Whether this person works in the project. Whoever left the organisation no longer does, because terms, agreements
     * and awards bind the organisation.
     */
    boolean isWorkedInBy(Actor actor) {
        return actor.isMemberOf(organisation) && member(actor.person()).isPresent();
    }

    /** Who may find it: those who work in it, the owners of its organisation, and the centre's staff. */
    boolean isVisibleTo(Actor actor) {
        return isWorkedInBy(actor) || actor.isOwnerOf(organisation) || seesAll(actor);
    }

    /** Its lead and the owners of its organisation say who works in it. */
    boolean isKeptBy(Actor actor) {
        return actor.isOwnerOf(organisation) || (actor.isMemberOf(organisation) && lead().equals(actor.person()));
    }

    /** Why this person cannot be made a member or the lead, or nothing where they can. */
    Optional<Refusal> refusalToAdd(Actor actor, boolean belongsToOrganisation) {
        if (!isKeptBy(actor)) {
            return Optional.of(Refusal.forbidden("lead-or-owner-only"));
        }
        return belongsToOrganisation ? Optional.empty() : Optional.of(Refusal.conflict("not-in-organisation"));
    }

    /** Why this member cannot be removed; members may always leave by themselves, the lead only after another took over. */
    Optional<Refusal> refusalToRemove(Actor actor, PersonId person) {
        if (!isKeptBy(actor) && !actor.person().equals(person)) {
            return Optional.of(Refusal.forbidden("lead-or-owner-only"));
        }
        return lead().equals(person) ? Optional.of(Refusal.conflict("lead-stays")) : Optional.empty();
    }

    static boolean seesAll(Actor actor) {
        return actor.isAny(
                CentreRole.ADMINISTRATOR, CentreRole.ACCESS_OFFICER, CentreRole.OPERATOR, CentreRole.AUDITOR);
    }

    /** The address that a title makes: lower case letters, digits and single hyphens, at most 40 of them. */
    static String slug(String title) {
        String plain = Normalizer.normalize(title, Normalizer.Form.NFKD)
                .replaceAll("\\p{M}+", "")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9]+", "-")
                .replaceAll("^-|-$", "");
        if (plain.length() > LONGEST_SLUG) {
            int hyphen = plain.lastIndexOf('-', LONGEST_SLUG);
            plain = plain.substring(0, hyphen > 0 ? hyphen : LONGEST_SLUG);
        }
        return plain.isEmpty() ? "project" : plain;
    }
}
