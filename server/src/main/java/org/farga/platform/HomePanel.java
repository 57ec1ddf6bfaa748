package org.farga.platform;

import gg.jte.Content;
import java.util.Optional;
import org.farga.shared.Actor;

/** A module's panel on the home page: running jobs, usage against time. Each such module has one bean. */
public interface HomePanel {
    /** Where it stands among the panels, lowest first. */
    int order();

    /** The panel for this person, or none where it would be empty. Its template belongs to the module. */
    Optional<Content> panelFor(Actor actor, Shell shell);
}
