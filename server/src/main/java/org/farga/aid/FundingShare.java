package org.farga.aid;

import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.farga.shared.Fields;
import org.farga.shared.Refusal;

/**
 * What part of something a source pays.
 *
 * @param basisPoints hundredths of a percent; those of all shares together are 10,000
 */
public record FundingShare(UUID source, int basisPoints) {
    static final int WHOLE = 10_000;
    static final int MOST = 20;
    static final List<FundingShare> UNION = List.of(new FundingShare(FundingSource.UNION, WHOLE));

    BigDecimal percent() {
        return BigDecimal.valueOf(basisPoints, 2).stripTrailingZeros();
    }

    /** The percent as a form's field has them. */
    String typed() {
        return percent().toPlainString();
    }

    /** Hundredths of a percent; -1 where it is finer, or out of bounds. */
    static int basisPoints(BigDecimal percent) {
        if (percent.signum() <= 0
                || percent.compareTo(BigDecimal.valueOf(100)) > 0
                || percent.stripTrailingZeros().scale() > 2) {
            return -1;
        }
        return percent.movePointRight(2).intValueExact();
    }

    /** What is wrong with shares that somebody named, where these sources may be named. */
    static Optional<Refusal> refusal(List<FundingShare> shares, Set<UUID> active) {
        Fields fields = new Fields().rule("shares", !shares.isEmpty() && shares.size() <= MOST, "aid-shares");
        Set<UUID> named = new HashSet<>();
        int sum = 0;
        for (int i = 0; i < shares.size() && i < MOST; i++) {
            FundingShare share = shares.get(i);
            fields.rule("shares[" + i + "].source", active.contains(share.source()), "aid-source-unknown")
                    .rule("shares[" + i + "].source", named.add(share.source()), "aid-source-twice")
                    .rule(
                            "shares[" + i + "].percent",
                            share.basisPoints() >= 1 && share.basisPoints() <= WHOLE,
                            "aid-share");
            sum += Math.clamp(share.basisPoints(), 0, WHOLE);
        }
        return fields.rule("shares", sum == WHOLE, "aid-shares").refusal();
    }
}
