package org.farga.lineage;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.farga.access.ProposalLineage;
import org.farga.allocation.Allocation;
import org.farga.allocation.Allocations;
import org.farga.allocation.Projects;
import org.farga.allocation.VisibleProjects;
import org.farga.compute.JobLineage;
import org.farga.compute.Jobs;
import org.farga.dataspace.DatasetLineage;
import org.farga.dataspace.Datasets;
import org.farga.models.ModelLineage;
import org.farga.people.Organisations;
import org.farga.shared.Actor;
import org.farga.shared.AgreementId;
import org.farga.shared.AllocationId;
import org.farga.shared.CallId;
import org.farga.shared.DatasetVersionId;
import org.farga.shared.JobId;
import org.farga.shared.ModelId;
import org.farga.shared.NotFoundException;
import org.farga.shared.OrganisationId;
import org.farga.shared.ProjectId;
import org.farga.shared.ProposalId;
import org.farga.shared.RunId;
import org.jspecify.annotations.Nullable;

/**
 * One walk, with the eyes of one person. Forwards each step asks for the newest few of a kind and counts the rest;
 * backwards everything has few origins, and all of them are taken.
 */
final class LineageWalk {
    private final Actor actor;
    private final VisibleProjects visible;
    private final Before before;
    private final ProposalLineage proposals;
    private final Projects projects;
    private final Allocations allocations;
    private final Organisations organisations;
    private final Datasets datasets;
    private final DatasetLineage datasetLineage;
    private final JobLineage jobs;
    private final ModelLineage models;

    private final Map<LineageNode.Id, LineageNode> nodes = new LinkedHashMap<>();
    private final Set<LineageGraph.Edge> edges = new HashSet<>();
    private final List<LineageGraph.More> more = new ArrayList<>();
    private final Map<DatasetVersionId, LineageNode.Id> versionNodes = new HashMap<>();

    LineageWalk(
            Actor actor,
            Before before,
            ProposalLineage proposals,
            Projects projects,
            Allocations allocations,
            Organisations organisations,
            Datasets datasets,
            DatasetLineage datasetLineage,
            JobLineage jobs,
            ModelLineage models) {
        this.actor = actor;
        this.visible = projects.visibleTo(actor);
        this.before = before;
        this.proposals = proposals;
        this.projects = projects;
        this.allocations = allocations;
        this.organisations = organisations;
        this.datasets = datasets;
        this.datasetLineage = datasetLineage;
        this.jobs = jobs;
        this.models = models;
    }

    /** From where on a kind is shown: {@code job:123}. */
    record Before(@Nullable LineageKind kind, String value) {
        static Before parse(@Nullable String text) {
            int colon = text == null ? -1 : text.indexOf(':');
            return text == null || colon < 0
                    ? new Before(null, "")
                    : new Before(LineageKind.find(text.substring(0, colon)).orElse(null), text.substring(colon + 1));
        }

        @Nullable
        String of(LineageKind wanted) {
            return kind == wanted ? value : null;
        }
    }

    // ---- centres ----

    LineageGraph fromCall(LineageNode.Id asked) {
        ProposalLineage.CallNode call = proposals.call(asked.value()).orElseThrow(LineageWalk::nothing);
        LineageNode centre = put(call);
        forwardFromProposals(call.id(), null);
        return graph(centre);
    }

    LineageGraph fromOrganisation(LineageNode.Id asked) {
        OrganisationId id = OrganisationId.valueOf(asked.value());
        LineageNode centre = putOrganisation(id);
        if (centre == null) {
            throw nothing();
        }
        forwardFromProposals(null, id);
        return graph(centre);
    }

    LineageGraph fromProposal(LineageNode.Id asked) {
        ProposalLineage.Node proposal = one(proposals.list(actor, List.of(ProposalId.valueOf(asked.value()))));
        LineageNode centre = put(proposal);
        backFromProposals(List.of(proposal));
        forwardFromProjects(projectsOf(List.of(proposal)));
        return graph(centre);
    }

    LineageGraph fromProject(LineageNode.Id asked) {
        ProjectId id = ProjectId.valueOf(asked.value());
        LineageNode centre = putProject(id);
        if (centre == null) {
            throw nothing();
        }
        backFromProjects(List.of(id));
        forwardFromProjects(List.of(id));
        return graph(centre);
    }

