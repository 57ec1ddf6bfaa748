package org.farga.aid;

import java.time.LocalDate;

/** The centre's working days; the module that keeps its calendar says them. */
public interface RegisterCalendar {
    /** The last of so many working days after a day, which is not counted itself. */
    LocalDate after(LocalDate day, int workingDays);
}
