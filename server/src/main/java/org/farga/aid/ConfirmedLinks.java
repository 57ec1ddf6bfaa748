package org.farga.aid;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.farga.people.Organisations;
import org.farga.shared.OrganisationId;
import org.springframework.stereotype.Service;

/** The enterprises that the centre confirmed to be linked to an organisation, for others who have to know. */
@Service
public class ConfirmedLinks {
    private final LinkTable table;
    private final Organisations organisations;

    ConfirmedLinks(LinkTable table, Organisations organisations) {
        this.table = table;
        this.organisations = organisations;
    }

    /** An enterprise by its name, and since when it is linked. */
    public record Linked(String name, LocalDate since) {}

    /** Those that are directly linked to it on a day, whoever asks, whichever of the two declared it; each name once. */
    public List<Linked> of(OrganisationId organisation, LocalDate day) {
        List<EnterpriseLink> links = table.list(List.of(organisation)).stream()
                .filter(l -> l.relation() == EnterpriseLink.Relation.LINKED && l.inForceOn(day))
                .toList();
        Set<OrganisationId> declaring = new HashSet<>();
        links.forEach(l -> declaring.add(l.organisation()));
        declaring.remove(organisation);
        Map<OrganisationId, Organisations.Summary> names = organisations.summaries(declaring);
        Set<String> once = new HashSet<>();
        List<Linked> all = new ArrayList<>();
        for (EnterpriseLink link : links) {
            Organisations.Summary other = names.get(link.organisation());
            String name = other == null ? link.name() : other.name();
            if (once.add(name)) {
                all.add(new Linked(name, link.since()));
            }
        }
        return all;
    }
}
