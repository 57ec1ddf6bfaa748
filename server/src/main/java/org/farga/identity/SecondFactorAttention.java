package org.farga.identity;

import java.util.List;
import org.farga.platform.Attention;
import org.farga.shared.Actor;
import org.springframework.stereotype.Component;

/** Asks those with a role at the centre for a second factor, in time. */
@Component
class SecondFactorAttention implements Attention {
    private final SecondFactors factors;
    private final SecondFactorSettings settings;

    SecondFactorAttention(SecondFactors factors, SecondFactorSettings settings) {
        this.factors = factors;
        this.settings = settings;
    }

    @Override
    public List<Item> itemsFor(Actor actor) {
        if (actor.centreRoles().isEmpty()
                || settings.centreRoles() == SecondFactorSettings.Need.OPTIONAL
                || factors.isOn(actor.person())) {
            return List.of();
        }
        return List.of(new Item(
                "identity.attention.second-factor",
                List.of(),
                "/account/second-factor",
                factors.centreWithoutUntil(actor.person())));
    }
}
