package org.farga.usage;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.farga.allocation.Allocation;
import org.farga.shared.AllocationId;
import org.farga.shared.OrganisationId;
import org.farga.shared.ProjectId;
import org.jspecify.annotations.Nullable;

/**
 * Whose storage a report is of, and from when to when.
 *
 * @param all everybody's, the centre's own among it
 */
record StorageAsked(boolean all, List<Window> windows) {
    static final StorageAsked OF_ALL = new StorageAsked(true, List.of());

    /** An owner's storage from an instant to another, whole seconds; null for its beginning and its end. */
    record Window(
            StoredBytes.Owner owner,
            @Nullable Instant from,
            @Nullable Instant until) {}

    static StorageAsked of(Collection<ProjectId> projects) {
        return of(null, projects);
    }

    /** An organisation's own and that of its projects. */
    static StorageAsked of(@Nullable OrganisationId organisation, Collection<ProjectId> projects) {
        Stream<StoredBytes.Owner> own =
                organisation == null ? Stream.of() : Stream.of(StoredBytes.Owner.ofProvider(organisation));
        return new StorageAsked(
                false,
                Stream.concat(own, projects.stream().distinct().map(StoredBytes.Owner::of))
                        .map(owner -> new Window(owner, null, null))
                        .toList());
    }

    /**
     * That of some awards. Files are a project's and outlive the award that they came from; at each instant they belong to the
     * project's award that began last, so that all calls together never count a byte twice.
     *
     * @param projects all allocations of each project that one of the awards is of
     */
    static StorageAsked ofAwards(Set<AllocationId> awards, Collection<List<Allocation>> projects) {
        List<Window> windows = new ArrayList<>();
        for (List<Allocation> project : projects) {
            List<Allocation> inOrder = project.stream()
                    .sorted(Comparator.comparing((Allocation a) -> a.period().from())
                            .thenComparing(a -> a.id().value()))
                    .toList();
            for (int i = 0; i < inOrder.size(); i++) {
                Allocation award = inOrder.get(i);
                Instant from = begin(award);
                Instant until = i + 1 < inOrder.size() ? begin(inOrder.get(i + 1)) : null;
                if (awards.contains(award.id()) && !from.equals(until)) {
                    windows.add(new Window(StoredBytes.Owner.of(award.project()), from, until));
                }
            }
        }
        return new StorageAsked(false, List.copyOf(windows));
    }

    private static Instant begin(Allocation award) {
        return award.period().from().truncatedTo(ChronoUnit.SECONDS);
    }
}
