package org.farga.platform;

import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.modulith.events.ApplicationModuleListener;
import org.springframework.stereotype.Component;

/** Fails the first time, as a listener does whose database was away. */
@Component
class FlakyListener {
    record SomethingHappened(String what) {}

    private final AtomicInteger calls = new AtomicInteger();

    int calls() {
        return calls.get();
    }

    @ApplicationModuleListener
    void on(SomethingHappened event) {
        if (calls.incrementAndGet() == 1) {
            throw new IllegalStateException("not yet");
        }
    }
}
