package org.farga.aid;

import gg.jte.Content;
import gg.jte.TemplateEngine;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.farga.allocation.Allocations;
import org.farga.platform.Shell;
import org.farga.shared.Actor;
import org.farga.shared.AllocationId;
import org.farga.shared.OrganisationId;
import org.farga.shared.ProjectId;
import org.springframework.stereotype.Service;

/** What the page of an application shows of aid: what an award would be, and what it was granted as. */
@Service
public class AidOfAwards {
    private final Grants grants;
    private final EntryTable table;
    private final FundingTable fundings;
    private final Sources sources;
    private final Allocations allocations;
    private final TemplateEngine templates;

    AidOfAwards(
            Grants grants,
            EntryTable table,
            FundingTable fundings,
            Sources sources,
            Allocations allocations,
            TemplateEngine templates) {
        this.grants = grants;
        this.table = table;
        this.fundings = fundings;
        this.sources = sources;
        this.allocations = allocations;
        this.templates = templates;
    }

    /**
     * A part of a page.
     *
     * @param hinders whether nothing can be awarded as things stand
     */
    public record Panel(Content content, boolean hinders) {}

    /** Before the award; none where no aid would pay, or where the reader may not know how much aid the company has had. */
    public Optional<Panel> ahead(Actor actor, Grants.Award award, Shell shell) {
        if (!AidRights.sees(actor, award.organisation())) {
            return Optional.empty();
        }
        return grants.forecast(award).map(forecast -> {
            Map<String, Object> model = new HashMap<>();
            model.put("shell", shell);
            model.put("forecast", forecast);
            model.put("organisation", award.organisation());
            model.put("owner", actor.isOwnerOf(award.organisation()));
            return new Panel(out -> templates.render("aid/forecast.jte", model, out), forecast.refusal() != null);
        });
    }

    /** After it, with the letters; none where nothing was aid, or where the reader may not know. */
    public Optional<Panel> granted(Actor actor, OrganisationId organisation, ProjectId project, Shell shell) {
        if (!AidRights.sees(actor, organisation)) {
            return Optional.empty();
        }
        AllocationId allocation = allocations.ofProject(project).getFirst().id();
        List<AidEntry> entries = table.ofAllocation(allocation);
        if (entries.isEmpty()) {
            return Optional.empty();
        }
        Map<String, Object> model = Map.of(
                "shell", shell,
                "allocation", allocation,
                "funding", fundings.of(allocation),
                "entries", entries,
                "sources", sources.all());
        return Optional.of(new Panel(out -> templates.render("aid/of-award.jte", model, out), false));
    }
}
