package org.farga.compute;

import org.farga.shared.JobId;

/** A job has ended, its usage is settled and its files are as it left them. */
public record JobEnded(JobId job, boolean completed) {}
