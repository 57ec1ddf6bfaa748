package org.farga.aid;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.farga.shared.OrganisationId;
import org.jspecify.annotations.Nullable;

/** Reads what was typed into a page's form; what cannot be read is missing, or out of bounds. */
final class Typed {
    private Typed() {}

    static @Nullable LocalDate day(@Nullable String text) {
        if (text == null || text.isBlank()) {
            return null;
        }
        try {
            return LocalDate.parse(text.strip());
        } catch (DateTimeException e) {
            return null;
        }
    }

    static int whole(@Nullable String text) {
        return text != null && text.strip().matches("\\d{1,9}") ? Integer.parseInt(text.strip()) : -1;
    }

    static <E extends Enum<E>> @Nullable E one(Class<E> of, @Nullable String text) {
        for (E each : of.getEnumConstants()) {
            if (each.name().equals(text)) {
                return each;
            }
        }
        return null;
    }

    static @Nullable UUID id(@Nullable String text) {
        try {
            return text == null || text.isBlank() ? null : UUID.fromString(text.strip());
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** By its identifier, or by the address of one of its pages. */
    static Optional<OrganisationId> organisation(@Nullable String text) {
        if (text == null) {
            return Optional.empty();
        }
        String last = text.strip().replaceAll("^.*/organisations/", "").replaceAll("[/?#].*$", "");
        return Optional.ofNullable(id(last)).map(OrganisationId::new);
    }

    /** A number that may be told to be wrong: -1 where it is none. */
    static BigDecimal number(@Nullable String text) {
        BigDecimal read = Euro.typed(text);
        return read == null ? BigDecimal.valueOf(-1) : read;
    }

    /** The shares of the fields {@code share.<source>}; those left empty are none. */
    static List<FundingShare> shares(Map<String, String> form) {
        List<FundingShare> shares = new ArrayList<>();
        form.forEach((name, value) -> {
            UUID source = name.startsWith("share.") ? id(name.substring("share.".length())) : null;
            if (source != null && !value.isBlank() && !value.strip().matches("0+([.,]0*)?")) {
                shares.add(new FundingShare(source, FundingShare.basisPoints(number(value))));
            }
        });
        return shares;
    }
}
