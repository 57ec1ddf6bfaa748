package org.farga.platform;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.TaskDescriptor;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.UUID;
import org.farga.shared.EmailAddress;
import org.farga.shared.TimeOrderedUuid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.mail.MailException;
import org.springframework.mail.SimpleMailMessage;
import org.springframework.mail.javamail.JavaMailSender;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Mail to people: written in the transaction of what it tells, sent by the work queue. Without a mail server
 * ({@code spring.mail.host}) it stays in the table, where an operator can read it.
 */
@Component
public class OutgoingMail {
    private static final Logger LOG = LoggerFactory.getLogger(OutgoingMail.class);
    private static final TaskDescriptor<Void> SEND = TaskDescriptor.of("send-mail");

    private final JdbcClient jdbc;
    private final SchedulerClient queue;
    private final ObjectProvider<JavaMailSender> sender;
    private final Settings settings;
    private final Clock clock;
    private final Counter sent;
    private final Counter failures;

    OutgoingMail(
            JdbcClient jdbc,
            @Lazy SchedulerClient queue,
            ObjectProvider<JavaMailSender> sender,
            Settings settings,
            MeterRegistry meters,
            Clock clock) {
        this.sent = meters.counter("farga.mail.sent");
        this.failures = meters.counter("farga.mail.failures");
        this.jdbc = jdbc;
        this.queue = queue;
        this.sender = sender;
        this.settings = settings;
        this.clock = clock;
    }

    /** Leaves a mail for sending; must be called in the transaction of what it tells. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void queue(EmailAddress to, String subject, String text) {
        if (!to.isDeliverable()) {
            return;
        }
        UUID id = TimeOrderedUuid.next();
        jdbc.sql("""
                INSERT INTO outgoing_mail (id, recipient, subject, body, created_at)
                VALUES (:id, :to, :subject, :text, :now)""")
                .param("id", id)
                .param("to", to.value())
                .param("subject", subject)
                .param("text", text)
                .param("now", now())
                .update();
        if (sender.getIfAvailable() != null) {
            queue.scheduleIfNotExists(SEND.instance(id.toString()).scheduledTo(clock.instant()));
        }
    }

    /**
     * The same for a mail that carries a one-time link: it is left only where a mail server will send it, and its text is
     * forgotten once it is sent.
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public void queueSecret(EmailAddress to, String subject, String text) {
        if (sender.getIfAvailable() != null) {
            queue(to, subject, text);
        }
    }

    /** Whether a mail server is set, so that mail reaches anybody. */
    public boolean canSend() {
        return sender.getIfAvailable() != null;
    }

    private OffsetDateTime now() {
        return OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC);
    }

    /**
     * How mail does.
     *
     * @param configured whether a mail server is set; without one mails stay in the table and none is late
     * @param unsent that wait for it
     * @param failedAt when sending one of those failed last, and why
     */
    public record State(
            boolean configured,
            long unsent,
            @Nullable Instant oldestUnsent,
            @Nullable Instant sentAt,
            @Nullable Instant failedAt,
            @Nullable String failure) {}

    /** How mail does now. */
    public State state() {
        return jdbc.sql("""
                        SELECT (SELECT count(*) FROM outgoing_mail WHERE sent_at IS NULL) AS unsent,
                               (SELECT min(created_at) FROM outgoing_mail WHERE sent_at IS NULL) AS oldest,
                               (SELECT max(sent_at) FROM outgoing_mail) AS sent_at, f.failed_at, f.failure
                        FROM (SELECT) AS one
                        LEFT JOIN LATERAL (SELECT failed_at, failure FROM outgoing_mail
                                           WHERE sent_at IS NULL AND failed_at IS NOT NULL
                                           ORDER BY failed_at DESC LIMIT 1) f ON true""")
                .query((row, n) -> new State(
                        sender.getIfAvailable() != null,
                        row.getLong("unsent"),
                        WorkQueue.instant(row, "oldest"),
                        WorkQueue.instant(row, "sent_at"),
                        WorkQueue.instant(row, "failed_at"),
                        row.getString("failure")))
                .single();
    }

    private record Mail(String to, String subject, String text) {}

    /** Sends one; public for the proxy, through which alone the fields are there. */
    public void send(UUID id) {
        JavaMailSender server = sender.getIfAvailable();
        if (server == null) {
            LOG.info("mail {} stays in the table: no mail server is set", id);
            return;
        }
        jdbc.sql("SELECT recipient, subject, body FROM outgoing_mail WHERE id = :id AND sent_at IS NULL")
                .param("id", id)
                .query((row, n) -> new Mail(row.getString(1), row.getString(2), row.getString(3)))
                .optional()
                .ifPresent(mail -> {
                    SimpleMailMessage message = new SimpleMailMessage();
                    message.setFrom(settings.centreName() + " <no-reply@"
                            + java.net.URI.create(settings.publicUrl()).getHost() + ">");
                    message.setTo(mail.to());
                    message.setSubject(mail.subject());
                    message.setText(mail.text());
                    try {
                        server.send(message);
                    } catch (MailException e) {
                        failures.increment();
                        jdbc.sql("UPDATE outgoing_mail SET failed_at = :now, failure = :why WHERE id = :id")
                                .param("now", now())
                                .param("why", Failures.summary(e))
                                .param("id", id)
                                .update();
                        throw e;
                    }
                    sent.increment();
                    jdbc.sql("UPDATE outgoing_mail SET sent_at = :now, body = '' WHERE id = :id")
                            .param("now", now())
                            .param("id", id)
                            .update();
                });
    }

    @Configuration(proxyBeanMethods = false)
    static class SendTask {
        @Bean
        OneTimeTask<Void> sendMail(@Lazy OutgoingMail mail) {
            // A mail server that is away is tried again, later and later (db-scheduler's exponential back-off).
            return Tasks.oneTime(SEND)
                    .onFailure(
                            new com.github.kagkarlsson.scheduler.task.FailureHandler.ExponentialBackoffFailureHandler<>(
                                    java.time.Duration.ofSeconds(30), 2.0))
                    .execute((instance, context) -> mail.send(UUID.fromString(instance.getId())));
        }
    }
}
