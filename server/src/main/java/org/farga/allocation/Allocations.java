package org.farga.allocation;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.farga.shared.AllocationId;
import org.farga.shared.NotFoundException;
import org.farga.shared.ProjectId;
import org.springframework.stereotype.Service;

/** What other modules ask of allocations. */
@Service
public class Allocations {
    /** Whoever asks; throws {@link NotFoundException}. */
    public Allocation get(AllocationId id) {
        throw new UnsupportedOperationException();
    }

    /** The same, with its row locked until the end of the transaction: budget checks on it happen one after another. */
    public Allocation lock(AllocationId id) {
        throw new UnsupportedOperationException();
    }

    public Map<AllocationId, Allocation> list(Collection<AllocationId> ids) {
        throw new UnsupportedOperationException();
    }

    /** Those of a project, newest first. */
    public List<Allocation> ofProject(ProjectId project) {
        throw new UnsupportedOperationException();
    }
}
