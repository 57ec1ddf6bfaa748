package org.farga.privacy;

import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.farga.audit.AuditLog;
import org.farga.people.People;
import org.farga.platform.Messages;
import org.farga.platform.OutgoingMail;
import org.farga.platform.Settings;
import org.farga.privacy.Consent.Purpose;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.Fields;
import org.farga.shared.NotFoundException;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.TimeOrderedUuid;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** What people agreed to, and news to those who agreed to get it. */
@Service
class Consents {
    private static final int BATCH = 500;

    private final ConsentTable table;
    private final People people;
    private final OutgoingMail mail;
    private final Messages messages;
    private final AuditLog audit;
    private final Settings settings;
    private final Clock clock;

    Consents(
            ConsentTable table,
            People people,
            OutgoingMail mail,
            Messages messages,
            AuditLog audit,
            Settings settings,
            Clock clock) {
        this.table = table;
        this.people = people;
        this.mail = mail;
        this.messages = messages;
        this.audit = audit;
        this.settings = settings;
        this.clock = clock;
    }

    List<Consent> list(Actor actor, Locale language) {
        return table.list(actor.person(), language);
    }

    /** Gives consent to the newest text, as it was read in this language. */
    @Transactional
    Consent give(Actor actor, Purpose purpose, Locale language) {
        if (table.give(actor.person(), purpose, language, actor.person(), clock.instant())) {
            audit.record(actor, "consent.given", "person", actor.person(), Map.of("purpose", purpose));
        }
        return get(actor, purpose, language);
    }

    @Transactional
    Consent withdraw(Actor actor, Purpose purpose, Locale language) {
        if (table.withdraw(actor.person(), purpose, actor.person(), clock.instant())) {
            audit.record(actor, "consent.withdrawn", "person", actor.person(), Map.of("purpose", purpose));
        }
        return get(actor, purpose, language);
    }

    private Consent get(Actor actor, Purpose purpose, Locale language) {
        return list(actor, language).stream()
                .filter(c -> c.purpose() == purpose)
                .findFirst()
                .orElseThrow();
    }

    /** How many would get news now. */
    long readers(Actor actor) {
        requireEditor(actor);
        return table.countGiven(Purpose.NEWS_MAIL);
    }

    private static void requireEditor(Actor actor) {
        if (!actor.isAny(CentreRole.ADMINISTRATOR, CentreRole.ACCESS_OFFICER)) {
            throw new NotFoundException("news");
        }
    }

    /** News that was sent. @param recipients how many agreed to get it */
    record News(UUID id, String subject, int recipients) {}

    /** Sends news by mail to those, and only those, who agree to get it at this moment. */
    @Transactional
    Outcome<News> send(Actor actor, @Nullable String subject, @Nullable String text) {
        requireEditor(actor);
        Fields fields = new Fields().text("subject", subject, 200).text("text", text, 20_000);
        var refusal = fields.refusal();
        if (refusal.isPresent() || subject == null || text == null) {
            return Outcome.refused(refusal.orElseThrow());
        }
        int recipients = 0;
        PersonId after = null;
        List<PersonId> batch;
        do {
            batch = table.listGiven(Purpose.NEWS_MAIL, after, BATCH);
            for (People.Summary person : people.summaries(batch).values()) {
                mail.queue(
                        person.email(),
                        subject.strip(),
                        text.strip() + "\n\n--\n"
                                + messages.text(
                                        person.language(),
                                        "privacy.news.footer",
                                        settings.centreName(),
                                        settings.publicUrl() + "/account/data"));
                recipients++;
            }
            after = batch.isEmpty() ? null : batch.getLast();
        } while (batch.size() == BATCH);
        UUID id = TimeOrderedUuid.next();
        table.insertNews(id, subject.strip(), text.strip(), actor.person(), clock.instant(), recipients);
        audit.record(actor, "news.sent", "news", id, Map.of("recipients", recipients));
        return Outcome.done(new News(id, subject.strip(), recipients));
    }
}
