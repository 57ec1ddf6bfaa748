package org.farga.aid;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.farga.platform.Dates;
import org.farga.platform.Messages;
import org.farga.platform.Settings;
import org.farga.shared.Country;
import org.jspecify.annotations.Nullable;

/**
 * The written notice of an aid: its amount as gross grant equivalent, that it is de minimis aid, and under which Regulation
 * (Regulation (EU) 2023/2831, Article 7(4)). One text, for the page and for the paper.
 */
record LetterText(Locale language, String title, List<String> opening, List<Fact> facts, List<String> closing) {
    record Fact(String name, String value) {}

    static LetterText of(AidEntry entry, EntryTable.Letter letter, Settings settings, Messages messages) {
        Locale language = Locale.of(letter.language());
        Words words = new Words(messages, language);
        boolean deMinimis = entry.regime() == Regime.DE_MINIMIS;
        BigDecimal amount = Euro.of(Math.abs(entry.cents()));
        String country = new Country(entry.memberState()).name(language);
        List<String> opening = new ArrayList<>();
        opening.add(words.say("dear", entry.beneficiary()));
        opening.add(words.say(
                "opening." + entry.kind() + (deMinimis ? "" : ".gber"),
                settings.centreName(),
                words.money(amount),
                entry.regulation(),
                words.day(entry.grantedOn())));
        if (entry.reason() != null) {
            opening.add(words.say("reason", entry.reason()));
        }
        List<Fact> facts = new ArrayList<>();
        facts.add(words.fact("beneficiary", entry.beneficiary()));
        facts.add(words.fact("tax-id", entry.taxId()));
        facts.add(words.fact("amount", words.money(Euro.of(entry.cents()))));
        facts.add(words.fact("granted-on", words.day(entry.grantedOn())));
        facts.add(words.fact("authority", entry.authority()));
        facts.add(words.fact("member-state", country));
        facts.add(words.fact("instrument", messages.text(language, "aid.instrument." + entry.instrument())));
        facts.add(words.fact("sector", entry.sector()));
        facts.add(words.fact("reference", entry.reference()));
        facts.add(words.fact("number", entry.code()));
        AidEntry.Basis basis = entry.basis();
        List<String> closing = new ArrayList<>();
        if (basis != null) {
            closing.add(words.say(
                    "basis",
                    basis.gpuHours().hours(),
                    words.price(basis.gpuHourCents().movePointLeft(2)),
                    basis.cpuHours().hours(),
                    words.price(basis.cpuHourCents().movePointLeft(2)),
                    BigDecimal.valueOf(basis.basisPoints(), 2)));
        }
        if (deMinimis) {
            if (letter.ceilingCents() != null) {
                closing.add(words.say(
                        "used",
                        country,
                        words.money(Euro.of(letter.usedCents())),
                        words.money(Euro.of(letter.ceilingCents()))));
            }
            closing.add(words.say("right", words.day(entry.grantedOn())));
            closing.add(words.say("register"));
        }
        closing.add(words.say("keep"));
        return new LetterText(
                language, words.say("title." + entry.kind() + (deMinimis ? "" : ".gber")), opening, facts, closing);
    }

    private record Words(Messages messages, Locale language) {
        String say(String key, @Nullable Object... values) {
            return messages.text(language, "aid.letter." + key, values);
        }

        Fact fact(String key, String value) {
            return new Fact(say(key), value);
        }

        String money(BigDecimal euros) {
            return messages.text(language, "aid.money", euros);
        }

        /** Of one hour: all of its digits, so that the reader can work the sum out. */
        String price(BigDecimal euros) {
            return messages.text(language, "aid.price", euros);
        }

        String day(LocalDate day) {
            return Dates.date(day, language);
        }
    }
}
