package org.farga.allocation;

import gg.jte.Content;
import java.util.Optional;
import org.farga.platform.Shell;
import org.farga.shared.Actor;
import org.farga.shared.ProjectId;

/** A module's panel on a project's page: its usage, its jobs, its models. Each such module has one bean. */
public interface ProjectPanel {
    /** Where it stands among the panels, lowest first. */
    int order();

    /** The panel for this reader, who may see the project, or none where it would be empty. */
    Optional<Content> panelFor(Actor actor, ProjectId project, Shell shell);
}
