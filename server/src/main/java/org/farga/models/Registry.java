package org.farga.models;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.farga.audit.AuditLog;
import org.farga.models.RegisteredModel.Stage;
import org.farga.models.RegisteredModel.Version;
import org.farga.shared.JobId;
import org.farga.shared.ModelId;
import org.farga.shared.NotFoundException;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;
import org.farga.shared.RunId;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * A project's registered models as programs keep them. Versions are final; descriptions, tags, aliases and stages stand
 * beside them, and what is deleted is no longer offered but stays in the record.
 */
@Service
public class Registry {
    private final RegistryTable table;
    private final ModelTable models;
    private final Models verbs;
    private final TrackedRunTable runs;
    private final LoggedModelTable logged;
    private final TrackedFileTable files;
    private final FileStore store;
    private final AuditLog audit;
    private final Clock clock;

    Registry(
            RegistryTable table,
            ModelTable models,
            Models verbs,
            TrackedRunTable runs,
            LoggedModelTable logged,
            TrackedFileTable files,
            FileStore store,
            AuditLog audit,
            Clock clock) {
        this.table = table;
        this.models = models;
        this.verbs = verbs;
        this.runs = runs;
        this.logged = logged;
        this.files = files;
        this.store = store;
        this.audit = audit;
        this.clock = clock;
    }

    /** Announces a model, of which versions will follow; two at once with one name are one, and a refusal. */
    @Transactional
    public Outcome<RegisteredModel> create(Tracker by, String name, String description, Map<String, String> tags) {
        Optional<Refusal> refusal = Tracking.refusal(by);
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        return Model.create(by.project(), name, clock.instant()).then(wanted -> {
            Model there = models.insertOrLock(wanted);
            if (!there.id().equals(wanted.id())) {
                return Outcome.refused(Refusal.conflict("model-exists", there.name()));
            }
            if (!description.isEmpty()) {
                table.describe(there.id(), description, clock.instant());
            }
            tags.forEach((tag, value) -> table.putTag(there.id(), tag, value));
            return Outcome.done(get(by, name));
        });
    }

    /** With its newest versions; throws {@link NotFoundException} where the project has none of that name. */
    public RegisteredModel get(Tracker by, String name) {
        RegisteredModel model =
                table.find(by.project(), name).orElseThrow(() -> new NotFoundException("registered model"));
        return model.with(table.newest(List.of(model.id())));
    }

    public Search.Found<RegisteredModel> search(Tracker by, Search search) {
        Search.Found<RegisteredModel> found = Search.Found.of(table.search(by.project(), search), search.most());
        List<ModelId> ids = found.items().stream().map(RegisteredModel::id).toList();
        Map<ModelId, List<Version>> newest =
                ids.isEmpty() ? Map.of() : table.newest(ids).stream().collect(Collectors.groupingBy(Version::model));
        return found.with(found.items().stream()
                .map(m -> m.with(newest.getOrDefault(m.id(), List.of())))
                .toList());
    }

    private <T> Outcome<T> change(Tracker by, String name, BiFunction<RegisteredModel, Instant, Outcome<T>> how) {
        RegisteredModel model = get(by, name);
        Optional<Refusal> refusal = Tracking.refusal(by);
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        table.lock(model.id());
        return how.apply(get(by, name), clock.instant());
    }

    @Transactional
    public Outcome<RegisteredModel> rename(Tracker by, String name, String newName) {
        return change(
                by,
                name,
                (model, now) -> Model.create(by.project(), newName, now).then(wanted -> {
                    Optional<RegisteredModel> there = table.find(by.project(), wanted.name());
                    if (there.isPresent() && !there.get().id().equals(model.id())) {
                        return Outcome.refused(Refusal.conflict("model-exists", wanted.name()));
                    }
                    table.rename(model.id(), wanted.name(), now);
                    audit.record(
                            by.actor(),
                            "model.renamed",
                            "model",
                            model.id(),
                            Map.of("from", model.name(), "to", wanted.name()));
                    return Outcome.done(get(by, wanted.name()));
                }));
    }

    @Transactional
    public Outcome<RegisteredModel> describe(Tracker by, String name, String description) {
        return change(by, name, (model, now) -> {
            table.describe(model.id(), description, now);
            return Outcome.done(get(by, name));
        });
    }

