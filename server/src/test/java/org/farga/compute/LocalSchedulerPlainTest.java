package org.farga.compute;

/** Jobs as ordinary processes, with limits that are watched from outside. */
class LocalSchedulerPlainTest extends LocalSchedulerContract {

    @Override
    IsolationLevel level() {
        return IsolationLevel.PLAIN;
    }

    @Override
    boolean cgroups() {
        return false;
    }
}
