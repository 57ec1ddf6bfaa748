package org.farga.operations;

import java.util.List;
import org.farga.platform.Attention;
import org.farga.platform.HealthFinding;
import org.farga.shared.Actor;
import org.springframework.stereotype.Component;

/** Leads operators from the home page to what is wrong. */
@Component
class OperationsAttention implements Attention {
    private final Watch watch;

    OperationsAttention(Watch watch) {
        this.watch = watch;
    }

    @Override
    public List<Item> itemsFor(Actor actor) {
        if (!Operations.mayAct(actor)) {
            return List.of();
        }
        long wrong = watch.known().stream()
                .map(Watch.Merged::finding)
                .filter(HealthFinding::wrong)
                .count();
        return wrong == 0 ? List.of() : List.of(new Item("operations.attention", List.of(wrong), "/operations", null));
    }
}
