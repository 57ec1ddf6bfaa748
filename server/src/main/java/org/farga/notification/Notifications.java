package org.farga.notification;

import java.time.Clock;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.farga.people.People;
import org.farga.platform.Cursor;
import org.farga.platform.Messages;
import org.farga.platform.OutgoingMail;
import org.farga.platform.Settings;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.NotFoundException;
import org.farga.shared.Page;
import org.farga.shared.PersonId;
import org.farga.shared.TimeOrderedUuid;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Tells people what happened. */
@Service
public class Notifications implements Shells.UnreadCount {
    private static final int MOST_COUNTED = 100;
    private static final int LONGEST_SUBJECT = 150;

    private final NotificationTable table;
    private final People people;
    private final OutgoingMail mail;
    private final Messages messages;
    private final Settings settings;
    private final Clock clock;

    Notifications(
            NotificationTable table,
            People people,
            OutgoingMail mail,
            Messages messages,
            Settings settings,
            Clock clock) {
        this.table = table;
        this.people = people;
        this.mail = mail;
        this.messages = messages;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * Tells each of these people once, on their notifications page and by mail; must be called in the transaction of what
     * it tells.
     *
     * @param message key of a sentence in the caller's bundle
     * @param link the page to look at, a path on this site
     * @param arguments values for the sentence; numbers, instants and dates are written in the reader's language
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public void tell(Collection<PersonId> people, String message, String link, Object... arguments) {
        tellEach(null, people, message, link, arguments);
    }

    /**
     * The same for listeners, which may be given an event twice: whoever was told under this key is not told again.
     *
     * @param onceKey names what is told, such as {@code member-removed:<id>}; at most 200 characters
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public void tellOnce(
            String onceKey, Collection<PersonId> people, String message, String link, Object... arguments) {
        tellEach(onceKey, people, message, link, arguments);
    }

    private void tellEach(
            @Nullable String onceKey, Collection<PersonId> told, String message, String link, Object... arguments) {
        Map<PersonId, People.Summary> known = people.summaries(new LinkedHashSet<>(told));
        List<Object> kept = Sentence.kept(arguments);
        for (People.Summary person : known.values()) {
            Notification notification =
                    new Notification(TimeOrderedUuid.next(), person.id(), clock.instant(), message, kept, link, null);
            if (table.insert(notification, onceKey)) {
                String sentence = sentence(notification, person.language());
                String line = sentence.replaceAll("\\s+", " ");
                mail.queue(
                        person.email(),
                        line.length() > LONGEST_SUBJECT ? line.substring(0, LONGEST_SUBJECT) + "…" : line,
                        messages.text(
                                person.language(),
                                "notification.mail",
                                person.name(),
                                sentence,
                                settings.publicUrl() + link,
                                settings.centreName()));
            }
        }
    }

    /** A notification as its reader sees it. */
    record Told(Notification notification, String sentence) {}

    Page<Told> list(Actor actor, @Nullable String cursor, @Nullable Integer limit, Locale language) {
        int size = Cursor.size(limit);
        List<Notification> rows =
                table.list(actor.person(), Cursor.decode(cursor, NotificationTable.Key::parse), size + 1);
        return Cursor.page(rows, size, NotificationTable.Key::of).map(n -> new Told(n, sentence(n, language)));
    }

    private String sentence(Notification notification, Locale language) {
        return messages.text(
                language,
                notification.message(),
                Sentence.written(notification.arguments(), language, settings.zone()));
    }

    /** Marks one as read and gives it; throws {@link NotFoundException} for another person's. */
    @Transactional
    Notification read(Actor actor, UUID id) {
        return table.read(id, actor.person(), clock.instant()).orElseThrow(() -> new NotFoundException("notification"));
    }

    @Transactional
    void readAll(Actor actor) {
        table.readAll(actor.person(), clock.instant());
    }

    @Override
    public int unread(Actor actor) {
        return table.countUnread(actor.person(), MOST_COUNTED);
    }
}
