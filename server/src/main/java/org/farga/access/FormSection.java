package org.farga.access;

/** A part of a proposal's form. Those that every call asks come first; of the others each is one text. */
enum FormSection {
    /** Title and abstract. */
    PROJECT(true),
    /** Hours, duration, partition. */
    RESOURCES(true),
    /** Civilian use, prohibited practices, personal data, sector. */
    DECLARATIONS(true),
    TEAM(false),
    JOBS(false),
    STORAGE(false),
    PLAN(false),
    ETHICS(false),
    DATA_PROTECTION(false);

    static final int LONGEST_TEXT = 5_000;

    private final boolean always;

    FormSection(boolean always) {
        this.always = always;
    }

    /** Whether every call must ask it. */
    boolean isAlwaysAsked() {
        return always;
    }
}