    LineageGraph fromAllocation(LineageNode.Id asked) {
        AllocationId id = AllocationId.valueOf(asked.value());
        Allocation allocation = allocations.list(List.of(id)).get(id);
        LineageNode centre = allocation == null ? null : put(allocation);
        if (allocation == null || centre == null) {
            throw nothing();
        }
        backFromAllocations(List.of(allocation));
        forwardToJobs(new JobLineage.Origins(List.of(id), List.of(), List.of(), List.of()), List.of());
        return graph(centre);
    }

    LineageGraph fromDataset(LineageNode.Id asked) {
        List<Datasets.VersionSummary> versions = datasetLineage.versions(actor, asked.value());
        if (versions.isEmpty()) {
            throw nothing();
        }
        LineageNode centre = putDataset(versions.getFirst());
        List<Datasets.VersionSummary> shown =
                versions.stream().limit(Lineages.SHOWN).toList();
        if (versions.size() > shown.size()) {
            more.add(new LineageGraph.More(LineageKind.DATASET_VERSION, versions.size() - shown.size(), true, null));
        }
        shown.forEach(this::put);
        forwardToJobs(
                new JobLineage.Origins(
                        List.of(),
                        shown.stream().map(Datasets.VersionSummary::version).toList(),
                        List.of(),
                        List.of()),
                List.of());
        return graph(centre);
    }

    LineageGraph fromDatasetVersion(LineageNode.Id asked) {
        int at = asked.value().lastIndexOf('@');
        Datasets.VersionSummary version = datasetLineage.version(
                actor,
                asked.value().substring(0, Math.max(0, at)),
                Integer.parseInt(asked.value().substring(at + 1)));
        LineageNode centre = put(version);
        forwardToJobs(new JobLineage.Origins(List.of(), List.of(version.version()), List.of(), List.of()), List.of());
        return graph(centre);
    }

    LineageGraph fromAgreement(LineageNode.Id asked) {
        DatasetLineage.AgreementNode agreement =
                one(datasetLineage.agreements(actor, List.of(AgreementId.valueOf(asked.value()))));
        LineageNode centre = put(agreement);
        datasetLineage.versions(actor, agreement.slug()).stream().findFirst().ifPresent(this::putDataset);
        putOrganisation(agreement.organisation());
        forwardToJobs(new JobLineage.Origins(List.of(), List.of(), List.of(agreement.id()), List.of()), List.of());
        return graph(centre);
    }

    LineageGraph fromScript(LineageNode.Id asked) {
        if (!asked.value().matches("[0-9a-f]{64}")) {
            throw nothing();
        }
        List<JobLineage.Node> came = forwardToJobs(
                new JobLineage.Origins(List.of(), List.of(), List.of(), List.of(asked.value())), List.of());
        // A digest is there only for those who see a job that ran it.
        if (came.isEmpty()) {
            throw nothing();
        }
        return graph(putScript(asked.value()));
    }

    LineageGraph fromJob(LineageNode.Id asked) {
        JobId id = JobId.valueOf(asked.value());
        JobLineage.Node job = jobs.list(List.of(id)).get(id);
        if (job == null || !visible.include(job.project())) {
            throw nothing();
        }
        LineageNode centre = put(job);
        backFromJobs(List.of(job));
        forwardToRuns(List.of(id), List.of());
        return graph(centre);
    }

    LineageGraph fromRun(LineageNode.Id asked) {
        ModelLineage.RunNode run =
                models.run(visible, RunId.valueOf(asked.value())).orElseThrow(LineageWalk::nothing);
        LineageNode centre = put(run);
        backFrom(run.job(), run.project());
        forwardToModels(List.of(run.id()), List.of(), List.of());
        return graph(centre);
    }

    LineageGraph fromModel(LineageNode.Id asked) {
        int at = asked.value().lastIndexOf('@');
        ModelLineage.VersionNode version = models.version(
                        visible,
                        ModelId.valueOf(asked.value().substring(0, Math.max(0, at))),
                        Integer.parseInt(asked.value().substring(at + 1)))
                .orElseThrow(LineageWalk::nothing);
        LineageNode centre = put(version);
        RunId of = version.run();
        if (of == null) {
            backFrom(version.job(), version.project());
        } else {
            models.run(visible, of).ifPresent(run -> {
                put(run);
                backFrom(run.job(), run.project());
            });
        }
        return graph(centre);
    }

