package org.farga.notification;

import java.util.Collection;
import org.farga.shared.PersonId;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Tells people what happened. */
@Service
public class Notifications {
    /**
     * Tells each of these people once, on their notifications page and by mail; must be called in the transaction of what
     * it tells.
     *
     * @param message key of a sentence in the caller's bundle
     * @param link the page to look at, a path on this site
     * @param arguments values for the sentence
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public void tell(Collection<PersonId> people, String message, String link, Object... arguments) {}
}
