package org.farga.compute;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.farga.allocation.Projects;
import org.farga.dataspace.Datasets;
import org.farga.people.Actors;
import org.farga.platform.BearerTokens;
import org.farga.platform.Secret;
import org.farga.platform.Settings;
import org.farga.shared.Actor;
import org.farga.shared.JobId;
import org.farga.shared.Outcome;
import org.farga.shared.ProjectId;
import org.farga.shared.Refusal;
import org.farga.shared.Scope;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * What a running job shows to log its runs: good for the tracking protocol only, in the name of whoever submitted the
 * job, and in its project. At each use it is asked whether the job still goes on, its submitter still is a member, and
 * the agreements under which it reads its datasets still live.
 */
@Service
public class JobTokens implements BearerTokens {
    private static final String ATTRIBUTE = "farga.job";
    private static final String PURPOSE = "job";
    private static final String ADDRESS = "MLFLOW_TRACKING_URI";
    static final String TOKEN = "MLFLOW_TRACKING_TOKEN";

    private final JobTable table;
    private final Actors actors;
    private final Projects projects;
    private final Datasets datasets;
    private final Settings settings;
    private final Clock clock;

    JobTokens(
            JobTable table, Actors actors, Projects projects, Datasets datasets, Settings settings, Clock clock) {
        this.settings = settings;
        this.table = table;
        this.actors = actors;
        this.projects = projects;
        this.datasets = datasets;
        this.clock = clock;
    }

    /** A job that speaks for itself, and its project. */
    public record Speaker(JobId job, ProjectId project) {}

    /** The job whose token came with this request; null where it was somebody's own. */
    public static @Nullable Speaker speaker(HttpServletRequest request) {
        return (Speaker) request.getAttribute(ATTRIBUTE);
    }

    /**
     * What a job that is handed to its scheduler finds in its environment: where it tracks, and a new token, which is
     * kept only as its SHA-256. Nothing where its submitter named a tracking server of their own.
     */
    @Transactional
    Map<String, String> environment(Job job) {
        if (job.environment().containsKey(ADDRESS) || job.environment().containsKey(TOKEN)) {
            return Map.of();
        }
        Secret secret = Secret.create(PURPOSE);
        table.insertToken(job.id(), secret.sha256(), clock.instant());
        String address = settings.publicUrl().replaceFirst("/+$", "")
                + "/mlflow/" + projects.summary(job.project()).slug();
        return Map.of(ADDRESS, address, TOKEN, secret.text());
    }

    @Override
    public String prefix() {
        return "farga_" + PURPOSE + "_";
    }

    @Override
    public boolean covers(HttpServletRequest request) {
        String path = request.getRequestURI();
        return path.startsWith("/mlflow/") || path.startsWith("/api/2.0/mlflow") || path.startsWith("/api/3.0/mlflow");
    }

    @Override
    public Optional<Actor> bearer(Secret token, HttpServletRequest request) {
        Optional<Job> found = table.findByToken(token.sha256()).filter(job -> !job.hasEnded());
        if (found.isEmpty() || !areAgreementsLive(found.get())) {
            return Optional.empty();
        }
        Job job = found.get();
        Optional<Actor> actor = actors.find(job.submittedBy(), Set.of(Scope.READ, Scope.COMPUTE))
                .map(person -> new Actor(
                        person.person(),
                        person.name(),
                        person.email(),
                        Set.of(),
                        person.organisations(),
                        person.scopes()))
                .filter(person -> projects.isMember(person, job.project()));
        actor.ifPresent(a -> request.setAttribute(ATTRIBUTE, new Speaker(job.id(), job.project())));
        return actor;
    }

    private boolean areAgreementsLive(Job job) {
        return job.inputs().stream()
                .noneMatch(input -> datasets.mountUnder(input.agreement(), input.version())
                                instanceof Outcome.Refused<?>(Refusal refusal)
                        // One that reads a version that was retired meanwhile goes on.
                        && refusal.name().equals("agreement-over"));
    }
}
