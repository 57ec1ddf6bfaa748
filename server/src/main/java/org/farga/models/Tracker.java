package org.farga.models;

import org.farga.shared.Actor;
import org.farga.shared.JobId;
import org.farga.shared.ProjectId;
import org.jspecify.annotations.Nullable;

/**
 * Who tracks, and where: in one project, whatever else they may see.
 *
 * @param member whether they work in the project, and came with the right to change things there
 * @param job the job that speaks for itself, and so writes to no runs but its own
 */
public record Tracker(Actor actor, ProjectId project, boolean member, @Nullable JobId job) {}
