package org.farga.audit;

import com.ibm.icu.text.NumberFormat;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.farga.platform.Dates;
import org.farga.platform.Messages;
import org.farga.platform.Settings;
import org.farga.shared.Country;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Puts the details of entries in a reader's words: persons by their names, instants as dates, states in their language. */
@Component
class AuditWords {
    /** Where the words for values in capitals stand: roles, categories, reasons. */
    private static final List<String> VALUES = List.of(
            "audit.value.",
            "people.centre-role.",
            "people.scoped-role.",
            "people.role.",
            "allocation.role.",
            "access.rule.",
            "access.kind.",
            "access.recommendation.",
            "access.step.",
            "access.section.",
            "access.criterion.",
            "access.audience.");

    /** Details whose values are countries, by their codes: an organisation's, and those of a call. */
    private static final Set<String> COUNTRY_NAMES = Set.of("country", "codes");

    private static final Set<String> COUNTRY_CODES = Set.of(Locale.getISOCountries());

    private final Messages messages;
    private final ZoneId zone;

    AuditWords(Messages messages, Settings settings) {
        this.messages = messages;
        this.zone = settings.zone();
    }

    /** A detail, ready to be shown. */
    record Detail(String name, String label, String value) {}

    /** The persons that details speak of by their identifiers. */
    static Set<PersonId> persons(Collection<AuditEntry> entries) {
        Set<PersonId> persons = new HashSet<>();
        for (AuditEntry entry : entries) {
            if (entry.person() != null) {
                persons.add(entry.person());
            }
            add(entry.subject(), persons);
            entry.details().values().forEach(value -> add(value, persons));
        }
        return persons;
    }

    private static void add(Object value, Set<PersonId> persons) {
        if (value instanceof String text && text.length() == 36) {
            try {
                persons.add(PersonId.valueOf(text));
            } catch (IllegalArgumentException e) {
                // Something else of that length.
            }
        }
    }

    /** The details by their names, with the personal ones that are still there, and a word where one was erased. */
    List<Detail> details(AuditEntry entry, List<Disclosure> disclosures, Map<PersonId, String> names, Locale language) {
        Map<String, Object> all = new LinkedHashMap<>(entry.details());
        entry.commitments().keySet().forEach(name -> all.put(name, messages.text(language, "audit.erased")));
        disclosures.forEach(d -> all.put(d.name(), d.value()));
        return all.entrySet().stream()
                .map(d -> new Detail(
                        d.getKey(), label(d.getKey(), language), value(d.getKey(), d.getValue(), names, language)))
                .toList();
    }

    private String label(String name, Locale language) {
        String key = "audit.detail." + name;
        return messages.has(key) ? messages.text(language, key) : name;
    }

    private String value(String name, @Nullable Object value, Map<PersonId, String> names, Locale language) {
        return switch (value) {
            case null -> "";
            case List<?> list ->
                list.stream().map(part -> value(name, part, names, language)).collect(Collectors.joining(", "));
            case Map<?, ?> map ->
                map.entrySet().stream()
                        .map(e -> label(String.valueOf(e.getKey()), language) + ": "
                                + value(String.valueOf(e.getKey()), e.getValue(), names, language))
                        .collect(Collectors.joining("; "));
            case Number number -> NumberFormat.getInstance(language).format(number);
            case Boolean yes -> messages.text(language, "audit.value." + yes);
            case String text -> text(name, text, names, language);
            default -> String.valueOf(value);
        };
    }

    /** Somebody's name by their identifier; that itself where there is none. */
    String person(String id, Map<PersonId, String> names) {
        try {
            return names.getOrDefault(PersonId.valueOf(id), id);
        } catch (IllegalArgumentException e) {
            return id;
        }
    }

    private String text(String name, String text, Map<PersonId, String> names, Locale language) {
        if (text.length() == 36) {
            return person(text, names);
        }
        if (COUNTRY_NAMES.contains(name) && COUNTRY_CODES.contains(text)) {
            return new Country(text).name(language);
        }
        if (text.matches("[A-Z][A-Z_]+")) {
            return VALUES.stream()
                    .map(prefix -> prefix + text)
                    .filter(messages::has)
                    .findFirst()
                    .map(key -> messages.text(language, key))
                    .orElse(text);
        }
        if (text.matches("\\d{4}-\\d\\d-\\d\\dT.*Z")) {
            try {
                return Dates.dateTime(Instant.parse(text), language, zone);
            } catch (DateTimeParseException e) {
                return text;
            }
        }
        if (text.matches("\\d{4}-\\d\\d-\\d\\d")) {
            try {
                return Dates.date(LocalDate.parse(text), language);
            } catch (DateTimeParseException e) {
                return text;
            }
        }
        return text;
    }
}
