package org.farga.slurm;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.farga.allocation.Projects;
import org.farga.platform.Answer;
import org.farga.shared.Actor;
import org.farga.shared.AllocationId;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.OrganisationId;
import org.farga.shared.Page;
import org.farga.shared.PersonId;
import org.farga.slurm.Reconciliation.Applied;
import org.farga.slurm.Reconciliation.Applying;
import org.farga.slurm.Reconciliation.Mode;
import org.farga.slurm.Reconciliation.Read;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping(path = "/api/v1")
class ReconciliationsApi {
    private final Reconciliations reconciliations;
    private final SiteImports imports;

    ReconciliationsApi(Reconciliations reconciliations, SiteImports imports) {
        this.reconciliations = reconciliations;
        this.imports = imports;
    }

    /** {@code dump} is a file of sacctmgr; without it, Slurm itself is asked. With {@code accounts}, only those are taken over. */
    record ImportRequest(
            @Nullable Boolean dryRun,
            @Nullable String dump,
            @Nullable OrganisationId organisation,
            @Nullable Instant until,
            @Nullable GpuHours gpuHours,
            @Nullable CpuHours cpuHours,
            @Nullable List<PersonWishJson> people,
            @Nullable List<AccountWishJson> accounts) {
        SiteImports.Request request() {
            Map<String, String> persons = new LinkedHashMap<>();
            if (people != null) {
                people.forEach(p -> {
                    if (p.unixUser() != null && p.email() != null) {
                        persons.put(p.unixUser(), p.email());
                    }
                });
            }
            List<SiteImports.AccountWish> wishes = new ArrayList<>();
            if (accounts != null) {
                accounts.forEach(a -> {
                    if (a.account() != null) {
                        wishes.add(new SiteImports.AccountWish(
                                a.account(), a.organisation(), a.lead(), a.gpuHours(), a.cpuHours()));
                    }
                });
            }
            return new SiteImports.Request(
                    !Boolean.FALSE.equals(dryRun), dump, organisation, until, gpuHours, cpuHours, persons, wishes);
        }
    }

    /** Who a Unix user is. */
    record PersonWishJson(
            @Nullable String unixUser, @Nullable String email) {}

    /** What one account shall become; {@code lead} by e-mail address. */
    record AccountWishJson(
            @Nullable String account,
            @Nullable OrganisationId organisation,
            @Nullable String lead,
            @Nullable GpuHours gpuHours,
            @Nullable CpuHours cpuHours) {}

    record ImportedUserJson(
            String unixUser,
            SiteImport.Match match,
            @Nullable PersonId person) {}

    record ImportedAccountJson(
            String account,
            String title,
            SiteImport.Verdict verdict,
            OrganisationId organisation,
            @Nullable PersonId lead,
            GpuHours gpuHours,
            CpuHours cpuHours,
            @Nullable String project,
            List<ImportedUserJson> users) {}

    record ImportJson(boolean dryRun, List<ImportedAccountJson> accounts, List<String> unmatched) {
        static ImportJson of(SiteImports.Result result) {
            return new ImportJson(
                    result.dryRun(),
                    result.lines().stream()
                            .map(line -> {
                                Projects.Summary project = result.projects().get(line.account());
                                return new ImportedAccountJson(
                                        line.account(),
                                        line.title(),
                                        line.verdict(),
                                        line.organisation(),
                                        line.lead(),
                                        new GpuHours(line.gpuMinutes() * 60_000),
                                        new CpuHours(line.cpuMinutes() * 60_000),
                                        project == null ? null : project.slug(),
                                        line.users().stream()
                                                .map(u -> new ImportedUserJson(u.unixUser(), u.match(), u.person()))
                                                .toList());
                            })
                            .toList(),
                    result.unmatched());
        }
    }

