package org.farga.access;

import org.farga.platform.Answer;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Sets how many documents a call takes, from the page on which its rules are changed. */
@Controller
class AttachmentLimitPages {
    private final Attachments attachments;

    AttachmentLimitPages(Attachments attachments) {
        this.attachments = attachments;
    }

    @PostMapping("/calls/{idOrCode}/attachment-limit")
    ModelAndView set(
            Actor actor,
            @PathVariable String idOrCode,
            @RequestParam(required = false) @Nullable Integer mostFiles,
            @RequestParam(required = false) @Nullable Integer mostMebibytes,
            RedirectAttributes redirect) {
        Answer.of(attachments.setLimit(actor, idOrCode, mostFiles, mostMebibytes));
        redirect.addFlashAttribute(Shells.NOTICE, "access.done.document-limit");
        return new ModelAndView("redirect:/calls/" + idOrCode + "/rules");
    }
}
