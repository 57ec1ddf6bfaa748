package org.farga.people;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.HashMap;
import java.util.Map;
import org.farga.platform.LinkTokens;
import org.farga.platform.LinkTokens.Purpose;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The page behind an invitation's link; who has no account yet comes back to it after signing up. */
@Controller
@RequestMapping("/invitation")
class InvitationPages {
    private final Invitations invitations;
    private final Shells shells;

    InvitationPages(Invitations invitations, Shells shells) {
        this.invitations = invitations;
        this.shells = shells;
    }

    @GetMapping
    ModelAndView show(
            @RequestParam(required = false) @Nullable String token,
            HttpServletRequest request,
            HttpServletResponse response) {
        if (token != null) {
            LinkTokens.keep(Purpose.INVITATION, token, request, response);
            return new ModelAndView("redirect:/invitation");
        }
        return page(null, request);
    }

    @PostMapping
    ModelAndView accept(@Nullable Actor actor, HttpServletRequest request, RedirectAttributes redirect) {
        if (actor == null) {
            return page(null, request);
        }
        return switch (invitations.accept(actor, LinkTokens.kept(Purpose.INVITATION, request))) {
            case Outcome.Done<Invitations.Joined>(Invitations.Joined joined) -> {
                LinkTokens.forget(Purpose.INVITATION, request);
                redirect.addFlashAttribute(Shells.NOTICE, "people.invitation.accepted");
                yield new ModelAndView("redirect:/organisations/" + joined.organisation());
            }
            case Outcome.Refused<Invitations.Joined>(Refusal refusal) -> page(refusal, request);
        };
    }

    private ModelAndView page(@Nullable Refusal refusal, HttpServletRequest request) {
        String token = LinkTokens.kept(Purpose.INVITATION, request);
        var offer = invitations.find(token);
        if (offer.isEmpty()) {
            // Said once; from then on the page tells again how to come by a link.
            LinkTokens.forget(Purpose.INVITATION, request);
        }
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("offer", offer.orElse(null));
        model.put("followed", token != null);
        model.put("refusal", refusal);
        ModelAndView page = new ModelAndView("people/invitation", model);
        if (refusal != null) {
            page.setStatus(HttpStatus.CONFLICT);
        } else if (offer.isEmpty() && token != null) {
            page.setStatus(HttpStatus.NOT_FOUND);
        }
        return page;
    }
}
