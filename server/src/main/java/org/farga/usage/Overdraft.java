package org.farga.usage;

import java.util.Collection;
import java.util.Map;
import org.farga.allocation.Allocation;
import org.farga.shared.AllocationId;

/** What an engine that keeps budgets itself lets an allocation use beyond its award; whoever knows such an engine is a bean. */
public interface Overdraft {

    /**
     * In milliseconds of one GPU and of one CPU; less than nothing where less than the award may be used.
     */
    record Beyond(long gpuMilliseconds, long cpuMilliseconds) {
        static final Beyond NOTHING = new Beyond(0, 0);
    }

    /** Of each of these; those on other engines' clusters may be left out. */
    Map<AllocationId, Beyond> beyond(Collection<Allocation> allocations);
}
