package org.farga.allocation;

/** How an allocation stands at an instant; computed from the clock, never stored. */
public enum AllocationState {
    /** Its period lies ahead. */
    PLANNED,
    /** Jobs may run on it. */
    ACTIVE,
    /** Its period is over; what was not used is lost. */
    EXPIRED,
    /** The centre holds it back for a reason. */
    SUSPENDED
}
