package org.farga.privacy;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.TaskDescriptor;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.farga.audit.AuditLog;
import org.farga.people.People;
import org.farga.platform.Messages;
import org.farga.platform.PersonalData;
import org.farga.platform.PersonalData.Section;
import org.farga.platform.Settings;
import org.farga.shared.Actor;
import org.farga.shared.NotFoundException;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.Refusal;
import org.farga.shared.TimeOrderedUuid;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/** Copies of people's data (GDPR, Articles 15 and 20): asked for by the person, put together in the background. */
@Service
@EnableConfigurationProperties(PrivacySettings.class)
class DataExports {
    private static final TaskDescriptor<Void> PREPARE = TaskDescriptor.of("prepare-data-export");
    /** Rows that the readable page shows of a section; the JSON has all. */
    private static final int MOST_SHOWN = 1_000;

    private final DataExportTable table;
    private final List<PersonalData> modules;
    private final People people;
    private final Messages messages;
    private final AuditLog audit;
    private final SchedulerClient queue;
    private final TransactionTemplate reading;
    private final PrivacySettings settings;
    private final Path folder;
    private final JsonMapper json;
    private final Clock clock;

    DataExports(
            DataExportTable table,
            List<PersonalData> modules,
            People people,
            Messages messages,
            AuditLog audit,
            @Lazy SchedulerClient queue,
            PlatformTransactionManager transactions,
            PrivacySettings settings,
            Settings all,
            JsonMapper json,
            Clock clock) {
        this.table = table;
        this.modules = modules;
        this.people = people;
        this.messages = messages;
        this.audit = audit;
        this.queue = queue;
        this.reading = new TransactionTemplate(transactions);
        this.reading.setReadOnly(true);
        this.settings = settings;
        this.folder = all.data().resolve("data-exports");
        this.json = json;
        this.clock = clock;
    }

    /** Asks for a copy; refused as {@code data-export-under-way} where one is being made. */
    @Transactional
    Outcome<DataExport> ask(Actor actor) {
        Instant now = clock.instant();
        boolean underWay = table.list(actor.person()).stream()
                .anyMatch(e -> e.state(now) == DataExport.State.PREPARING
                        && e.askedAt().isAfter(now.minus(Duration.ofHours(1))));
        if (underWay) {
            return Outcome.refused(Refusal.conflict("data-export-under-way"));
        }
        DataExport export = new DataExport(TimeOrderedUuid.next(), actor.person(), now, null, null, 0);
        table.insert(export);
        audit.record(actor, "data-export.requested", "data-export", export.id(), Map.of());
        queue.scheduleIfNotExists(PREPARE.instance(export.id().toString()).scheduledTo(now));
        return Outcome.done(export);
    }

    List<DataExport> list(Actor actor) {
        return table.list(actor.person());
    }

    /** One's own only; throws {@link NotFoundException}. */
    DataExport get(Actor actor, UUID id) {
        return table.find(id)
                .filter(e -> e.person().equals(actor.person()))
                .orElseThrow(() -> new NotFoundException("data export"));
    }

    /** The file of one's own copy, which is taken down; throws {@link NotFoundException} where it is not there (any more). */
    @Transactional
    Path download(Actor actor, UUID id) {
        DataExport export = get(actor, id);
        Path file = file(id);
        if (export.state(clock.instant()) != DataExport.State.READY || !Files.exists(file)) {
            throw new NotFoundException("data export");
        }
        audit.record(actor, "data-export.downloaded", "data-export", id, Map.of());
        return file;
    }

    State stateOf(DataExport export) {
        return new State(export, export.state(clock.instant()));
    }

    /** A copy with how far it has come by now. */
    record State(DataExport export, DataExport.State state) {}

    private Path file(UUID id) {
        return folder.resolve(id + ".zip");
    }

