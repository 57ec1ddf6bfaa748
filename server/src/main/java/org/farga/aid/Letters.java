package org.farga.aid;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.FailureHandler;
import com.github.kagkarlsson.scheduler.task.TaskDescriptor;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.farga.platform.Dates;
import org.farga.platform.Messages;
import org.farga.platform.Paper;
import org.farga.platform.Settings;
import org.farga.platform.Timestamps;
import org.farga.shared.Actor;
import org.farga.shared.NotFoundException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Writes the letters about aid: queued with the grant, made after it, and kept as they were made. */
@Service
class Letters {
    private static final TaskDescriptor<Void> MAKE = TaskDescriptor.of("aid-letter");

    private final EntryTable table;
    private final SchedulerClient queue;
    private final Messages messages;
    private final Settings settings;
    private final Clock clock;

    Letters(EntryTable table, @Lazy SchedulerClient queue, Messages messages, Settings settings, Clock clock) {
        this.table = table;
        this.queue = queue;
        this.messages = messages;
        this.settings = settings;
        this.clock = clock;
    }

    /** Keeps what a letter says beside its grant; the paper is made once that is there for all to see. */
    @Transactional(propagation = Propagation.MANDATORY)
    void queue(EntryTable.Letter letter) {
        table.insert(letter);
        queue.scheduleIfNotExists(MAKE.instance(letter.entry().toString()).scheduledTo(clock.instant()));
    }

    /** Makes a letter's paper; a second time nothing happens. */
    void make(UUID id) {
        Optional<EntryTable.Letter> letter = table.letter(id).filter(l -> l.madeAt() == null);
        if (letter.isEmpty()) {
            return;
        }
        AidEntry entry = table.find(id).orElseThrow();
        Instant now = clock.instant();
        byte[] pdf = paper(entry, letter.get(), now);
        table.makeLetter(id, pdf, sha256(pdf), Timestamps.utc(now));
    }

    private byte[] paper(AidEntry entry, EntryTable.Letter letter, Instant now) {
        LetterText text = LetterText.of(entry, letter, settings, messages);
        String head = settings.centreName() + " · " + Dates.date(entry.recordedAt(), text.language(), settings.zone());
        String footer = settings.centreName() + " · " + entry.code();
        try (Paper paper = new Paper(text.title(), text.language(), settings.centreName(), head, footer, now)) {
            text.opening().forEach(paper::text);
            text.facts().forEach(f -> paper.fact(f.name(), f.value()));
            paper.space();
            text.closing().forEach(paper::text);
            return paper.bytes();
        }
    }

    /** A letter with the line that it is about. */
    record Letter(AidEntry entry, EntryTable.Letter kept, LetterText text) {}

    /** One that the actor may see: of their company, or any for the centre; throws {@link NotFoundException}. */
    Letter get(Actor actor, UUID id) {
        AidEntry entry = table.find(id)
                .filter(e -> AidRights.sees(actor, e.organisation()))
                .orElseThrow(() -> new NotFoundException("aid-letter"));
        EntryTable.Letter letter = table.letter(id).orElseThrow(() -> new NotFoundException("aid-letter"));
        return new Letter(entry, letter, LetterText.of(entry, letter, settings, messages));
    }

    /** Its paper; made now where the task has not come to it. */
    byte[] pdf(Actor actor, UUID id) {
        get(actor, id);
        make(id);
        return table.pdf(id).orElseThrow();
    }

    private static byte[] sha256(byte[] content) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(content);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Work {
        @Bean
        OneTimeTask<Void> aidLetter(@Lazy Letters letters) {
            return Tasks.oneTime(MAKE)
                    .onFailure(new FailureHandler.ExponentialBackoffFailureHandler<>(Duration.ofSeconds(30), 2.0))
                    .execute((instance, context) -> letters.make(UUID.fromString(instance.getId())));
        }
    }
}
