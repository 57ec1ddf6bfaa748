package org.farga.aid;

/** Under which rule of State aid a funding source gives. */
enum Regime {
    /** No aid: no State resources, or no advantage to an undertaking. */
    NONE,
    /** Regulation (EU) 2023/2831: counted against a ceiling. */
    DE_MINIMIS,
    /** Regulation (EU) No 651/2014, Article 25: research and development projects. */
    GBER_25,
    /** Regulation (EU) No 651/2014, Article 28: innovation aid, for SMEs alone. */
    GBER_28;

    private static final String GBER =
            "Commission Regulation (EU) No 651/2014 of 17 June 2014 (OJ L 187, 26.6.2014), Article ";

    /** The act it rests on, where that is not dated data as the ceiling of de minimis aid is. */
    String act() {
        return switch (this) {
            case NONE, DE_MINIMIS -> "";
            case GBER_25 -> GBER + "25";
            case GBER_28 -> GBER + "28";
        };
    }
}