    // ---- backwards ----

    /** What was trained outside any job comes of its project. */
    private void backFrom(@Nullable JobId job, ProjectId project) {
        if (job == null) {
            putProject(project);
            backFromProjects(List.of(project));
        } else {
            List<JobLineage.Node> from = List.copyOf(jobs.list(List.of(job)).values());
            from.forEach(this::put);
            backFromJobs(from);
        }
    }

    private void backFromJobs(List<JobLineage.Node> from) {
        from.stream()
                .map(JobLineage.Node::scriptSha256)
                .filter(Objects::nonNull)
                .forEach(this::putScript);
        List<Jobs.Input> inputs =
                from.stream().flatMap(job -> job.inputs().stream()).toList();
        datasets.summaries(inputs.stream().map(Jobs.Input::version).distinct().toList())
                .values()
                .forEach(version -> {
                    put(version);
                    putDataset(version);
                });
        datasetLineage
                .agreements(
                        actor,
                        inputs.stream().map(Jobs.Input::agreement).distinct().toList())
                .forEach(this::put);
        List<Allocation> paid = List.copyOf(allocations
                .list(from.stream().map(JobLineage.Node::allocation).distinct().toList())
                .values());
        paid.forEach(this::put);
        backFromAllocations(paid);
    }

    private void backFromAllocations(List<Allocation> from) {
        List<ProjectId> of = from.stream().map(Allocation::project).distinct().toList();
        of.forEach(this::putProject);
        backFromProposals(proposals.list(
                actor, from.stream().map(Allocation::proposal).distinct().toList()));
    }

    private void backFromProjects(Collection<ProjectId> from) {
        backFromProposals(proposals.list(
                actor,
                allocations.ofProjects(from).values().stream()
                        .flatMap(List::stream)
                        .map(Allocation::proposal)
                        .distinct()
                        .toList()));
    }

    private void backFromProposals(List<ProposalLineage.Node> from) {
        for (ProposalLineage.Node proposal : from) {
            put(proposal);
            put(proposal.call());
            putOrganisation(proposal.organisation());
        }
    }

    // ---- forwards ----

    private void forwardFromProposals(@Nullable CallId call, @Nullable OrganisationId organisation) {
        String from = before.of(LineageKind.PROPOSAL);
        List<ProposalLineage.Node> found = proposals.of(
                actor, call, organisation, from == null ? null : ProposalId.valueOf(from), Lineages.SHOWN + 1);
        List<ProposalLineage.Node> shown = shown(
                LineageKind.PROPOSAL,
                found,
                p -> p.id().toString(),
                () -> proposals.count(actor, call, organisation, Lineages.COUNTED + 1));
        shown.forEach(this::put);
        forwardFromProjects(projectsOf(shown));
    }

    private static List<ProjectId> projectsOf(List<ProposalLineage.Node> of) {
        return of.stream()
                .map(ProposalLineage.Node::project)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
    }

    private void forwardFromProjects(List<ProjectId> from) {
        List<ProjectId> seen = from.stream().filter(visible::include).toList();
        seen.forEach(this::putProject);
        List<Allocation> all = allocations.ofProjects(seen).values().stream()
                .flatMap(List::stream)
                .toList();
        List<Allocation> shown = all.stream().limit(2L * Lineages.SHOWN).toList();
        if (all.size() > shown.size()) {
            more.add(new LineageGraph.More(LineageKind.ALLOCATION, all.size() - shown.size(), true, null));
        }
        shown.forEach(this::put);
        forwardToJobs(
                new JobLineage.Origins(shown.stream().map(Allocation::id).toList(), List.of(), List.of(), List.of()),
                seen);
    }

    /** @param projects whose runs outside any job are shown beside those of the jobs */
    private List<JobLineage.Node> forwardToJobs(JobLineage.Origins origins, List<ProjectId> projects) {
        String from = before.of(LineageKind.JOB);
        List<JobLineage.Node> shown = shown(
                LineageKind.JOB,
                jobs.of(visible, origins, from == null ? null : JobId.valueOf(from), Lineages.SHOWN + 1),
                job -> job.id().toString(),
                () -> jobs.count(visible, origins, Lineages.COUNTED + 1));
        shown.forEach(this::put);
        forwardToRuns(shown.stream().map(JobLineage.Node::id).toList(), projects);
        return shown;
    }

