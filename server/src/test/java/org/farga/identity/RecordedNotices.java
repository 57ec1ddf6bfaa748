package org.farga.identity;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.farga.people.People;
import org.farga.platform.Messages;
import org.farga.platform.OutgoingMail;
import org.farga.platform.Settings;
import org.farga.shared.EmailAddress;

/** Mail as if a server were set, kept where a test reads it. */
final class RecordedNotices extends AccountNotices {
    record Sent(String to, String what, List<Object> values) {}

    final List<Sent> sent = new ArrayList<>();

    RecordedNotices(People people, OutgoingMail mail, Messages messages, Settings settings) {
        super(people, mail, messages, settings);
    }

    @Override
    boolean canSend() {
        return true;
    }

    @Override
    void send(EmailAddress to, Locale language, String what, Object... values) {
        sent.add(new Sent(to.value(), what, List.of(values)));
    }

    /** The token in the last link that was sent for this. */
    String token(String what) {
        return sent.reversed().stream()
                .filter(s -> s.what().equals(what))
                .findFirst()
                .map(s -> s.values().getFirst().toString().replaceFirst(".*token=", ""))
                .orElseThrow();
    }
}
