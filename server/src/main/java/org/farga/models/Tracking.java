package org.farga.models;

import org.farga.allocation.Projects;
import org.farga.shared.Actor;
import org.farga.shared.JobId;
import org.farga.shared.NotFoundException;
import org.farga.shared.Outcome;
import org.farga.shared.ProjectId;
import org.farga.shared.Refusal;
import org.farga.shared.Scope;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** Says where somebody may track, and what they may change there. */
@Service
public class Tracking {
    private final Projects projects;

    Tracking(Projects projects) {
        this.projects = projects;
    }

    /**
     * Somebody in a project that they see; throws {@link NotFoundException} for any other.
     *
     * @param project its slug or identifier; without one, the only project in which they work
     */
    public Outcome<Tracker> in(Actor actor, @Nullable String project) {
        if (project == null) {
            var mine = projects.ofMember(actor);
            return mine.size() == 1
                    ? Outcome.done(tracker(actor, mine.iterator().next(), null))
                    : Outcome.refused(Refusal.invalid("tracking-project-missing", mine.size()));
        }
        ProjectId found = projects.visible(actor, project).id();
        return Outcome.done(tracker(actor, found, null));
    }

    /** A job in its project; throws {@link NotFoundException} where it names another. */
    public Tracker in(Actor actor, JobId job, ProjectId of, @Nullable String project) {
        if (project != null && !projects.visible(actor, project).id().equals(of)) {
            throw new NotFoundException("project");
        }
        return tracker(actor, of, job);
    }

    private Tracker tracker(Actor actor, ProjectId project, @Nullable JobId job) {
        return new Tracker(actor, project, actor.has(Scope.COMPUTE) && projects.isMember(actor, project), job);
    }

    /** Nothing where they may change what is tracked in the project; why not otherwise. */
    static java.util.Optional<Refusal> refusal(Tracker by) {
        if (by.member()) {
            return java.util.Optional.empty();
        }
        return java.util.Optional.of(
                by.actor().has(Scope.COMPUTE)
                        ? Refusal.forbidden("project-members-only")
                        : Refusal.forbidden("scope-missing", Scope.COMPUTE.name()));
    }
}
