package org.farga.aid;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.farga.platform.Attention;
import org.farga.platform.Settings;
import org.farga.shared.Actor;
import org.springframework.stereotype.Component;

/** What the register asks of officers now: entries that the central register lacks, links that wait to be confirmed. */
@Component
class AidAttention implements Attention {
    private final Register register;
    private final Undertakings undertakings;
    private final Settings settings;

    AidAttention(Register register, Undertakings undertakings, Settings settings) {
        this.register = register;
        this.undertakings = undertakings;
        this.settings = settings;
    }

    @Override
    public List<Item> itemsFor(Actor actor) {
        if (!AidRights.mayAct(actor)) {
            return List.of();
        }
        List<Item> items = new ArrayList<>();
        EntryTable.Open open = register.open(actor);
        LocalDate first = open.firstDue();
        if (first != null) {
            items.add(new Item(
                    open.overdue() > 0 ? "aid.attention.overdue" : "aid.attention.open",
                    List.of(open.overdue() > 0 ? open.overdue() : open.open()),
                    open.overdue() > 0 ? "/aid?overdue=true" : "/aid?open=true",
                    first.plusDays(1).atStartOfDay(settings.zone()).toInstant()));
        }
        int waiting = undertakings.waiting(actor).size();
        if (waiting > 0) {
            items.add(new Item("aid.attention.links", List.of(waiting), "/aid#links", null));
        }
        return items;
    }
}