    private void forwardToRuns(List<JobId> of, List<ProjectId> projects) {
        String from = before.of(LineageKind.RUN);
        List<ModelLineage.RunNode> shown = shown(
                LineageKind.RUN,
                models.runs(visible, of, projects, from == null ? null : RunId.valueOf(from), Lineages.SHOWN + 1),
                run -> run.id().toString(),
                () -> models.countRuns(visible, of, projects, Lineages.COUNTED + 1));
        shown.forEach(this::put);
        forwardToModels(shown.stream().map(ModelLineage.RunNode::id).toList(), of, projects);
    }

    private void forwardToModels(List<RunId> of, List<JobId> ofJobs, List<ProjectId> ofProjects) {
        List<ModelLineage.VersionNode> found = models.versions(visible, of, ofJobs, ofProjects, Lineages.SHOWN + 1);
        List<ModelLineage.VersionNode> shown =
                found.stream().limit(Lineages.SHOWN).toList();
        if (found.size() > shown.size()) {
            rest(
                    LineageKind.MODEL,
                    models.countVersions(visible, of, ofJobs, ofProjects, Lineages.COUNTED + 1),
                    shown.size(),
                    null);
        }
        shown.forEach(this::put);
    }

    /** The first of what was found; what is beyond is counted, and can be asked for from the last one shown on. */
    private <T> List<T> shown(
            LineageKind kind,
            List<T> found,
            java.util.function.Function<T, String> id,
            java.util.function.IntSupplier count) {
        List<T> shown = found.stream().limit(Lineages.SHOWN).toList();
        if (found.size() > shown.size()) {
            rest(kind, count.getAsInt(), shown.size(), kind.word() + ":" + id.apply(shown.getLast()));
        } else if (before.of(kind) != null) {
            // The last page: the way back to the first.
            rest(kind, count.getAsInt(), shown.size(), "");
        }
        return shown;
    }

    private void rest(LineageKind kind, int counted, int shown, @Nullable String next) {
        boolean exact = counted <= Lineages.COUNTED;
        int others = exact ? counted - shown : Lineages.COUNTED;
        if (others > 0) {
            more.add(new LineageGraph.More(kind, others, exact, next));
        }
    }

    // ---- nodes and the edges to what they come from ----

    private LineageNode put(LineageNode node) {
        nodes.putIfAbsent(node.id(), node);
        return node;
    }

    private void edge(LineageNode.Id from, LineageNode.Id to) {
        edges.add(new LineageGraph.Edge(from, to));
    }

    private static LineageNode.Id id(LineageKind kind, Object value) {
        return new LineageNode.Id(kind, value.toString());
    }

    private LineageNode put(ProposalLineage.CallNode call) {
        return put(
                new LineageNode(id(LineageKind.CALL, call.id()), call.title(), call.code(), "/calls/" + call.code()));
    }

    /** Null for one that the actor may not see. */
    private @Nullable LineageNode putOrganisation(OrganisationId id) {
        if (!actor.isMemberOf(id) && !visible.all()) {
            return null;
        }
        Organisations.Summary organisation =
                organisations.summaries(List.of(id)).get(id);
        return organisation == null
                ? null
                : put(new LineageNode(
                        id(LineageKind.ORGANISATION, id), organisation.name(), "", "/organisations/" + id));
    }

    private LineageNode put(ProposalLineage.Node proposal) {
        LineageNode.Id self = id(LineageKind.PROPOSAL, proposal.id());
        edge(id(LineageKind.CALL, proposal.call().id()), self);
        edge(id(LineageKind.ORGANISATION, proposal.organisation()), self);
        if (proposal.project() != null) {
            edge(self, id(LineageKind.PROJECT, proposal.project()));
        }
        return put(new LineageNode(
                self,
                proposal.code(),
                proposal.title() == null ? "" : proposal.title(),
                "/proposals/" + proposal.id()));
    }

    /** Null for one that the actor may not see. */
    private @Nullable LineageNode putProject(ProjectId id) {
        if (!visible.include(id)) {
            return null;
        }
        Projects.Summary project = projects.summaries(List.of(id)).get(id);
        return project == null
                ? null
                : put(new LineageNode(
                        id(LineageKind.PROJECT, id), project.name(), project.slug(), "/projects/" + project.slug()));
    }

