package org.farga.compute;

/** Jobs in namespaces of their own, with the kernel's limits where it lets us have them. */
class LocalSchedulerNamespacesTest extends LocalSchedulerContract {

    @Override
    IsolationLevel level() {
        return IsolationLevel.NAMESPACES;
    }

    @Override
    boolean cgroups() {
        return true;
    }
}
