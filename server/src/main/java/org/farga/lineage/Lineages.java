package org.farga.lineage;

import java.util.function.Supplier;
import org.farga.access.ProposalLineage;
import org.farga.allocation.Allocations;
import org.farga.allocation.Projects;
import org.farga.compute.JobLineage;
import org.farga.dataspace.DatasetLineage;
import org.farga.dataspace.Datasets;
import org.farga.models.ModelLineage;
import org.farga.people.Organisations;
import org.farga.shared.Actor;
import org.farga.shared.NotFoundException;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Walks lineage for somebody, with their eyes: what they may not see is not there, not even as a number. */
@Service
class Lineages {
    /** How many of a kind a picture shows that came of others; the rest is counted. */
    static final int SHOWN = 8;
    /** How far the rest is counted. */
    static final int COUNTED = 1_000;

    private final ProposalLineage proposals;
    private final Projects projects;
    private final Allocations allocations;
    private final Organisations organisations;
    private final Datasets datasets;
    private final DatasetLineage datasetLineage;
    private final JobLineage jobs;
    private final ModelLineage models;

    Lineages(
            ProposalLineage proposals,
            Projects projects,
            Allocations allocations,
            Organisations organisations,
            Datasets datasets,
            DatasetLineage datasetLineage,
            JobLineage jobs,
            ModelLineage models) {
        this.proposals = proposals;
        this.projects = projects;
        this.allocations = allocations;
        this.organisations = organisations;
        this.datasets = datasets;
        this.datasetLineage = datasetLineage;
        this.jobs = jobs;
        this.models = models;
    }

    /**
     * The graph around one node; throws {@link NotFoundException} for one that the actor may not see.
     *
     * @param before shows those of a kind that come after the ones shown before, as {@link LineageGraph.More#next} has it
     */
    // One snapshot: a job that is submitted meanwhile is in all of it or in none.
    @Transactional(readOnly = true)
    public LineageGraph around(Actor actor, String kindWord, String id, @Nullable String before) {
        LineageKind kind = LineageKind.find(kindWord).orElseThrow(() -> new NotFoundException("lineage"));
        LineageWalk walk = new LineageWalk(
                actor,
                LineageWalk.Before.parse(before),
                proposals,
                projects,
                allocations,
                organisations,
                datasets,
                datasetLineage,
                jobs,
                models);
        LineageNode.Id asked = new LineageNode.Id(kind, id);
        return parsed(() -> switch (kind) {
            case CALL -> walk.fromCall(asked);
            case ORGANISATION -> walk.fromOrganisation(asked);
            case PROPOSAL -> walk.fromProposal(asked);
            case PROJECT -> walk.fromProject(asked);
            case DATASET -> walk.fromDataset(asked);
            case ALLOCATION -> walk.fromAllocation(asked);
            case DATASET_VERSION -> walk.fromDatasetVersion(asked);
            case AGREEMENT -> walk.fromAgreement(asked);
            case SCRIPT -> walk.fromScript(asked);
            case JOB -> walk.fromJob(asked);
            case RUN -> walk.fromRun(asked);
            case MODEL -> walk.fromModel(asked);
        });
    }

    /** What is no identifier names nothing. */
    private static LineageGraph parsed(Supplier<LineageGraph> walk) {
        try {
            return walk.get();
        } catch (IllegalArgumentException e) {
            throw new NotFoundException("lineage");
        }
    }
}
