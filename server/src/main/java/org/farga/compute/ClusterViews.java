package org.farga.compute;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.farga.allocation.Projects;
import org.farga.allocation.VisibleProjects;
import org.farga.compute.ClusterView.Shown;
import org.farga.compute.Occupancies.Seen;
import org.farga.platform.Cursor;
import org.farga.platform.Settings;
import org.farga.shared.Actor;
import org.farga.shared.NotFoundException;
import org.farga.shared.Page;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Clusters as people look at them. */
@Component
class ClusterViews {
    static final int DAYS = 14;
    private static final Duration KEPT = Duration.ofMinutes(5);

    private final Clusters clusters;
    private final Occupancies occupancies;
    private final Projects projects;
    private final LoadingCache<String, WaitTimes> waits;

    ClusterViews(
            Clusters clusters,
            Occupancies occupancies,
            Projects projects,
            JobTable jobs,
            Settings settings,
            Clock clock) {
        this.clusters = clusters;
        this.occupancies = occupancies;
        this.projects = projects;
        this.waits = Caffeine.newBuilder().expireAfterWrite(KEPT).build(cluster -> {
            LocalDate today = clock.instant().atZone(settings.zone()).toLocalDate();
            LocalDate first = today.minusDays(DAYS - 1);
            return new WaitTimes(first, today, jobs.waits(cluster, first, settings.zone()));
        });
    }

    /** Throws {@link NotFoundException} where there is no such cluster. */
    Clusters.Listed get(String name) {
        return clusters.list().stream()
                .filter(cluster -> cluster.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new NotFoundException("cluster"));
    }

    /** As the reader may see it; empty while the engine does not answer. */
    Optional<ClusterView> view(Actor actor, String name) {
        VisibleProjects visible = projects.visibleTo(actor);
        return occupancies.of(name).map(seen -> ClusterView.of(seen.occupancy(), one -> shown(seen, one, visible)));
    }

    /** Whether the actor sees everybody's jobs, also those that Farga knows nothing of. */
    boolean seesAll(Actor actor) {
        return projects.visibleTo(actor).all();
    }

    /** What is in use and what waits, which anybody may know; empty while the engine does not answer. */
    Optional<ClusterView.Sums> sums(String name) {
        return occupancies
                .of(name)
                .map(seen -> ClusterView.of(seen.occupancy(), one -> null).sums());
    }

    private static @Nullable Shown shown(Seen seen, Occupancy.EngineJob one, VisibleProjects visible) {
        Job job = seen.job(one);
        if (job != null && visible.include(job.project())) {
            return new Shown(one, job);
        }
        return visible.all() ? new Shown(one, null) : null;
    }

    /** The part of a list that a cursor of its own asks for: lists of what is now have no other key than the place. */
    static <T> Page<T> page(List<T> all, @Nullable String cursor, @Nullable Integer limit) {
        Integer place = Cursor.decode(cursor, Integer::valueOf);
        int from = place == null ? 0 : Math.clamp(place, 0, all.size());
        int to = Math.min(all.size(), from + Cursor.size(limit));
        return new Page<>(all.subList(from, to), to < all.size() ? Cursor.encode(Integer.toString(to)) : null);
    }

    /** Those of ours that wait. */
    static List<Job> jobs(List<ClusterView.Row> rows) {
        return rows.stream()
                .map(row -> row instanceof ClusterView.Row.One(Shown shown) ? shown.job() : null)
                .filter(Objects::nonNull)
                .map(Objects::requireNonNull)
                .distinct()
                .toList();
    }

    /** The last fortnight's, of jobs that Farga knows. */
    WaitTimes waits(String cluster) {
        return waits.get(cluster);
    }
}
