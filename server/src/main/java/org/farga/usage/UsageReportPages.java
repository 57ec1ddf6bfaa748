package org.farga.usage;

import jakarta.servlet.http.HttpServletRequest;
import java.util.HashMap;
import java.util.Map;
import org.farga.platform.Answer;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** Use by periods. */
@Controller
class UsageReportPages {
    private final UsageReports reports;
    private final Shells shells;

    UsageReportPages(UsageReports reports, Shells shells) {
        this.reports = reports;
        this.shells = shells;
    }

    @GetMapping("/usage-report")
    ModelAndView report(
            Actor actor,
            @RequestParam(defaultValue = "CENTRE") UsageReports.Scope scope,
            @RequestParam(required = false) @Nullable String id,
            @RequestParam(required = false) @Nullable String by,
            @RequestParam(required = false) @Nullable String from,
            @RequestParam(required = false) @Nullable String to,
            HttpServletRequest request) {
        boolean whole = scope == UsageReports.Scope.CALL && (id == null || id.isBlank());
        UsageReports.Reported reported = Answer.of(reports.report(
                actor,
                new UsageReports.Asked(whole ? UsageReports.Scope.CENTRE : scope, whole ? null : id, by, from, to)));
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("reported", reported);
        return new ModelAndView("usage/report", model);
    }
}
