package org.farga.access;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.farga.people.Organisations;
import org.farga.people.People;
import org.farga.shared.CentreRole;
import org.farga.shared.PersonId;
import org.farga.shared.ScopedRole;
import org.springframework.stereotype.Component;

/** Who is told of a proposal, and in which words. */
@Component
class Holders {
    private final Organisations organisations;
    private final People people;
    private final Clock clock;

    Holders(Organisations organisations, People people, Clock clock) {
        this.organisations = organisations;
        this.people = people;
        this.clock = clock;
    }

    /** Who can do a step; where nobody was made an assessor of it, access officers, who can make somebody one. */
    List<PersonId> of(Proposal proposal, Step.Kind step) {
        return switch (step) {
            case ADMINISTRATIVE_CHECK, EXPERT_REVIEW, PANEL, DECISION -> people.withRole(CentreRole.ACCESS_OFFICER);
            case ACCEPTANCE -> applicants(proposal);
            case TECHNICAL_ASSESSMENT -> {
                List<PersonId> assessors = new ArrayList<>(people.withRole(
                        new ScopedRole(ScopedRole.Kind.ASSESSOR, proposal.call().toString()), clock.instant()));
                String sector = proposal.answers().sector();
                if (sector != null) {
                    assessors.addAll(
                            people.withRole(new ScopedRole(ScopedRole.Kind.COORDINATOR, sector), clock.instant()));
                }
                yield assessors.isEmpty()
                        ? people.withRole(CentreRole.ACCESS_OFFICER)
                        : assessors.stream().distinct().toList();
            }
        };
    }

    /** Whom an organisation's proposal concerns: its owners, and whoever wrote it where they still belong to it. */
    List<PersonId> applicants(Proposal proposal) {
        List<PersonId> told = new ArrayList<>(organisations.owners(proposal.organisation()));
        if (!told.contains(proposal.createdBy())
                && organisations.people(proposal.organisation()).contains(proposal.createdBy())) {
            told.add(proposal.createdBy());
        }
        return told;
    }

    static String title(Proposal proposal) {
        return requireNonNull(proposal.answers().title());
    }

    static String link(Proposal proposal) {
        return "/proposals/" + proposal.id();
    }
}
