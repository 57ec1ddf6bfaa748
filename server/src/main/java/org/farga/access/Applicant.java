package org.farga.access;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.farga.people.SmeVerdict;
import org.farga.shared.Country;
import org.jspecify.annotations.Nullable;

/**
 * What rules know of who asks.
 *
 * @param foundedOn null where its owner did not say
 * @param size whether it is an SME, by its declarations; null where it never declared
 * @param entity what it declared of the legal entity that it is; null for nothing
 * @param links what the centre confirmed to be linked to it, where its latest size declaration names it not
 * @param overdue the final reports that it owes
 */
record Applicant(
        Country country,
        @Nullable LocalDate foundedOn,
        @Nullable SmeVerdict size,
        @Nullable LegalEntity entity,
        List<Link> links,
        List<Report> overdue) {
    Applicant {
        links = List.copyOf(links);
        overdue = List.copyOf(overdue);
    }

    /** An enterprise that the centre's register of aid has as linked, since a day. */
    record Link(String name, LocalDate since) {}

    /** A final report that was due. */
    record Report(String code, Instant dueAt) {}
}
