package org.farga.aid;

/** In which form aid is given (Regulation (EU) 2023/2831, Article 6(1)). */
enum Instrument {
    /** Hours on a machine below their market value. */
    ACCESS_TIME,
    /** Advice, training or another service below its market value. */
    SERVICE,
    /** Money that is not paid back. */
    GRANT,
    /** Anything else. */
    OTHER
}
