package org.farga.compute;

import gg.jte.Content;
import java.util.Optional;
import org.farga.platform.Shell;
import org.farga.shared.JobId;

/** A module's panel on a job's page. Each such module has one bean. */
public interface JobPanel {
    /** Where it stands among the panels, lowest first. */
    int order();

    /** The panel for a reader who may see the job, or none where it would be empty. */
    Optional<Content> panelFor(JobId job, Shell shell);
}
