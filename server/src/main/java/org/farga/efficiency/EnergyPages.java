package org.farga.efficiency;

import jakarta.servlet.http.HttpServletRequest;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.Fields;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Where operators enter what energy is reckoned with. */
@Controller
@RequestMapping("/operations/energy")
class EnergyPages {
    private final EnergySettings settings;
    private final Shells shells;

    EnergyPages(EnergySettings settings, Shells shells) {
        this.settings = settings;
        this.shells = shells;
    }

    @GetMapping
    ModelAndView list(
            Actor actor, @RequestParam(required = false) @Nullable String cursor, HttpServletRequest request) {
        return page(actor, cursor, Map.of(), null, request);
    }

    @PostMapping
    ModelAndView enter(
            Actor actor,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        Reader reader = new Reader(typed);
        EnergySetting.Draft draft = new EnergySetting.Draft(
                reader.text("cluster"),
                reader.day("validFrom"),
                reader.number("cpuCoreWatts"),
                reader.number("memoryWattsPerGibibyte"),
                reader.gpus("gpus"),
                reader.number("pue"),
                reader.number("gridGramsPerKilowattHour"),
                reader.text("source"));
        // Who may not enter is told so before what is wrong with what they typed.
        if (EnergySettings.mayEnter(actor)) {
            var unreadable = reader.fields.refusal();
            if (unreadable.isPresent()) {
                return page(actor, null, typed, unreadable.get(), request);
            }
        }
        return switch (settings.enter(actor, draft)) {
            case Outcome.Done<EnergySetting> done -> {
                redirect.addFlashAttribute(Shells.NOTICE, "efficiency.energy.entered");
                yield new ModelAndView("redirect:/operations/energy");
            }
            case Outcome.Refused<EnergySetting>(Refusal refusal) -> page(actor, null, typed, refusal, request);
        };
    }

    @PostMapping("/{id}/withdrawal")
    ModelAndView withdraw(Actor actor, @PathVariable UUID id, RedirectAttributes redirect) {
        settings.withdraw(actor, id);
        redirect.addFlashAttribute(Shells.NOTICE, "efficiency.energy.withdrawn");
        return new ModelAndView("redirect:/operations/energy");
    }

    private ModelAndView page(
            Actor actor,
            @Nullable String cursor,
            Map<String, String> typed,
            @Nullable Refusal refusal,
            HttpServletRequest request) {
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("page", settings.list(actor, cursor, null));
        model.put("clusters", settings.clusters());
        model.put("mayEnter", EnergySettings.mayEnter(actor));
        model.put("typed", typed);
        model.put("refusal", refusal);
        ModelAndView page = new ModelAndView("efficiency/energy", model);
        if (refusal != null) {
            page.setStatus(
                    refusal.kind() == Refusal.Kind.INVALID ? HttpStatus.UNPROCESSABLE_CONTENT : HttpStatus.CONFLICT);
        }
        return page;
    }

    /** Reads a form's texts, and collects what cannot be read. */
    private static final class Reader {
        private final Map<String, String> typed;
        private final Fields fields = new Fields();

        Reader(Map<String, String> typed) {
            this.typed = typed;
        }

        @Nullable
        String text(String field) {
            String text = typed.getOrDefault(field, "").strip();
            return text.isEmpty() ? null : text;
        }

        @Nullable
        LocalDate day(String field) {
            String text = text(field);
            try {
                return text == null ? null : LocalDate.parse(text);
            } catch (DateTimeParseException e) {
                fields.rule(field, false, "not-a-date");
                return null;
            }
        }

        @Nullable
        BigDecimal number(String field) {
            return number(field, text(field));
        }

        /** With a point or a comma, as people of the centre's languages write it. */
        private @Nullable BigDecimal number(String field, @Nullable String text) {
            if (text == null) {
                return null;
            }
            if (!text.matches("[0-9]{1,12}([.,][0-9]{1,12})?")) {
                fields.rule(field, false, "not-decimal");
                return null;
            }
            return new BigDecimal(text.replace(',', '.'));
        }

        /** One model a line: its name, then an equals sign, then its watts. */
        List<EnergySetting.Draft.Gpu> gpus(String field) {
            List<EnergySetting.Draft.Gpu> gpus = new ArrayList<>();
            for (String line : typed.getOrDefault(field, "").lines().toList()) {
                if (!line.isBlank()) {
                    int equals = line.lastIndexOf('=');
                    if (equals < 0) {
                        fields.rule(field, false, "gpu-line", line.strip());
                    } else {
                        gpus.add(new EnergySetting.Draft.Gpu(
                                line.substring(0, equals).strip(),
                                number(field, line.substring(equals + 1).strip())));
                    }
                }
            }
            return gpus;
        }
    }
}
