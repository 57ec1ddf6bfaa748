package org.farga.compute;

import org.jspecify.annotations.Nullable;

/** What a job really used, so far or in all; null where it was not measured. CPU time is of all its processes. */
record Measured(@Nullable Long cpuMilliseconds, @Nullable Long peakMemoryMebibytes) {}
