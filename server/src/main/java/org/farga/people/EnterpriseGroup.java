package org.farga.people;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.farga.people.SizeDeclaration.Counted;
import org.farga.people.SizeDeclaration.Relation;

/**
 * How much of each enterprise counts with the declaring one, number 0, by who holds whom: Recommendation 2003/361/EC, annex,
 * Articles 3 and 6. Linked enterprises count in full, whatever number of others is between; the partners of any of them by the
 * share that all of them hold together, and with each partner the enterprises that are linked to it; the partners of partners
 * not at all. An enterprise that is reached on several ways counts once, by the largest share. Circles and enterprises that
 * nothing joins to the declaring one are no special case: a set only ever grows here, so it is done after as many rounds as
 * there are enterprises.
 */
final class EnterpriseGroup {
    static final BigDecimal HUNDRED = BigDecimal.valueOf(100);
    private static final BigDecimal QUARTER = BigDecimal.valueOf(25);
    private static final BigDecimal HALF = BigDecimal.valueOf(50);

    private final int size;
    private final List<Holding> holdings;

    /**
     * @param size how many enterprises there are, the declaring one among them
     * @param holdings who holds whom; which of the two holds the other makes no difference
     */
    EnterpriseGroup(int size, List<Holding> holdings) {
        this.size = size;
        this.holdings = List.copyOf(holdings);
    }

    /** Two enterprises, with the share of capital or votes, whichever is higher, between them. */
    record Holding(int one, int other, Relation relation, BigDecimal sharePercent) {
        private boolean links() {
            return relation == Relation.LINKED;
        }

        /** Whether the share makes a partner: some investors and public bodies make none (Article 3(2) and (4)). */
        private boolean partners() {
            return relation == Relation.LINKED || relation == Relation.PARTNER;
        }

        private int beside(int enterprise) {
            return one == enterprise ? other : other == enterprise ? one : -1;
        }
    }

    /** How an enterprise counts. The share is of its figures: 100 where it is linked, what is held where it is a partner. */
    record Share(Counted counted, BigDecimal percent) {
        private static final Share NONE = new Share(Counted.AUTONOMOUS, BigDecimal.ZERO);
    }

    /** How each enterprise counts; the declaring one in full. */
    List<Share> shares() {
        boolean[] linked = linked(0, new boolean[size]);
        Share[] shares = new Share[size];
        Arrays.fill(shares, Share.NONE);
        for (int e = 0; e < size; e++) {
            if (linked[e]) {
                shares[e] = new Share(Counted.LINKED, HUNDRED);
            }
        }
        for (int partner = 0; partner < size; partner++) {
            BigDecimal held = linked[partner] ? BigDecimal.ZERO : held(linked, partner, false);
            if (held.compareTo(QUARTER) >= 0) {
                boolean[] withIt = linked(partner, linked);
                for (int e = 0; e < size; e++) {
                    if (withIt[e] && !linked[e] && shares[e].percent().compareTo(held) < 0) {
                        shares[e] = new Share(Counted.PARTNER, held);
                    }
                }
            }
        }
        return List.of(shares);
    }

    /** The share of capital or votes that public bodies hold of the declaring enterprise and those linked to it. */
    BigDecimal publicPercent() {
        boolean[] linked = linked(0, new boolean[size]);
        return holdings.stream()
                .filter(h -> h.relation() == Relation.PUBLIC_BODY && (linked[h.one()] || linked[h.other()]))
                .map(Holding::sharePercent)
                .reduce(BigDecimal.ZERO, BigDecimal::add)
                .min(HUNDRED);
    }

    /** Those that links or majorities join to one, itself among them; those that are left out join nothing. */
    private boolean[] linked(int first, boolean[] leftOut) {
        boolean[] linked = new boolean[size];
        linked[first] = true;
        boolean grown = true;
        while (grown) {
            grown = false;
            for (int e = 0; e < size; e++) {
                if (!linked[e]
                        && !leftOut[e]
                        && (joined(linked, e) || held(linked, e, true).compareTo(HALF) > 0)) {
                    linked[e] = true;
                    grown = true;
                }
            }
        }
        return linked;
    }

    private boolean joined(boolean[] group, int enterprise) {
        return holdings.stream().anyMatch(h -> h.links() && isIn(group, h.beside(enterprise)));
    }

    private static boolean isIn(boolean[] group, int enterprise) {
        return enterprise >= 0 && group[enterprise];
    }

    /**
     * What a group and an enterprise hold of each other: between two, the highest (Article 6(2)); of several, together.
     *
     * @param any whether the shares of investors count too, which they do towards a majority only
     */
    private BigDecimal held(boolean[] group, int enterprise, boolean any) {
        TreeMap<Integer, BigDecimal> byHolder = new TreeMap<>();
        for (Holding h : holdings) {
            int holder = h.beside(enterprise);
            boolean counts = h.partners() || (any && h.relation() == Relation.INVESTOR);
            if (counts && isIn(group, holder)) {
                byHolder.merge(holder, h.sharePercent(), BigDecimal::max);
            }
        }
        return new ArrayList<>(byHolder.values())
                .stream().reduce(BigDecimal.ZERO, BigDecimal::add).min(HUNDRED);
    }
}
