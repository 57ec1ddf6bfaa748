package org.farga.people;

import jakarta.servlet.http.HttpServletRequest;
import java.math.BigDecimal;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.farga.people.SizeDeclaration.NewEnterprise;
import org.farga.people.SizeDeclaration.Relation;
import org.farga.platform.Answer;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

@Controller
@RequestMapping("/organisations/{id}/size-declaration")
class SizeDeclarationPages {
    private final SizeDeclarations declarations;
    private final Organisations organisations;
    private final Shells shells;
    private final Clock clock;

    SizeDeclarationPages(SizeDeclarations declarations, Organisations organisations, Shells shells, Clock clock) {
        this.clock = clock;
        this.declarations = declarations;
        this.organisations = organisations;
        this.shells = shells;
    }

    /** One row of the form, as it was typed. */
    record Row(
            String name,
            String relation,
            String sharePercent,
            String staff,
            String turnoverEur,
            String balanceSheetEur,
            String through) {
        private static final Row EMPTY = new Row("", "", "", "", "", "", "");

        private static Row typed(Map<String, String> form, int i) {
            return new Row(
                    form.getOrDefault("enterprise." + i + ".name", ""),
                    form.getOrDefault("enterprise." + i + ".relation", ""),
                    form.getOrDefault("enterprise." + i + ".sharePercent", ""),
                    form.getOrDefault("enterprise." + i + ".staff", ""),
                    form.getOrDefault("enterprise." + i + ".turnoverEur", ""),
                    form.getOrDefault("enterprise." + i + ".balanceSheetEur", ""),
                    form.getOrDefault("enterprise." + i + ".through", ""));
        }

        private static Row declared(SizeDeclaration.Enterprise e) {
            return new Row(
                    e.name(),
                    e.relation().name(),
                    e.sharePercent().toPlainString(),
                    e.figures().staff().toPlainString(),
                    e.figures().turnoverEur().toPlainString(),
                    e.figures().balanceSheetEur().toPlainString(),
                    e.through() == null ? "" : e.through());
        }
    }

    /** The form, as it was typed. */
    record Form(String year, String staff, String turnoverEur, String balanceSheetEur, List<Row> rows) {
        private static Form typed(Map<String, String> form) {
            List<Row> rows = new ArrayList<>();
            while (rows.size() <= SizeDeclaration.MOST_ENTERPRISES
                    && form.containsKey("enterprise." + rows.size() + ".name")) {
                rows.add(Row.typed(form, rows.size()));
            }
            return new Form(
                    form.getOrDefault("year", ""),
                    form.getOrDefault("staff", ""),
                    form.getOrDefault("turnoverEur", ""),
                    form.getOrDefault("balanceSheetEur", ""),
                    rows);
        }

        private static Form declared(SizeDeclaration d) {
            return new Form(
                    String.valueOf(d.year()),
                    d.own().staff().toPlainString(),
                    d.own().turnoverEur().toPlainString(),
                    d.own().balanceSheetEur().toPlainString(),
                    d.enterprises().stream().map(Row::declared).toList());
        }

        private Form with(List<Row> changed) {
            return new Form(year, staff, turnoverEur, balanceSheetEur, changed);
        }

        private SizeDeclaration.NewSizeDeclaration parsed() {
            return new SizeDeclaration.NewSizeDeclaration(
                    year.strip().matches("\\d{1,4}") ? Integer.valueOf(year.strip()) : null,
                    decimal(staff),
                    decimal(turnoverEur),
                    decimal(balanceSheetEur),
                    rows.stream().map(Form::parsed).toList());
        }

        private static @Nullable NewEnterprise parsed(Row row) {
            Relation relation = Arrays.stream(Relation.values())
                    .filter(r -> r.name().equals(row.relation()))
                    .findFirst()
                    .orElse(null);
            return new NewEnterprise(
                    row.name(),
                    relation,
                    decimal(row.sharePercent()),
                    decimal(row.staff()),
                    decimal(row.turnoverEur()),
                    decimal(row.balanceSheetEur()),
                    row.through());
        }

        /** What cannot be read as a number is missing; browsers do not let it through. */
        private static @Nullable BigDecimal decimal(String text) {
            if (text.isBlank() || text.length() > 40) {
                return null;
            }
            try {
                return new BigDecimal(text.strip());
            } catch (NumberFormatException e) {
                return null;
            }
        }
    }

    @GetMapping
    ModelAndView show(Actor actor, @PathVariable OrganisationId id, HttpServletRequest request) {
        Form form = declarations.findLatest(actor, id).map(Form::declared).orElse(new Form("", "", "", "", List.of()));
        return page(actor, id, form, null, request);
    }

    @PostMapping
    ModelAndView declare(
            Actor actor,
            @PathVariable OrganisationId id,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        Form form = Form.typed(typed);
        return switch (declarations.declare(actor, id, form.parsed())) {
            case Outcome.Done<SizeDeclaration> done -> {
                redirect.addFlashAttribute(Shells.NOTICE, "people.size.declared");
                yield new ModelAndView("redirect:/organisations/" + id + "/size-declaration");
            }
            case Outcome.Refused<SizeDeclaration>(Refusal refusal) -> page(actor, id, form, refusal, request);
        };
    }

    /** The same form with a row more or less; nothing is stored. */
    @PostMapping("/rows")
    ModelAndView rows(
            Actor actor,
            @PathVariable OrganisationId id,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request) {
        Form form = Form.typed(typed);
        List<Row> rows = new ArrayList<>(form.rows());
        String remove = typed.getOrDefault("remove", "");
        if (remove.matches("\\d{1,3}") && Integer.parseInt(remove) < rows.size()) {
            rows.remove(Integer.parseInt(remove));
        } else if (rows.size() < SizeDeclaration.MOST_ENTERPRISES) {
            rows.add(Row.EMPTY);
        }
        return page(actor, id, form.with(rows), null, request);
    }

    private ModelAndView page(
            Actor actor, OrganisationId id, Form form, @Nullable Refusal refusal, HttpServletRequest request) {
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("organisation", organisations.get(actor, id));
        List<SizeDeclaration> declared = declarations.list(actor, id);
        model.put("declarations", declared);
        model.put("verdict", SizeHistory.of(declared, clock.instant()).orElse(null));
        model.put("owner", actor.isOwnerOf(id));
        model.put("form", form);
        model.put("refusal", refusal);
        return Answer.page("people/size-declaration", model, refusal);
    }
}
