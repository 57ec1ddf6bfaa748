package org.farga.platform;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.RequestMapping;

/** Answers for what failed outside any controller, such as a request the server itself could not read. */
@Controller
class ErrorAnswers implements ErrorController {
    private final Problems problems;
    private final ProblemAdvice advice;

    ErrorAnswers(Problems problems, ProblemAdvice advice) {
        this.problems = problems;
        this.advice = advice;
    }

    @RequestMapping("/error")
    Object error(HttpServletRequest request) {
        Object code = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
        HttpStatus status = HttpStatus.resolve(code instanceof Integer number ? number : 500);
        HttpStatus known = status == null ? HttpStatus.INTERNAL_SERVER_ERROR : status;
        ResponseEntity<ProblemDetail> answer = problems.named(known, ProblemAdvice.name(known), Languages.of(request));
        return wantsPage(request) ? advice.page(answer, request) : answer;
    }

    private static boolean wantsPage(HttpServletRequest request) {
        @Nullable Object failed = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
        return !String.valueOf(failed).startsWith("/api/") && ProblemAdvice.wantsPage(request);
    }
}
