package org.farga.slurm;

import gg.jte.TemplateEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.farga.allocation.Allocation;
import org.farga.allocation.AllocationState;
import org.farga.allocation.Allocations;
import org.farga.allocation.ProjectPanel;
import org.farga.platform.Attention;
import org.farga.shared.Actor;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What people need to know to use a Slurm cluster by hand, and what waits for operators. */
@Configuration(proxyBeanMethods = false)
class SlurmPanels {

    /**
     * An allocation as its people use it on the cluster.
     *
     * @param account to charge jobs to
     * @param user the reader's own Unix name; null where they have none
     * @param state of the reader's Unix account there; null where they have none
     * @param associated whether Slurm lets the reader charge the account
     */
    record Entrance(
            Allocation allocation,
            String account,
            @Nullable String user,
            UnixAccount.@Nullable State state,
            boolean associated,
            Holdings.Position position) {}

    /** On a project's page: under which name and account one computes there, and how far the budget's steps are. */
    @Bean
    ProjectPanel entrancesOfProject(
            Allocations allocations, EntranceTable table, Holdings holdings, TemplateEngine templates) {
        return new ProjectPanel() {
            @Override
            public int order() {
                return 15;
            }

            @Override
            public Optional<gg.jte.Content> panelFor(
                    Actor actor, org.farga.shared.ProjectId project, org.farga.platform.Shell shell) {
                List<Allocation> current = allocations.ofProject(project).stream()
                        .filter(a -> a.state(shell.now()) != AllocationState.EXPIRED)
                        .toList();
                Map<org.farga.shared.AllocationId, EntranceTable.Row> rows = current.isEmpty()
                        ? Map.of()
                        : table.list(current.stream().map(Allocation::id).toList(), actor.person());
                List<Entrance> entrances = new ArrayList<>();
                for (Allocation allocation : current) {
                    EntranceTable.Row row = rows.get(allocation.id());
                    if (row != null) {
                        entrances.add(new Entrance(
                                allocation,
                                row.account(),
                                row.user(),
                                row.state(),
                                row.associated(),
                                holdings.position(allocation)));
                    }
                }
                return entrances.isEmpty()
                        ? Optional.empty()
                        : Optional.of(out -> templates.render(
                                "slurm/of-project.jte",
                                Map.of(
                                        "shell",
                                        shell,
                                        "entrances",
                                        entrances,
                                        "operator",
                                        Reconciliations.mayRead(actor)),
                                out));
            }
        };
    }

    /** On operators' home page: a plan that waits for them. */
    @Bean
    Attention plansThatWait(Reconciling reconciling, ReconciliationTable table) {
        return actor -> {
            List<Attention.Item> items = new ArrayList<>();
            if (Reconciliations.mayAct(actor)) {
                for (String cluster : reconciling.clusters()) {
                    Reconciliation state = table.find(cluster).orElse(null);
                    Reconciliation.Read read = state == null ? null : state.read();
                    if (state != null
                            && read != null
                            && read.changes() > 0
                            && (state.mode() == Reconciliation.Mode.PLAN || state.held())) {
                        items.add(new Attention.Item(
                                "slurm.plan-waits",
                                List.of(read.changes(), cluster),
                                "/clusters/" + cluster + "/slurm",
                                null));
                    }
                }
            }
            return items;
        };
    }
}
