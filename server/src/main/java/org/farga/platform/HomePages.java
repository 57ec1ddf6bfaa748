package org.farga.platform;

import gg.jte.Content;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.farga.shared.Actor;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.servlet.ModelAndView;

/** The first page: for a stranger what the centre offers, for a person what needs them now. */
@Controller
class HomePages {
    private final List<Attention> attentions;
    private final List<HomePanel> panels;
    private final Shells shells;
    private final Messages messages;

    HomePages(List<Attention> attentions, List<HomePanel> panels, Shells shells, Messages messages) {
        this.attentions = attentions;
        this.panels = panels.stream()
                .sorted(Comparator.comparingInt(HomePanel::order))
                .toList();
        this.shells = shells;
        this.messages = messages;
    }

    @GetMapping("/")
    ModelAndView home(@Nullable Actor actor, HttpServletRequest request) {
        Shell shell = shells.of(request);
        if (actor == null) {
            return new ModelAndView("platform/welcome", Map.of("shell", shell));
        }
        List<Attention.Item> items = attentions.stream()
                .flatMap(a -> a.itemsFor(actor).stream())
                .sorted(Comparator.comparing(Attention.Item::due, Comparator.nullsLast(Comparator.naturalOrder())))
                .toList();
        List<Content> shown = panels.stream()
                .map(p -> p.panelFor(actor, shell))
                .flatMap(Optional::stream)
                .toList();
        return new ModelAndView("platform/home", Map.of("shell", shell, "items", items, "panels", shown));
    }

    /** The page behind a problem's type: what it means, for programmers who follow the address. */
    @GetMapping("/problems/{name}")
    ModelAndView problem(@PathVariable String name, HttpServletRequest request) {
        if (!messages.has("problem." + name)) {
            throw new org.farga.shared.NotFoundException("problem");
        }
        return new ModelAndView("platform/problem-type", Map.of("shell", shells.of(request), "name", name));
    }
}