    /** Puts a copy together; stands being done twice. */
    void prepare(UUID id) throws IOException {
        DataExport export = table.find(id).orElse(null);
        if (export == null) {
            return;
        }
        Files.createDirectories(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path part = Files.createTempFile(folder, "export", ".part"); // made with 0600
        try {
            reading.executeWithoutResult(status -> {
                try {
                    write(export.person(), part);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            Files.move(part, file(id), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
        Instant now = clock.instant();
        table.ready(id, Files.size(file(id)), now, now.plus(Duration.ofDays(settings.exportDays())));
    }

    private void write(PersonId id, Path to) throws IOException {
        People.Summary person = people.summary(id);
        Locale language = person.language();
        Path html = Files.createTempFile(folder, "index", ".part");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(to), StandardCharsets.UTF_8);
                BufferedWriter page = Files.newBufferedWriter(html)) {
            page.write("<!doctype html><html lang=\"" + language.getLanguage() + "\"><meta charset=\"utf-8\"><title>"
                    + escaped(messages.text(language, "privacy.export.title", person.name())) + "</title><style>"
                    + "body{font:16px/1.5 sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse}"
                    + "td,th{border:1px solid #999;padding:.2rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}"
                    + "</style><h1>" + escaped(messages.text(language, "privacy.export.title", person.name()))
                    + "</h1><p>"
                    + escaped(messages.text(language, "privacy.export.text")) + "</p>");
            for (PersonalData module : modules) {
                for (Section section : module.sections()) {
                    zip.putNextEntry(new ZipEntry(section.name() + ".json"));
                    Writer data = new OutputStreamWriter(zip, StandardCharsets.UTF_8);
                    new SectionWriter(section, data, page, language).write(person);
                    data.flush();
                    zip.closeEntry();
                }
            }
            page.write("</html>\n");
            page.flush();
            zip.putNextEntry(new ZipEntry("index.html"));
            Files.copy(html, zip);
            zip.closeEntry();
        } finally {
            Files.deleteIfExists(html);
        }
    }

    /** Writes a section, row by row, as JSON and as a table. */
    private final class SectionWriter {
        private final Section section;
        private final Writer data;
        private final Writer page;
        private final Locale language;
        private int rows;

        SectionWriter(Section section, Writer data, Writer page, Locale language) {
            this.section = section;
            this.data = data;
            this.page = page;
            this.language = language;
        }

        void write(People.Summary person) throws IOException {
            data.write("[");
            table.rows(section, person.id(), person.email(), row -> {
                try {
                    row(row);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            data.write("\n]\n");
            if (rows > 0) {
                page.write("</table>");
            }
            if (rows > MOST_SHOWN) {
                page.write("<p>"
                        + escaped(messages.text(
                                language, "privacy.export.more", rows - MOST_SHOWN, section.name() + ".json"))
                        + "</p>");
            }
        }

        private void row(Map<String, Object> row) throws IOException {
            data.write(rows == 0 ? "\n" : ",\n");
            data.write(json.writeValueAsString(row));
            if (rows == 0) {
                page.write("<h2>" + escaped(messages.text(language, "privacy.section." + section.name()))
                        + "</h2><table>");
            }
            if (rows < MOST_SHOWN) {
                page.write("<tr><td><dl>");
                for (Map.Entry<String, Object> value : row.entrySet()) {
                    page.write("<dt>" + escaped(value.getKey().replace('_', ' ')) + "</dt><dd>"
                            + escaped(value.getValue().toString()) + "</dd>");
                }
                page.write("</dl></td></tr>\n");
            }
            rows++;
        }
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    /** Removes copies that expired before this; says how many. */
    long removeExpired(Instant limit) {
        List<UUID> expired = table.listExpiredBefore(limit);
        expired.forEach(this::remove);
        return expired.size();
    }

    void removeOf(PersonId person) {
        table.listOf(person).forEach(this::remove);
    }

    private void remove(UUID id) {
        try {
            Files.deleteIfExists(file(id));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        table.delete(id);
    }

    @Configuration(proxyBeanMethods = false)
    static class PrepareTask {
        @Bean
        OneTimeTask<Void> prepareDataExport(@Lazy DataExports exports) {
            return Tasks.oneTime(PREPARE).execute((instance, context) -> {
                try {
                    exports.prepare(UUID.fromString(instance.getId()));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