    /** No longer offers it; its versions and where they came from stay in the record. */
    @Transactional
    public Outcome<Boolean> delete(Tracker by, String name) {
        return change(by, name, (model, now) -> {
            table.delete(model.id(), now);
            audit.record(by.actor(), "model.deleted", "model", model.id(), Map.of("name", model.name()));
            return Outcome.done(true);
        });
    }

    @Transactional
    public Outcome<Boolean> tag(Tracker by, String name, String tag, String value) {
        return change(by, name, (model, now) -> {
            if (!model.tags().containsKey(tag) && model.tags().size() >= Experiment.MOST_TAGS) {
                return Outcome.refused(Refusal.invalid("tracking-too-many", Experiment.MOST_TAGS, "tags"));
            }
            table.putTag(model.id(), tag, value);
            return Outcome.done(true);
        });
    }

    @Transactional
    public Outcome<Boolean> untag(Tracker by, String name, String tag) {
        return change(by, name, (model, now) -> {
            table.removeTag(model.id(), tag);
            return Outcome.done(true);
        });
    }

    /**
     * What is to become a version: some files of a run, a logged model with all its files, or another version.
     *
     * @param text as its sender named it
     */
    public record Source(
            String text,
            @Nullable RunId run,
            @Nullable UUID loggedModel,
            String folder,
            @Nullable Named version) {
        public Source(String text, @Nullable RunId run, @Nullable UUID loggedModel, String folder) {
            this(text, run, loggedModel, folder, null);
        }
    }

    /**
     * A version by the name of its model.
     *
     * @param inside the folder of its files that holds the model
     */
    public record Named(Version version, String inside) {}

    /** Registers files of the project as the next version of a model, with where they came from. */
    @Transactional
    public Outcome<Version> register(
            Tracker by, String name, Source source, String description, Map<String, String> tags) {
        return change(by, name, (model, now) -> {
            UUID loggedModel = source.loggedModel();
            Named named = source.version();
            RunId runId = source.run();
            JobId job = null;
            List<RunFile> taken;
            if (named != null) {
                Version of = named.version();
                runId = of.run();
                loggedModel = of.loggedModel();
                ModelVersion kept = kept(by, of.model().toString(), of.number());
                job = kept.lineage().job();
                taken = verbs.files(kept).stream()
                        .map(f -> f.below(named.inside()))
                        .toList();
            } else if (loggedModel != null) {
                LoggedModel of =
                        logged.find(by.project(), loggedModel).orElseThrow(() -> new NotFoundException("logged model"));
                runId = of.run();
                job = of.job();
                taken = files.files(new TrackedFiles.Owner(null, loggedModel));
            } else if (runId != null) {
                taken = within(files.files(new TrackedFiles.Owner(runId, null)), source.folder());
            } else {
                return Outcome.refused(Refusal.invalid("version-source", source.text()));
            }
            if (runId != null) {
                Run run = runs.find(by.project(), runId).orElseThrow(() -> new NotFoundException("run"));
                // A version that is there rests on its run, deleted or not; so does its copy.
                if (run.tracked().deletedAt() != null && named == null) {
                    return Outcome.refused(Refusal.invalid("run-deleted", runId.toString()));
                }
                job = run.job();
            }
            Model locked = models.find(model.id()).orElseThrow(() -> new NotFoundException("registered model"));
            ModelVersion version = verbs.register(by.actor(), locked, runId, job, source.text(), loggedModel, taken);
            if (!description.isEmpty()) {
                table.describe(model.id(), version.number(), description, now);
            }
            tags.forEach((tag, value) -> table.putTag(model.id(), version.number(), tag, value));
            table.touch(model.id(), now);
            return Outcome.done(version(by, name, version.number()));
        });
    }

    private static List<RunFile> within(List<RunFile> all, String folder) {
        return all.stream()
                .filter(f ->
                        folder.isEmpty() || f.path().equals(folder) || f.path().startsWith(folder + "/"))
                .toList();
    }

    /** Throws {@link NotFoundException} where the project has none such. */
    public Version version(Tracker by, String name, int number) {
        return table.find(by.project(), name, number).orElseThrow(() -> new NotFoundException("model version"));
    }

    /** The version of that alias; throws {@link NotFoundException} where the model has none such. */
    public Version version(Tracker by, String name, String alias) {
        Integer number = get(by, name).aliases().get(alias);
        if (number == null) {
            throw new NotFoundException("alias");
        }
        return version(by, name, number);
    }

