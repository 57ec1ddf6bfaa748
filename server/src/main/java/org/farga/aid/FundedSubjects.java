package org.farga.aid;

import java.util.List;

/** What the centre gives under: its calls. The modules that know them say so, so that each can be given its sources. */
public interface FundedSubjects {
    /** A call or service, by a key that stays, with the name that people know it by. */
    record Subject(String key, String title) {}

    /** All that there are, in the order in which people look for them. */
    List<Subject> subjects();
}
