package org.farga.dataspace;

import jakarta.servlet.http.HttpServletRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.farga.people.Organisations;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.AgreementId;
import org.farga.shared.CentreRole;
import org.farga.shared.Fields;
import org.farga.shared.NotFoundException;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The catalogue for people. It is open to strangers; what needs a person sends them to sign in. */
@Controller
@RequestMapping("/datasets")
class DatasetPages {
    /** A page shows so many files; a version with more is for programs. */
    static final int SHOWN_FILES = 200;

    private final Datasets datasets;
    private final DatasetVersions versions;
    private final Agreements agreements;
    private final Shells shells;

    DatasetPages(Datasets datasets, DatasetVersions versions, Agreements agreements, Shells shells) {
        this.datasets = datasets;
        this.versions = versions;
        this.agreements = agreements;
        this.shells = shells;
    }

    /**
     * What the page of a dataset shows.
     *
     * @param shown the version that the page is about; null while there is none
     * @param table how its first table begins, or the file that was asked for; null where there is none to show
     * @param noTable why rows are not shown, where there is a reason to tell
     * @param cardHtml the card, safe to be written as it is
     * @param acceptable organisations of the reader that have not accepted these terms
     * @param owned which of the reader's organisations they own
     */
    record View(
            Dataset dataset,
            @Nullable String provider,
            List<DatasetVersion> versions,
            @Nullable DatasetVersion shown,
            List<DatasetFile> files,
            DatasetVersions.@Nullable Shown table,
            @Nullable Refusal noTable,
            String cardHtml,
            List<Agreements.Named> accepted,
            List<Organisations.Summary> acceptable,
            Set<OrganisationId> owned,
            boolean steward,
            boolean mayHaveFiles) {

        String filesAddress() {
            return address(dataset, shown == null ? 0 : shown.number());
        }

        static String address(Dataset dataset, int number) {
            return "/api/v1/datasets/" + dataset.slug() + "/versions/" + number + "/files";
        }

        List<DatasetFile> tables() {
            return files.stream().filter(DatasetFile::isTable).limit(50).toList();
        }
    }

    @GetMapping
    ModelAndView list(
            @Nullable Actor actor,
            @RequestParam(required = false) @Nullable String q,
            @RequestParam(required = false) @Nullable String cursor,
            HttpServletRequest request) {
        String words = q == null ? "" : q.strip();
        String cut = words.length() > Search.LONGEST ? words.substring(0, Search.LONGEST) : words;
        return new ModelAndView(
                "dataspace/datasets",
                Map.of(
                        "shell",
                        shells.of(request),
                        "page",
                        datasets.list(actor, cut, cursor, null),
                        "q",
                        cut,
                        "steward",
                        actor != null && actor.is(CentreRole.DATA_STEWARD)));
    }

    @GetMapping("/new")
    ModelAndView form(@Nullable Actor actor, HttpServletRequest request) {
        if (actor == null) {
            return signIn("/datasets/new");
        }
        return form(actor, Map.of(), null, request);
    }

    private ModelAndView form(
            Actor actor, Map<String, String> typed, @Nullable Refusal refusal, HttpServletRequest request) {
        if (!actor.is(CentreRole.DATA_STEWARD)) {
            throw new NotFoundException("page");
        }
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("typed", typed);
        model.put("refusal", refusal);
        ModelAndView page = new ModelAndView("dataspace/dataset-new", model);
        page.setStatus(status(refusal));
        return page;
    }

    @PostMapping
    ModelAndView create(
            @Nullable Actor actor,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        if (actor == null) {
            return signIn("/datasets/new");
        }
        Outcome<Dataset> outcome = datasets.create(
                actor,
                new Dataset.Draft(
                        typed.get("slug"),
                        typed.get("title"),
                        typed.get("summary"),
                        typed.get("licence"),
                        typed.get("terms"),
                        typed.get("card"),
                        typed.get("language"),
                        null,
                        typed.containsKey("previewPublic")));
        return switch (outcome) {
            case Outcome.Done<Dataset>(Dataset created) -> {
                redirect.addFlashAttribute(Shells.NOTICE, "dataspace.created");
                yield new ModelAndView("redirect:/datasets/" + created.slug());
            }
            case Outcome.Refused<Dataset>(Refusal refusal) -> form(actor, typed, refusal, request);
        };
    }

    @GetMapping("/{slug}")
    ModelAndView show(
            @Nullable Actor actor,
            @PathVariable String slug,
            @RequestParam(required = false) @Nullable Integer version,
            @RequestParam(required = false) @Nullable String file,
            HttpServletRequest request) {
        return page(actor, slug, version, file, null, request);
    }

