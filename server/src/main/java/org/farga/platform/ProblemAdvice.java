package org.farga.platform;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Locale;
import org.farga.shared.NotFoundException;
import org.jspecify.annotations.Nullable;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.ModelAndView;

/** The one place where exceptions become answers: problem documents for programs, a page for people. */
@ControllerAdvice
class ProblemAdvice {
    private final Problems problems;
    private final Shells shells;

    ProblemAdvice(Problems problems, Shells shells) {
        this.problems = problems;
        this.shells = shells;
    }

    /** The reader went away in mid-answer: nobody is left to be told. */
    @ExceptionHandler(AsyncRequestNotUsableException.class)
    void gone() {}

    @ExceptionHandler(Exception.class)
    @Nullable
    Object any(Exception thrown, HttpServletRequest request) throws Exception {
        if (DatabaseGate.isAway(thrown)) {
            throw thrown; // a page would ask the database again; the gate needs none
        }
        Locale language = Languages.of(request);
        ResponseEntity<ProblemDetail> answer = answer(thrown, request, language);
        if (wantsPage(request)) {
            return page(answer, request);
        }
        return answer;
    }

    private ResponseEntity<ProblemDetail> answer(Exception thrown, HttpServletRequest request, Locale language) {
        if (FullDisk.caused(thrown)) {
            return problems.named(HttpStatus.INSUFFICIENT_STORAGE, "storage-full", language);
        }
        return switch (thrown) {
            case HttpMessageNotReadableException unreadable ->
                NestedExceptionUtils.getMostSpecificCause(unreadable) instanceof BodyLimitFilter.TooLargeException
                        ? problems.named(HttpStatus.CONTENT_TOO_LARGE, "too-large", language)
                        : problems.named(HttpStatus.BAD_REQUEST, "unreadable-body", language);
            case BodyLimitFilter.TooLargeException large ->
                problems.named(HttpStatus.CONTENT_TOO_LARGE, "too-large", language);
            case MethodArgumentTypeMismatchException mismatch ->
                // An identifier that cannot be one names nothing: the same answer as for one that is not there.
                mismatch.getParameter()
                                .hasParameterAnnotation(org.springframework.web.bind.annotation.PathVariable.class)
                        ? problems.answer(new NotFoundException(mismatch.getName()), request, language)
                        : problems.named(HttpStatus.BAD_REQUEST, "bad-parameter", language, mismatch.getName());
            case RequestRejectedException refused ->
                // Spring's firewall looks at parameters and headers only when somebody reads them.
                problems.named(HttpStatus.BAD_REQUEST, "bad-request", language);
            case DataIntegrityViolationException raced ->
                // Every rule is checked before it is written: what the database still refuses was a race.
                problems.named(HttpStatus.CONFLICT, "raced", language);
            case ErrorResponse known -> {
                HttpStatusCode status = known.getStatusCode();
                yield problems.named(status, name(status), language);
            }
            default -> problems.answer(thrown, request, language);
        };
    }

    static String name(HttpStatusCode status) {
        return switch (status.value()) {
            case 404 -> "not-found";
            case 405 -> "method-not-allowed";
            case 406 -> "not-acceptable";
            case 413 -> "too-large";
            case 415 -> "unsupported-media-type";
            default -> status.is4xxClientError() ? "bad-request" : "internal";
        };
    }

    static boolean wantsPage(HttpServletRequest request) {
        String accept = request.getHeader("Accept");
        return !request.getRequestURI().startsWith("/api/")
                && accept != null
                && accept.contains(MediaType.TEXT_HTML_VALUE);
    }

    ModelAndView page(ResponseEntity<ProblemDetail> answer, HttpServletRequest request) {
        ModelAndView page = new ModelAndView("platform/problem");
        page.setStatus(answer.getStatusCode());
        page.addObject("shell", shells.of(request));
        page.addObject("problem", answer.getBody());
        return page;
    }
}
