package org.farga.dataspace;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.modulith.events.ApplicationModuleListener;
import org.springframework.stereotype.Component;

/** Listens as another module does. */
@Component
class EndedAgreements {
    private final List<AgreementEnded> heard = new CopyOnWriteArrayList<>();

    @ApplicationModuleListener
    void on(AgreementEnded event) {
        heard.add(event);
    }

    List<AgreementEnded> heard() {
        return heard;
    }
}