    /**
     * Takes over accounts that were in Slurm before Farga came, or shows what would become of them. Nothing in Slurm is changed.
     */
    @PostMapping(
            path = "/slurm-clusters/{cluster}/imports",
            consumes = MediaType.APPLICATION_JSON_VALUE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    ImportJson takeOver(Actor actor, @PathVariable String cluster, @RequestBody ImportRequest request) {
        return ImportJson.of(Answer.of(imports.run(actor, cluster, request.request())));
    }

    record TroubleJson(Plan.Trouble.Kind kind, String subject) {}

    /** {@code stops} are those of the {@code changes} that take something from somebody. */
    record ReadJson(
            Instant at,
            long associations,
            int changes,
            int stops,
            @Nullable Instant driftSince,
            List<TroubleJson> troubles) {
        static ReadJson of(Read read) {
            return new ReadJson(
                    read.at(),
                    read.associations(),
                    read.changes(),
                    read.stops(),
                    read.driftSince(),
                    read.troubles().stream()
                            .map(t -> new TroubleJson(t.kind(), t.subject()))
                            .toList());
        }
    }

    /** {@code done} of the {@code changes} have been given to Slurm. */
    record ApplyingJson(Instant since, int changes, int done) {}

    record AppliedJson(
            Instant at, int changes, int left, @Nullable String complaint) {
        static AppliedJson of(Applied applied) {
            return new AppliedJson(applied.at(), applied.changes(), applied.left(), applied.complaint());
        }
    }

    record UnixAccountJson(
            String userName,
            UnixAccount.State state,
            Instant since,
            int attempts,
            @Nullable Instant nextAttemptAt,
            @Nullable String complaint) {
        static UnixAccountJson of(UnixAccount account) {
            return new UnixAccountJson(
                    account.userName(),
                    account.state(),
                    account.since(),
                    account.attempts(),
                    account.nextAttempt(),
                    account.complaint());
        }
    }

    /** {@code complaint} says why Slurm could not be read at {@code triedAt}; without it, it could. */
    record SlurmClusterJson(
            String name,
            @Nullable String slurmName,
            Mode mode,
            boolean held,
            boolean readingWaits,
            @Nullable Instant applicationWaitsSince,
            @Nullable Instant triedAt,
            @Nullable String complaint,
            @Nullable ReadJson read,
            @Nullable ApplyingJson applying,
            @Nullable AppliedJson applied,
            Map<UnixAccount.State, Long> unixAccounts,
            List<UnixAccountJson> waiting) {
        static SlurmClusterJson of(Reconciliations.View view) {
            Reconciliation state = view.state();
            Read read = state.read();
            Applying applying = state.applying();
            Applied applied = state.applied();
            return new SlurmClusterJson(
                    state.cluster(),
                    state.slurmName(),
                    state.mode(),
                    state.held(),
                    state.wantsReading(),
                    state.applyWantedAt(),
                    state.triedAt(),
                    state.complaint(),
                    read == null ? null : ReadJson.of(read),
                    applying == null ? null : new ApplyingJson(applying.since(), applying.changes(), applying.done()),
                    applied == null ? null : AppliedJson.of(applied),
                    view.unixAccounts(),
                    view.waiting().stream().map(UnixAccountJson::of).toList());
        }
    }

    record ModeRequest(@Nullable Mode mode) {}

    record LadderRequest(
            @Nullable Integer notice,
            @Nullable Integer slow,
            @Nullable Integer stop,
            @Nullable Integer carryOver) {}

    /** In percent of the budget; {@code own} where they were set for this allocation. Budgets hold what was carried over. */
    record LadderJson(
            int notice,
            int slow,
            int stop,
            int carryOver,
            boolean own,
            Ladder.Step step,
            GpuHours gpuBudget,
            GpuHours gpuUsed,
            CpuHours cpuBudget,
            CpuHours cpuUsed) {
        static LadderJson of(Holdings.Position position) {
            Ladder ladder = position.ladder();
            return new LadderJson(
                    ladder.notice(),
                    ladder.slow(),
                    ladder.stop(),
                    ladder.carryOver(),
                    position.own(),
                    position.step(),
                    new GpuHours(position.gpu().budget()),
                    new GpuHours(position.gpu().used()),
                    new CpuHours(position.cpu().budget()),
                    new CpuHours(position.cpu().used()));
        }
    }

    @GetMapping(path = "/slurm-clusters", produces = MediaType.APPLICATION_JSON_VALUE)
    Page<SlurmClusterJson> list(Actor actor) {
        return new Page<>(
                reconciliations.list(actor).stream().map(SlurmClusterJson::of).toList(), null);
    }

    @GetMapping(path = "/slurm-clusters/{cluster}", produces = MediaType.APPLICATION_JSON_VALUE)
    SlurmClusterJson show(Actor actor, @PathVariable String cluster) {
        return SlurmClusterJson.of(reconciliations.get(actor, cluster));
    }

    /** What must change in Slurm, as it was read last; {@code q} is a part of an account's or a user's name. */
    @GetMapping(path = "/slurm-clusters/{cluster}/plan", produces = MediaType.APPLICATION_JSON_VALUE)
    Page<PlanLine> plan(
            Actor actor,
            @PathVariable String cluster,
            @RequestParam(required = false) PlanLine.@Nullable Kind kind,
            @RequestParam(required = false) @Nullable String q,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(required = false) @Nullable Integer limit) {
        return reconciliations.plan(actor, cluster, kind, q, cursor, limit);
    }

    /** Asks for what Slurm has to be read anew; {@code readingWaits} until that is done. */
    @PostMapping(path = "/slurm-clusters/{cluster}/readings", produces = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.ACCEPTED)
    SlurmClusterJson read(Actor actor, @PathVariable String cluster) {
        return SlurmClusterJson.of(Answer.of(reconciliations.read(actor, cluster)));
    }

    /** Asks for the plan to be applied once; {@code applicationWaitsSince} until that is done. */
    @PostMapping(path = "/slurm-clusters/{cluster}/applications", produces = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.ACCEPTED)
    SlurmClusterJson apply(Actor actor, @PathVariable String cluster) {
        return SlurmClusterJson.of(Answer.of(reconciliations.apply(actor, cluster)));
    }

    /** Says whether Farga applies changes by itself. */
    @PutMapping(
            path = "/slurm-clusters/{cluster}/mode",
            consumes = MediaType.APPLICATION_JSON_VALUE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    SlurmClusterJson setMode(Actor actor, @PathVariable String cluster, @RequestBody ModeRequest request) {
        return SlurmClusterJson.of(Answer.of(reconciliations.setMode(actor, cluster, request.mode())));
    }

    /** What Slurm should have, as a file for {@code sacctmgr load}. */
    @GetMapping(path = "/slurm-clusters/{cluster}/dump", produces = MediaType.TEXT_PLAIN_VALUE)
    String dump(Actor actor, @PathVariable String cluster) {
        return reconciliations.dump(actor, cluster);
    }

    @GetMapping(path = "/allocations/{id}/ladder", produces = MediaType.APPLICATION_JSON_VALUE)
    LadderJson ladder(Actor actor, @PathVariable AllocationId id) {
        return LadderJson.of(reconciliations.ladder(actor, id));
    }

    /** Gives an allocation steps of its own. */
    @PutMapping(
            path = "/allocations/{id}/ladder",
            consumes = MediaType.APPLICATION_JSON_VALUE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    LadderJson setLadder(Actor actor, @PathVariable AllocationId id, @RequestBody LadderRequest request) {
        return LadderJson.of(Answer.of(reconciliations.setLadder(
                actor, id, request.notice(), request.slow(), request.stop(), request.carryOver())));
    }

    /** Lets the centre's usual steps count for it again. */
    @DeleteMapping(path = "/allocations/{id}/ladder", produces = MediaType.APPLICATION_JSON_VALUE)
    LadderJson resetLadder(Actor actor, @PathVariable AllocationId id) {
        return LadderJson.of(Answer.of(reconciliations.resetLadder(actor, id)));
    }
}
