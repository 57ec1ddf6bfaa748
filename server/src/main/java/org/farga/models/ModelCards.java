package org.farga.models;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.farga.allocation.Projects;
import org.farga.audit.AuditLog;
import org.farga.compute.JobLineage;
import org.farga.dataspace.Card;
import org.farga.people.Organisations;
import org.farga.people.People;
import org.farga.platform.Cursor;
import org.farga.platform.Settings;
import org.farga.shared.Actor;
import org.farga.shared.JobId;
import org.farga.shared.ModelId;
import org.farga.shared.NotFoundException;
import org.farga.shared.Outcome;
import org.farga.shared.Page;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Drafts the cards of model versions, and keeps what people make of them. */
@Service
class ModelCards {
    private final ModelCardTable table;
    private final Models models;
    private final Projects projects;
    private final Organisations organisations;
    private final People people;
    private final JobLineage jobs;
    private final AuditLog audit;
    private final Settings settings;
    private final Clock clock;

    ModelCards(
            ModelCardTable table,
            Models models,
            Projects projects,
            Organisations organisations,
            People people,
            JobLineage jobs,
            AuditLog audit,
            Settings settings,
            Clock clock) {
        this.table = table;
        this.models = models;
        this.projects = projects;
        this.organisations = organisations;
        this.people = people;
        this.jobs = jobs;
        this.audit = audit;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * A card as it is shown.
     *
     * @param frontMatter its YAML
     * @param html its Markdown, rendered
     * @param person who wrote it; empty for a draft
     */
    record Shown(ModelCard card, String frontMatter, String html, String person) {}

    /** Of a version that the caller may show; links may lead to its files. */
    Shown shown(ModelCard card, ModelVersion version) {
        ModelCard.Parts parts = ModelCard.split(card.text()).orElse(new ModelCard.Parts("", card.text()));
        Set<String> files = models.files(version).stream().map(RunFile::path).collect(Collectors.toSet());
        return new Shown(
                card,
                parts.frontMatter(),
                Card.html(
                        parts.body(),
                        path -> files.contains(path)
                                ? Optional.of(FileHome.of(version).address("file", path))
                                : Optional.empty()),
                card.writtenBy() == null ? "" : people.summary(card.writtenBy()).name());
    }

    /** The newest edition; the draft where nobody has written one yet. */
    ModelCard get(Actor actor, ModelId model, int number) {
        ModelVersion version = models.version(actor, model, number);
        return table.newest(model, number).orElseGet(() -> draft(actor, version));
    }

    ModelCard get(Actor actor, ModelId model, int number, int edition) {
        ModelVersion version = models.version(actor, model, number);
        return edition == 0
                ? draft(actor, version)
                : table.find(model, number, edition).orElseThrow(() -> new NotFoundException("edition"));
    }

    /** The editions that were written, the newest first. */
    Page<ModelCard> list(Actor actor, ModelId model, int number, @Nullable String cursor, @Nullable Integer limit) {
        models.version(actor, model, number);
        int size = Cursor.size(limit);
        return Cursor.page(
                table.list(model, number, Cursor.decode(cursor, Integer::valueOf), size + 1),
                size,
                card -> String.valueOf(card.edition()));
    }

    boolean mayWrite(Actor actor, Model model) {
        return projects.isMember(actor, model.project());
    }

    /**
     * Writes the next edition over the one that was read. Refused as {@code stale} where somebody else wrote meanwhile; the
     * same text again is the edition that is there.
     */
    @Transactional
    Outcome<ModelCard> write(Actor actor, ModelId id, int number, long readEdition, @Nullable String text) {
        Model model = models.get(actor, id);
        models.version(actor, id, number);
        if (!mayWrite(actor, model)) {
            return Outcome.refused(Refusal.forbidden("project-members-only"));
        }
        return ModelCard.check(text).then(checked -> {
            ModelCard known = table.newest(id, number).orElse(null);
            if (readEdition != (known == null ? 0 : known.edition())) {
                return Outcome.refused(Refusal.stale());
            }
            if (known != null && known.text().equals(checked)) {
                return Outcome.done(known);
            }
            ModelCard next = new ModelCard(id, number, (int) readEdition + 1, checked, actor.person(), clock.instant());
            if (!table.insert(next)) {
                return Outcome.refused(Refusal.stale());
            }
            audit.record(actor, "model-card.written", "model", id, Map.of("number", number, "edition", next.edition()));
            return Outcome.done(next);
        });
    }

    private ModelCard draft(Actor actor, ModelVersion version) {
        Model model = models.get(actor, version.model());
        Projects.Summary project = projects.summary(model.project());
        Lineage lineage = version.lineage();
        @Nullable JobId job = lineage.job();
        ModelCardDraft draft = new ModelCardDraft(
                model,
                version,
                project.name(),
                organisations.summary(project.organisation()).name(),
                job == null ? null : jobs.list(List.of(job)).get(job),
                lineage.datasets(),
                models.parameters(model, version),
                models.files(version),
                settings.publicUrl() + "/models/" + model.id() + "?version=" + version.number());
        return new ModelCard(model.id(), version.number(), 0, draft.text(), null, null);
    }
}
