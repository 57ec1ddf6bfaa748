package org.farga.people;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.farga.platform.Attention;
import org.farga.shared.Actor;
import org.farga.shared.OrganisationId;
import org.farga.shared.OrganisationRole;
import org.springframework.stereotype.Component;

/** What a person has to do about themselves and their organisations before they can apply. */
@Component
class PeopleAttention implements Attention {
    private final Invitations invitations;
    private final Organisations organisations;
    private final SizeDeclarationTable sizes;

    PeopleAttention(Invitations invitations, Organisations organisations, SizeDeclarationTable sizes) {
        this.invitations = invitations;
        this.organisations = organisations;
        this.sizes = sizes;
    }

    @Override
    public List<Item> itemsFor(Actor actor) {
        List<Item> items = new ArrayList<>();
        if (invitations.waitsFor(actor)) {
            // Where no mail goes out addresses are not proved: which organisation invites is told by the link alone.
            items.add(new Item("people.attention.invitation", List.of(), "/invitation", null));
        }
        if (actor.organisations().isEmpty() && actor.centreRoles().isEmpty()) {
            items.add(new Item("people.attention.found", List.of(), "/organisations/new", null));
        }
        List<OrganisationId> owned = actor.organisations().entrySet().stream()
                .filter(e -> e.getValue() == OrganisationRole.OWNER)
                .map(Map.Entry::getKey)
                .toList();
        if (!owned.isEmpty()) {
            List<OrganisationId> without = sizes.listWithout(owned);
            var names = organisations.summaries(without);
            for (OrganisationId id : without) {
                var summary = names.get(id);
                if (summary != null) {
                    items.add(new Item(
                            "people.attention.size",
                            List.of(summary.name()),
                            "/organisations/" + id + "/size-declaration",
                            null));
                }
            }
        }
        return items;
    }
}
