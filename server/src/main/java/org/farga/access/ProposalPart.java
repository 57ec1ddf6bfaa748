package org.farga.access;

import gg.jte.Content;
import java.util.Optional;
import org.farga.platform.Shell;
import org.farga.shared.Actor;
import org.farga.shared.ProposalId;

/** What a module that proposals know nothing of adds to a submitted proposal's page; each such module has one bean. */
public interface ProposalPart {
    /** For a reader who may see the proposal; nothing where there is nothing to say to them. */
    Optional<Content> partFor(Actor actor, ProposalId proposal, Shell shell);
}
