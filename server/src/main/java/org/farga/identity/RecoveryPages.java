package org.farga.identity;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.farga.people.Person;
import org.farga.platform.Languages;
import org.farga.platform.LinkTokens;
import org.farga.platform.LinkTokens.Purpose;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.EmailAddress;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/**
 * The pages behind mailed links. A link's address redirects at once to one without its token, so that the token stands in
 * no history and no {@code Referer}; only a form uses it up, because mail scanners open links too.
 */
@Controller
class RecoveryPages {
    private final Recoveries recoveries;
    private final EmailAddresses addresses;
    private final AccountNotices notices;
    private final AccountPages account;
    private final Shells shells;

    RecoveryPages(
            Recoveries recoveries,
            EmailAddresses addresses,
            AccountNotices notices,
            AccountPages account,
            Shells shells) {
        this.recoveries = recoveries;
        this.addresses = addresses;
        this.notices = notices;
        this.account = account;
        this.shells = shells;
    }

    @GetMapping("/recovery")
    ModelAndView form(HttpServletRequest request) {
        return recovery("", false, null, request);
    }

    @PostMapping("/recovery")
    ModelAndView request(@RequestParam(required = false) @Nullable String email, HttpServletRequest request) {
        return switch (recoveries.request(request.getRemoteAddr(), email, Languages.of(request))) {
            case Outcome.Done<EmailAddress>(EmailAddress address) -> recovery(address.value(), true, null, request);
            case Outcome.Refused<EmailAddress>(Refusal refusal) ->
                recovery(email == null ? "" : email, false, refusal, request);
        };
    }

    private ModelAndView recovery(String email, boolean sent, @Nullable Refusal refusal, HttpServletRequest request) {
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("email", email);
        model.put("sent", sent);
        model.put("canSend", notices.canSend());
        model.put("refusal", refusal);
        return refused(new ModelAndView("identity/recovery", model), refusal);
    }

    @GetMapping("/recovery/link")
    String follow(
            @RequestParam(required = false) @Nullable String token,
            HttpServletRequest request,
            HttpServletResponse response) {
        LinkTokens.keep(Purpose.RECOVERY, token, request, response);
        return "redirect:/recovery/password";
    }

    @GetMapping("/recovery/password")
    ModelAndView passwordForm(HttpServletRequest request) {
        return password(null, request);
    }

    @PostMapping("/recovery/password")
    ModelAndView setPassword(
            @RequestParam(required = false) @Nullable String password,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return switch (recoveries.finish(LinkTokens.kept(Purpose.RECOVERY, request), password)) {
            case Outcome.Done<Person> done -> {
                LinkTokens.forget(Purpose.RECOVERY, request);
                redirect.addFlashAttribute(Shells.NOTICE, "identity.recovery.done");
                yield new ModelAndView("redirect:/sign-in");
            }
            case Outcome.Refused<Person>(Refusal refusal) -> password(refusal, request);
        };
    }

    private ModelAndView password(@Nullable Refusal refusal, HttpServletRequest request) {
        boolean opens = recoveries.opens(LinkTokens.kept(Purpose.RECOVERY, request));
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("opens", opens);
        model.put("refusal", refusal);
        ModelAndView page = refused(new ModelAndView("identity/recovery-password", model), refusal);
        if (!opens && refusal == null) {
            page.setStatus(HttpStatus.NOT_FOUND);
        }
        return page;
    }

    @GetMapping("/email/link")
    String followToEmail(
            @RequestParam(required = false) @Nullable String token,
            HttpServletRequest request,
            HttpServletResponse response) {
        LinkTokens.keep(Purpose.EMAIL, token, request, response);
        return "redirect:/email/confirmation";
    }

    @GetMapping("/email/confirmation")
    ModelAndView emailForm(HttpServletRequest request) {
        return email(null, request);
    }

    @PostMapping("/email/confirmation")
    ModelAndView confirm(@Nullable Actor actor, HttpServletRequest request, RedirectAttributes redirect) {
        return switch (addresses.confirm(LinkTokens.kept(Purpose.EMAIL, request))) {
            case Outcome.Done<AccountLink> done -> {
                LinkTokens.forget(Purpose.EMAIL, request);
                redirect.addFlashAttribute(Shells.NOTICE, "identity.email.confirmed");
                yield new ModelAndView(actor == null ? "redirect:/sign-in" : "redirect:/account");
            }
            case Outcome.Refused<AccountLink>(Refusal refusal) -> email(refusal, request);
        };
    }

    private ModelAndView email(@Nullable Refusal refusal, HttpServletRequest request) {
        Optional<AccountLink> link = addresses.find(LinkTokens.kept(Purpose.EMAIL, request));
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("link", link.orElse(null));
        model.put("refusal", refusal);
        ModelAndView page = refused(new ModelAndView("identity/email-confirmation", model), refusal);
        if (link.isEmpty() && refusal == null) {
            page.setStatus(HttpStatus.NOT_FOUND);
        }
        return page;
    }

    @NeedsProof
    @PostMapping("/account/email")
    ModelAndView change(
            Actor actor,
            @RequestParam(required = false) @Nullable String email,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return switch (addresses.requestChange(actor, email)) {
            case Outcome.Done<EmailAddress> done -> done("identity.email.change-sent", redirect);
            case Outcome.Refused<EmailAddress>(Refusal refusal) -> account.page(actor, "email", refusal, null, request);
        };
    }

    @PostMapping("/account/email/verification")
    ModelAndView sendAgain(Actor actor, HttpServletRequest request, RedirectAttributes redirect) {
        return switch (addresses.sendAgain(actor)) {
            case Outcome.Done<Person> done -> done("identity.email.sent-again", redirect);
            case Outcome.Refused<Person>(Refusal refusal) -> account.page(actor, "email", refusal, null, request);
        };
    }

    @GetMapping({"/account/email", "/account/email/verification"})
    String again() {
        return "redirect:/account";
    }

    private static ModelAndView done(String notice, RedirectAttributes redirect) {
        redirect.addFlashAttribute(Shells.NOTICE, notice);
        return new ModelAndView("redirect:/account");
    }

    private static ModelAndView refused(ModelAndView page, @Nullable Refusal refusal) {
        if (refusal != null) {
            page.setStatus(
                    switch (refusal.kind()) {
                        case TOO_MANY -> HttpStatus.TOO_MANY_REQUESTS;
                        case CONFLICT -> HttpStatus.CONFLICT;
                        default -> HttpStatus.UNPROCESSABLE_CONTENT;
                    });
        }
        return page;
    }
}