    private ModelVersion kept(Tracker by, String model, int number) {
        ModelId id;
        try {
            id = ModelId.valueOf(model);
        } catch (IllegalArgumentException e) {
            throw new NotFoundException("model version");
        }
        boolean here =
                models.find(id).filter(m -> m.project().equals(by.project())).isPresent();
        if (!here) {
            throw new NotFoundException("model version");
        }
        return models.find(id, number).orElseThrow(() -> new NotFoundException("model version"));
    }

    /** What lies in a folder of a version's files. */
    public List<TrackedFiles.Entry> list(Tracker by, String model, int number, String folder) {
        return TrackedFiles.entries(verbs.files(kept(by, model, number)), folder);
    }

    /** A file of a version, as it was when it was registered; throws {@link NotFoundException} where there is none. */
    public TrackedFiles.Content file(Tracker by, String model, int number, String path) {
        return verbs.files(kept(by, model, number)).stream()
                .filter(f -> f.path().equals(path))
                .findFirst()
                .map(f -> new TrackedFiles.Content(f.path(), f.bytes(), f.sha256(), store.place(f.sha256())))
                .orElseThrow(() -> new NotFoundException("file"));
    }

    public Search.Found<Version> searchVersions(Tracker by, Search search) {
        return Search.Found.of(table.searchVersions(by.project(), search), search.most());
    }

    private <T> Outcome<T> change(Tracker by, String name, int number, BiFunction<Version, Instant, Outcome<T>> how) {
        version(by, name, number);
        return change(by, name, (model, now) -> how.apply(version(by, name, number), now));
    }

    @Transactional
    public Outcome<Version> describe(Tracker by, String name, int number, String description) {
        return change(by, name, number, (version, now) -> {
            table.describe(version.model(), number, description, now);
            return Outcome.done(version(by, name, number));
        });
    }

    /** @param archiveOthers whether the other versions of that stage are archived */
    @Transactional
    public Outcome<Version> transition(Tracker by, String name, int number, Stage stage, boolean archiveOthers) {
        return change(by, name, number, (version, now) -> {
            if (archiveOthers) {
                table.archiveOthers(version.model(), number, stage, now);
            }
            table.setStage(version.model(), number, stage, now);
            audit.record(
                    by.actor(),
                    "model.staged",
                    "model",
                    version.model(),
                    Map.of("number", number, "from", version.stage().word(), "to", stage.word()));
            return Outcome.done(version(by, name, number));
        });
    }

    /** No longer offers it; it stays in the record. */
    @Transactional
    public Outcome<Boolean> delete(Tracker by, String name, int number) {
        return change(by, name, number, (version, now) -> {
            table.delete(version.model(), number, now);
            audit.record(by.actor(), "model.version-deleted", "model", version.model(), Map.of("number", number));
            return Outcome.done(true);
        });
    }

    @Transactional
    public Outcome<Boolean> tag(Tracker by, String name, int number, String tag, String value) {
        return change(by, name, number, (version, now) -> {
            if (!version.tags().containsKey(tag) && version.tags().size() >= Experiment.MOST_TAGS) {
                return Outcome.refused(Refusal.invalid("tracking-too-many", Experiment.MOST_TAGS, "tags"));
            }
            table.putTag(version.model(), number, tag, value);
            return Outcome.done(true);
        });
    }

    @Transactional
    public Outcome<Boolean> untag(Tracker by, String name, int number, String tag) {
        return change(by, name, number, (version, now) -> {
            table.removeTag(version.model(), number, tag);
            return Outcome.done(true);
        });
    }

    /** Gives a version a name, which it takes from the one that had it. */
    @Transactional
    public Outcome<Boolean> alias(Tracker by, String name, String alias, int number) {
        return change(by, name, number, (version, now) -> {
            RegisteredModel model = get(by, name);
            if (!model.aliases().containsKey(alias) && model.aliases().size() >= Experiment.MOST_TAGS) {
                return Outcome.refused(Refusal.invalid("tracking-too-many", Experiment.MOST_TAGS, "aliases"));
            }
            table.putAlias(version.model(), alias, number);
            audit.record(
                    by.actor(), "model.aliased", "model", version.model(), Map.of("alias", alias, "number", number));
            return Outcome.done(true);
        });
    }

    @Transactional
    public Outcome<Boolean> unalias(Tracker by, String name, String alias) {
        return change(by, name, (model, now) -> {
            if (table.removeAlias(model.id(), alias)) {
                audit.record(by.actor(), "model.unaliased", "model", model.id(), Map.of("alias", alias));
            }
            return Outcome.done(true);
        });
    }
}
