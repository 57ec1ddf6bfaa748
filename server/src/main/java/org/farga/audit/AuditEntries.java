package org.farga.audit;

import java.io.IOException;
import java.io.Writer;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.farga.platform.Cursor;
import org.farga.platform.Messages;
import org.farga.platform.SafeCell;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.NotFoundException;
import org.farga.shared.Page;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** Shows the audit log to auditors and administrators. */
@Service
class AuditEntries {
    /** The most rows an export holds; a longer one is taken in parts, by filter. */
    static final int MOST_EXPORTED = 100_000;

    private static final int BATCH = 500;
    private static final CSVFormat CSV = CSVFormat.RFC4180
            .builder()
            .setHeader(
                    "number", "at", "person", "personName", "action", "subjectType", "subject", "sentence", "details")
            .get();

    private final AuditEntryTable table;
    private final PersonNames names;
    private final Messages messages;
    private final AuditWords words;

    AuditEntries(AuditEntryTable table, PersonNames names, Messages messages, AuditWords words) {
        this.table = table;
        this.names = names;
        this.messages = messages;
        this.words = words;
    }

    /**
     * An entry as a reader sees it.
     *
     * @param personal the personal details that were not erased, by their names
     */
    record Line(
            AuditEntry entry,
            @Nullable String personName,
            String sentence,
            List<AuditWords.Detail> details,
            Map<String, String> personal) {}

    Page<Line> list(
            Actor actor, AuditFilter filter, @Nullable String cursor, @Nullable Integer limit, Locale language) {
        requireReader(actor);
        int size = Cursor.size(limit);
        List<AuditEntry> rows = table.list(filter, Cursor.decode(cursor, Long::valueOf), size + 1);
        return Cursor.page(
                lines(rows, language), size, l -> String.valueOf(l.entry().number()));
    }

    /** One entry; throws {@link NotFoundException}. */
    Line get(Actor actor, long number, Locale language) {
        requireReader(actor);
        AuditEntry entry = table.find(number);
        if (entry == null) {
            throw new NotFoundException("audit entry");
        }
        return lines(List.of(entry), language).getFirst();
    }

    /** The person a reader means by an e-mail address or an identifier; null for nobody. */
    @Nullable
    PersonId person(String text) {
        try {
            return PersonId.valueOf(text.strip());
        } catch (IllegalArgumentException e) {
            return names.find(text).orElse(null);
        }
    }

    static void requireReader(Actor actor) {
        if (!actor.isAny(CentreRole.AUDITOR, CentreRole.ADMINISTRATOR)) {
            throw new NotFoundException("audit log");
        }
    }

    /** Writes the newest {@link #MOST_EXPORTED} entries, in small statements, so that no long one holds the database. */
    void export(AuditFilter filter, Locale language, Writer out) throws IOException {
        try (CSVPrinter printer = new CSVPrinter(out, CSV)) {
            Long before = null;
            for (int written = 0; written < MOST_EXPORTED; written += BATCH) {
                List<AuditEntry> rows = table.list(filter, before, BATCH);
                for (Line line : lines(rows, language)) {
                    AuditEntry e = line.entry();
                    printer.printRecord(
                            e.number(),
                            e.at(),
                            e.person(),
                            SafeCell.ofNullable(line.personName()),
                            e.action(),
                            e.subjectType(),
                            SafeCell.ofNullable(e.subject()),
                            SafeCell.ofNullable(line.sentence()),
                            SafeCell.ofNullable(line.details().stream()
                                    .map(d -> d.label() + ": " + d.value())
                                    .collect(Collectors.joining("; "))));
                }
                if (rows.size() < BATCH) {
                    return;
                }
                before = rows.getLast().number();
            }
        }
    }

    private List<Line> lines(List<AuditEntry> rows, Locale language) {
        Map<PersonId, String> known = names.names(AuditWords.persons(rows));
        Map<Long, List<Disclosure>> disclosures =
                table.disclosures(rows.stream().map(AuditEntry::number).toList());
        return rows.stream()
                .map(e -> line(e, known, disclosures.getOrDefault(e.number(), List.of()), language))
                .toList();
    }

    private Line line(AuditEntry entry, Map<PersonId, String> known, List<Disclosure> disclosures, Locale language) {
        String key = "audit." + entry.action();
        List<AuditWords.Detail> details = words.details(entry, disclosures, known, language);
        Map<String, String> shown = new HashMap<>();
        details.forEach(d -> shown.put(d.name(), d.value()));
        // The first administrator's appointment was taken down without an address once.
        if (entry.subjectType().equals("person")) {
            shown.putIfAbsent("email", words.person(entry.subject(), known));
        }
        return new Line(
                entry,
                entry.person() == null ? null : known.get(entry.person()),
                messages.has(key) ? messages.text(language, key, shown) : entry.action(),
                details,
                disclosures.stream().collect(Collectors.toMap(Disclosure::name, Disclosure::value)));
    }
}
