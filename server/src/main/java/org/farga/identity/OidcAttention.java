package org.farga.identity;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.farga.people.Organisations;
import org.farga.platform.Attention;
import org.farga.shared.Actor;
import org.farga.shared.OrganisationRole;
import org.springframework.stereotype.Component;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/** What somebody has to do about sign-in: roles that sleep, and rules that wait for an owner. */
@Component
class OidcAttention implements Attention {
    private final OidcProviders providers;
    private final ExternalIdentities identities;
    private final Organisations organisations;

    OidcAttention(OidcProviders providers, ExternalIdentities identities, Organisations organisations) {
        this.providers = providers;
        this.identities = identities;
        this.organisations = organisations;
    }

    @Override
    public List<Item> itemsFor(Actor actor) {
        List<Item> items = new ArrayList<>();
        if (RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes web
                && !SignInFilter.sleeping(web.getRequest()).isEmpty()) {
            items.add(new Item("identity.step-up.attention", List.of(), "/sign-in/step-up?next=/", null));
        }
        if (providers.haveMemberships()) {
            actor.organisations().entrySet().stream()
                    .filter(e -> e.getValue() == OrganisationRole.OWNER)
                    .map(Map.Entry::getKey)
                    .forEach(id -> identities.doors(actor, id).stream()
                            .filter(door -> door.allowed() == null)
                            .forEach(door -> items.add(new Item(
                                    "identity.oidc.attention-door",
                                    List.of(
                                            providers.label(door.provider(), Locale.ENGLISH),
                                            organisations.summary(id).name()),
                                    "/organisations/" + id + "/providers",
                                    null))));
        }
        return items;
    }
}
