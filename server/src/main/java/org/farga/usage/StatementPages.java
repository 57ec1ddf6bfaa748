package org.farga.usage;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.AllocationId;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

@Controller
class StatementPages {
    private final Statements statements;
    private final Shells shells;

    StatementPages(Statements statements, Shells shells) {
        this.statements = statements;
        this.shells = shells;
    }

    @GetMapping("/allocations/{id}/statement")
    ModelAndView statement(
            Actor actor,
            @PathVariable AllocationId id,
            @RequestParam(required = false) @Nullable String cursor,
            HttpServletRequest request) {
        Statements.Statement statement = statements.statement(actor, id, cursor, null);
        return new ModelAndView(
                "usage/statement",
                Map.of(
                        "shell", shells.of(request),
                        "statement", statement,
                        "days", statements.byDay(statement.allocation())));
    }
}