    /** Null for one that the actor may not see. */
    private @Nullable LineageNode put(Allocation allocation) {
        if (!visible.include(allocation.project())) {
            return null;
        }
        LineageNode.Id self = id(LineageKind.ALLOCATION, allocation.id());
        edge(id(LineageKind.PROJECT, allocation.project()), self);
        return put(new LineageNode(
                self,
                allocation.cluster(),
                allocation.proposalCode(),
                "/allocations/" + allocation.id() + "/statement"));
    }

    private LineageNode putDataset(Datasets.VersionSummary version) {
        return put(new LineageNode(
                id(LineageKind.DATASET, version.slug()),
                version.title(),
                version.slug(),
                "/datasets/" + version.slug()));
    }

    private LineageNode put(Datasets.VersionSummary version) {
        LineageNode.Id self = id(LineageKind.DATASET_VERSION, version.slug() + "@" + version.number());
        versionNodes.put(version.version(), self);
        putDataset(version);
        edge(id(LineageKind.DATASET, version.slug()), self);
        return put(new LineageNode(
                self,
                version.slug() + "@" + version.number(),
                version.licence(),
                "/datasets/" + version.slug() + "?version=" + version.number()));
    }

    private LineageNode put(DatasetLineage.AgreementNode agreement) {
        LineageNode.Id self = id(LineageKind.AGREEMENT, agreement.id());
        edge(id(LineageKind.DATASET, agreement.slug()), self);
        edge(id(LineageKind.ORGANISATION, agreement.organisation()), self);
        return put(new LineageNode(
                self,
                agreement.slug(),
                agreement.acceptedAt().toString().substring(0, 10),
                "/datasets/" + agreement.slug()));
    }

    private LineageNode putScript(String sha256) {
        return put(new LineageNode(id(LineageKind.SCRIPT, sha256), sha256.substring(0, 12), "SHA-256", null));
    }

    private LineageNode put(JobLineage.Node job) {
        LineageNode.Id self = id(LineageKind.JOB, job.id());
        edge(id(LineageKind.ALLOCATION, job.allocation()), self);
        if (job.scriptSha256() != null) {
            edge(id(LineageKind.SCRIPT, job.scriptSha256()), self);
        }
        for (Jobs.Input input : job.inputs()) {
            edge(id(LineageKind.AGREEMENT, input.agreement()), self);
            LineageNode.Id version = versionNodes.get(input.version());
            if (version != null) {
                edge(version, self);
            } else {
                waiting.add(new Waiting(input.version(), self));
            }
        }
        return put(new LineageNode(self, job.name(), job.id() + " · " + job.state(), "/jobs/" + job.id()));
    }

    /** An edge from a dataset version that may still be found: nodes name versions otherwise than jobs do. */
    private record Waiting(DatasetVersionId version, LineageNode.Id job) {}

    private final List<Waiting> waiting = new ArrayList<>();

    private LineageNode put(ModelLineage.RunNode run) {
        LineageNode.Id self = id(LineageKind.RUN, run.id());
        edge(run.job() == null ? id(LineageKind.PROJECT, run.project()) : id(LineageKind.JOB, run.job()), self);
        return put(new LineageNode(self, run.name(), run.state(), "/runs/" + run.id(), run.deleted()));
    }

    private LineageNode put(ModelLineage.VersionNode version) {
        LineageNode.Id self = id(LineageKind.MODEL, version.model() + "@" + version.number());
        if (version.run() != null) {
            edge(id(LineageKind.RUN, version.run()), self);
        } else if (version.job() != null) {
            edge(id(LineageKind.JOB, version.job()), self);
        } else {
            edge(id(LineageKind.PROJECT, version.project()), self);
        }
        return put(new LineageNode(
                self,
                version.name(),
                "v" + version.number(),
                "/models/" + version.model() + "?version=" + version.number(),
                version.deleted()));
    }

    private LineageGraph graph(LineageNode centre) {
        for (Waiting one : waiting) {
            LineageNode.Id version = versionNodes.get(one.version());
            if (version != null) {
                edge(version, one.job());
            }
        }
        return LineageGraph.of(centre, nodes.values(), edges, more);
    }

    private static <T> T one(List<T> found) {
        if (found.size() != 1) {
            throw nothing();
        }
        return found.getFirst();
    }

    private static NotFoundException nothing() {
        return new NotFoundException("lineage");
    }
}
