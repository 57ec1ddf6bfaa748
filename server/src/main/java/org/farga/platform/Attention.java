package org.farga.platform;

import java.time.Instant;
import java.util.List;
import org.farga.shared.Actor;
import org.jspecify.annotations.Nullable;

/** A module's part of the home page's question "what needs me now": each module with such things has one bean. */
public interface Attention {
    /** What needs this person, most urgent first; empty where nothing does. */
    List<Item> itemsFor(Actor actor);

    /**
     * One thing to do.
     *
     * @param message the key of a sentence that says what to do, with its values
     * @param link where to do it
     * @param due until when, where there is a deadline
     */
    record Item(
            String message,
            List<Object> arguments,
            String link,
            @Nullable Instant due) {}
}