    private ModelAndView page(
            @Nullable Actor actor,
            String slug,
            @Nullable Integer number,
            @Nullable String file,
            @Nullable Refusal refusal,
            HttpServletRequest request) {
        Dataset dataset = datasets.get(actor, slug);
        List<DatasetVersion> all = datasets.versions(actor, dataset);
        DatasetVersion shown = number != null
                ? datasets.version(actor, dataset, number)
                : all.stream()
                        .filter(DatasetVersion::isPublished)
                        .findFirst()
                        .orElse(all.isEmpty() ? null : all.getFirst());
        List<DatasetFile> files = shown == null ? List.of() : versions.files(shown);
        DatasetVersions.Shown table = null;
        Refusal noTable = null;
        if (shown != null) {
            switch (versions.preview(actor, dataset, shown, file)) {
                case Outcome.Done<Optional<DatasetVersions.Shown>>(Optional<DatasetVersions.Shown> some) ->
                    table = some.orElse(null);
                case Outcome.Refused<Optional<DatasetVersions.Shown>>(Refusal why) -> noTable = why;
            }
        }
        List<Agreements.Named> accepted = agreements.accepted(actor, dataset.id());
        Map<OrganisationId, Agreement> current = accepted.stream()
                .map(Agreements.Named::agreement)
                .filter(a -> a.termsVersion() == dataset.terms().version())
                .collect(Collectors.toMap(Agreement::organisation, Function.identity()));
        List<Organisations.Summary> owned = actor == null ? List.of() : agreements.owned(actor);
        boolean mayHaveFiles = versions.mayHaveFiles(actor, dataset);
        // A link to a file that the reader may not have would lead to a refusal.
        Set<String> linked =
                mayHaveFiles ? files.stream().map(f -> f.path().value()).collect(Collectors.toSet()) : Set.of();
        View view = new View(
                dataset,
                datasets.provider(dataset).map(Organisations.Summary::name).orElse(null),
                all,
                shown,
                files,
                table,
                noTable,
                Card.html(dataset.card(), linked, View.address(dataset, shown == null ? 0 : shown.number())),
                accepted,
                owned.stream().filter(o -> !current.containsKey(o.id())).toList(),
                owned.stream().map(Organisations.Summary::id).collect(Collectors.toSet()),
                actor != null && actor.is(CentreRole.DATA_STEWARD),
                mayHaveFiles);
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("view", view);
        model.put("refusal", refusal);
        ModelAndView page = new ModelAndView("dataspace/dataset", model);
        page.setStatus(status(refusal));
        return page;
    }

    @PostMapping("/{slug}/agreements")
    ModelAndView accept(
            @Nullable Actor actor,
            @PathVariable String slug,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        if (actor == null) {
            return signIn("/datasets/" + slug);
        }
        if (!typed.containsKey("read")) {
            Refusal unread =
                    new Fields().rule("read", false, "not-accepted").refusal().orElseThrow();
            return page(actor, slug, null, null, unread, request);
        }
        return done(
                actor,
                slug,
                agreements.accept(actor, slug, organisation(typed.get("organisation")), typed.get("termsSha256")),
                "dataspace.accepted",
                request,
                redirect);
    }

    private static OrganisationId organisation(@Nullable String text) {
        try {
            return OrganisationId.valueOf(text == null ? "" : text);
        } catch (IllegalArgumentException e) {
            throw new NotFoundException("organisation");
        }
    }

    @PostMapping("/{slug}/agreements/{id}/ending")
    ModelAndView end(
            @Nullable Actor actor,
            @PathVariable String slug,
            @PathVariable AgreementId id,
            @RequestParam(required = false) @Nullable String reason,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return actor == null
                ? signIn("/datasets/" + slug)
                : done(actor, slug, agreements.end(actor, id, reason), "dataspace.ended", request, redirect);
    }

    @PostMapping("/{slug}/versions")
    ModelAndView draft(
            @Nullable Actor actor, @PathVariable String slug, HttpServletRequest request, RedirectAttributes redirect) {
        if (actor == null) {
            return signIn("/datasets/" + slug);
        }
        return switch (versions.draft(actor, slug)) {
            case Outcome.Done<DatasetVersion>(DatasetVersion draft) -> {
                redirect.addFlashAttribute(Shells.NOTICE, "dataspace.drafted");
                yield new ModelAndView("redirect:/datasets/" + slug + "?version=" + draft.number());
            }
            case Outcome.Refused<DatasetVersion>(Refusal refusal) -> page(actor, slug, null, null, refusal, request);
        };
    }

    @PostMapping("/{slug}/versions/{number}/publication")
    ModelAndView publish(
            @Nullable Actor actor,
            @PathVariable String slug,
            @PathVariable int number,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return actor == null
                ? signIn("/datasets/" + slug)
                : done(actor, slug, versions.publish(actor, slug, number), "dataspace.published", request, redirect);
    }

    @PostMapping("/{slug}/versions/{number}/retirement")
    ModelAndView retire(
            @Nullable Actor actor,
            @PathVariable String slug,
            @PathVariable int number,
            @RequestParam(required = false) @Nullable String reason,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return actor == null
                ? signIn("/datasets/" + slug)
                : done(
                        actor,
                        slug,
                        versions.retire(actor, slug, number, reason),
                        "dataspace.retired",
                        request,
                        redirect);
    }

    private ModelAndView done(
            Actor actor,
            String slug,
            Outcome<?> outcome,
            String notice,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return switch (outcome) {
            case Outcome.Done<?> done -> {
                redirect.addFlashAttribute(Shells.NOTICE, notice);
                yield new ModelAndView("redirect:/datasets/" + slug);
            }
            case Outcome.Refused<?>(Refusal refusal) -> page(actor, slug, null, null, refusal, request);
        };
    }

    private static ModelAndView signIn(String back) {
        return new ModelAndView(
                "redirect:/sign-in?next=" + java.net.URLEncoder.encode(back, java.nio.charset.StandardCharsets.UTF_8));
    }

    private static HttpStatusCode status(@Nullable Refusal refusal) {
        return refusal == null ? HttpStatus.OK : HttpStatus.UNPROCESSABLE_CONTENT;
    }
}
