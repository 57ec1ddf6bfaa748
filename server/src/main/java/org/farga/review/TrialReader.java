package org.farga.review;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.farga.access.PanelStep;
import org.farga.access.Review;
import org.farga.platform.Answer;
import org.farga.shared.Fields;
import org.farga.shared.GpuHours;
import org.farga.shared.NotFoundException;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;

/** Reads what somebody tries of a ranking, from the fields of a form or the parameters of an address. */
final class TrialReader {
    /** Stands for a rolling intake where a cut-off is named. */
    static final String NO_CUT_OFF = "none";

    private static final BigDecimal HEAVIEST = BigDecimal.valueOf(1_000);

    private TrialReader() {}

    /**
     * Those of a form: {@code weight.IMPACT}, {@code hours.mn5/acc}, and the proposals that are cut in one field {@code percents},
     * such as {@code LS-2027-0001:50}; an empty one is not tried.
     */
    static Panels.Trial ofForm(Map<String, String> typed) {
        List<String> cuts = java.util.Arrays.stream(
                        typed.getOrDefault("percents", "").split("[,;\\s]+", -1))
                .filter(cut -> !cut.isEmpty())
                .toList();
        return read(typed.get("by"), part(typed, "weight."), part(typed, "hours."), pairs("percents", cuts));
    }

    private static Map<String, String> part(Map<String, String> typed, String prefix) {
        Map<String, String> found = new TreeMap<>();
        typed.forEach((name, value) -> {
            if (name.startsWith(prefix) && !value.isBlank()) {
                found.put(name.substring(prefix.length()), value.strip());
            }
        });
        return found;
    }

    /** Those of an address: {@code weights=IMPACT:2}, {@code hours=mn5/acc:5000}, {@code percents=LS-2027-0001:50}. */
    static Panels.Trial ofLists(
            @Nullable String by,
            @Nullable List<String> weights,
            @Nullable List<String> hours,
            @Nullable List<String> percents) {
        return read(by, pairs("weights", weights), pairs("hours", hours), pairs("percents", percents));
    }

    private static Map<String, String> pairs(String field, @Nullable List<String> texts) {
        Map<String, String> found = new TreeMap<>();
        for (String text : texts == null ? List.<String>of() : texts) {
            int colon = text.lastIndexOf(':');
            if (colon < 1) {
                throw refused(new Fields().rule(field, false, "not-a-pair"));
            }
            found.put(text.substring(0, colon), text.substring(colon + 1));
        }
        return found;
    }

    private static Panels.Trial read(
            @Nullable String by, Map<String, String> weights, Map<String, String> hours, Map<String, String> percents) {
        Fields fields = new Fields();
        Map<Review.Criterion, BigDecimal> weight = new EnumMap<>(Review.Criterion.class);
        weights.forEach((name, text) -> {
            Optional<BigDecimal> number = number(fields, "weight." + name, text);
            boolean fine = number.map(n -> n.signum() >= 0
                            && n.compareTo(HEAVIEST) <= 0
                            && n.stripTrailingZeros().scale() <= 4)
                    .orElse(true);
            fields.rule("weight." + name, fine, "out-of-range", 0, HEAVIEST);
            Optional<Review.Criterion> criterion = one(Review.Criterion.values(), name);
            fields.rule("weight." + name, criterion.isPresent(), "unknown-choice", names(Review.Criterion.values()));
            if (fine && criterion.isPresent() && number.isPresent()) {
                weight.put(criterion.get(), number.get());
            }
        });
        Map<String, GpuHours> there = new TreeMap<>();
        hours.forEach((partition, text) -> number(fields, "hours." + partition, text)
                .ifPresent(number -> {
                    boolean fine = Panels.isHours(number);
                    fields.rule("hours." + partition, fine, "not-hours", Panels.MOST_HOURS);
                    if (fine) {
                        there.put(partition, GpuHours.ofHours(number));
                    }
                }));
        Map<String, Integer> percent = new HashMap<>();
        percents.forEach((code, text) -> number(fields, "percents", text).ifPresent(number -> {
            boolean fine = number.signum() >= 0
                    && number.compareTo(BigDecimal.valueOf(100)) <= 0
                    && number.stripTrailingZeros().scale() <= 0;
            fields.rule("percents", fine, "out-of-range", 0, 100);
            if (fine) {
                percent.put(code, number.intValueExact());
            }
        }));
        Optional<Ranking.By> order = by == null || by.isBlank() ? Optional.empty() : one(Ranking.By.values(), by);
        fields.rule(
                "by", by == null || by.isBlank() || order.isPresent(), "unknown-choice", names(Ranking.By.values()));
        if (fields.refusal().isPresent()) {
            throw refused(fields);
        }
        return new Panels.Trial(order.orElse(null), weight, there, percent);
    }

    private static Answer.RefusedException refused(Fields fields) {
        Refusal refusal = fields.refusal().orElseThrow();
        return new Answer.RefusedException(refusal);
    }

    /** A number as people and programs type it; longer than any that is meant, it is none. */
    static Optional<BigDecimal> number(Fields fields, String field, String text) {
        try {
            if (text.length() <= 20) {
                return Optional.of(new BigDecimal(text.strip().replace(',', '.')));
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        fields.rule(field, false, "not-decimal");
        return Optional.empty();
    }

    private static <E extends Enum<E>> Optional<E> one(E[] values, String name) {
        return java.util.Arrays.stream(values)
                .filter(v -> v.name().equals(name))
                .findFirst();
    }

    private static String names(Enum<?>[] values) {
        return java.util.Arrays.stream(values).map(Enum::name).collect(java.util.stream.Collectors.joining(", "));
    }

    /**
     * The cut-off that is meant: the newest of which something was submitted where none is named. Throws {@link
     * NotFoundException} for what is no instant.
     */
    static @Nullable Instant cutOff(@Nullable String named, PanelStep.PanelCall call) {
        if (NO_CUT_OFF.equals(named)) {
            return null;
        }
        if (named == null || named.isBlank()) {
            return call.cutOffs().isEmpty() ? null : call.cutOffs().getFirst();
        }
        try {
            return Instant.parse(named);
        } catch (DateTimeParseException e) {
            throw new NotFoundException("cut-off");
        }
    }
}
