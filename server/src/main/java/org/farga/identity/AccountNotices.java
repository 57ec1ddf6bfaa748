package org.farga.identity;

import java.util.Locale;
import org.farga.people.People;
import org.farga.people.Person;
import org.farga.platform.Messages;
import org.farga.platform.OutgoingMail;
import org.farga.platform.Settings;
import org.farga.shared.EmailAddress;
import org.farga.shared.PersonId;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Mail about one's own account, so that whoever it belongs to learns of what they did not do themselves. Only where a
 * mail server sends it: nobody reads it in a table.
 */
@Component
class AccountNotices {
    private final People people;
    private final OutgoingMail mail;
    private final Messages messages;
    private final Settings settings;

    AccountNotices(People people, OutgoingMail mail, Messages messages, Settings settings) {
        this.people = people;
        this.mail = mail;
        this.messages = messages;
        this.settings = settings;
    }

    /** Whether mail goes out at all. */
    boolean canSend() {
        return mail.canSend();
    }

    /** Tells a person in their language, as {@code identity.mail.<what>} and {@code identity.mail.<what>.subject} say. */
    @Transactional(propagation = Propagation.MANDATORY)
    void tell(PersonId id, String what, Object... values) {
        Person person = people.get(id);
        send(person.email(), person.language(), what, values);
    }

    /** The same to an address. */
    @Transactional(propagation = Propagation.MANDATORY)
    void send(EmailAddress to, Locale language, String what, Object... values) {
        String text = messages.text(language, "identity.mail." + what, values)
                + "\n\n"
                + messages.text(language, "identity.mail.end", settings.centreName(), settings.publicUrl() + "/account");
        mail.queueSecret(
                to, messages.text(language, "identity.mail." + what + ".subject", settings.centreName()), text);
    }
}
