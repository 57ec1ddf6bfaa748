package org.farga.platform;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.farga.shared.NotFoundException;
import org.farga.shared.Refusal;
import org.farga.shared.Refusal.FieldProblem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/** Problems as RFC 9457 writes them, in the reader's language. */
@Component
public class Problems {
    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);
    private final Messages messages;

    Problems(Messages messages) {
        this.messages = messages;
    }

    static HttpStatus status(Refusal refusal) {
        return switch (refusal.kind()) {
            case INVALID -> HttpStatus.UNPROCESSABLE_CONTENT;
            case CONFLICT -> HttpStatus.CONFLICT;
            case FORBIDDEN -> HttpStatus.FORBIDDEN;
            case STALE -> HttpStatus.PRECONDITION_FAILED;
            case TOO_MANY -> HttpStatus.TOO_MANY_REQUESTS;
            case TOO_LARGE -> HttpStatus.CONTENT_TOO_LARGE;
            case NO_ROOM -> HttpStatus.INSUFFICIENT_STORAGE;
        };
    }

    /** One sentence that says what is wrong and what to do. */
    public String sentence(Refusal refusal, Locale language) {
        return messages.text(
                language, "problem." + refusal.name(), refusal.arguments().toArray());
    }

    /** The sentence of the problem of that name. */
    public String sentence(String name, Locale language, Object... arguments) {
        return messages.text(language, "problem." + name, arguments);
    }

    /** One sentence about one field. */
    public String sentence(FieldProblem problem, Locale language) {
        return messages.text(
                language, "problem.field." + problem.name(), problem.arguments().toArray());
    }

    /** The problem document of a refusal. */
    public ProblemDetail detail(Refusal refusal, Locale language) {
        ProblemDetail detail = detail(status(refusal), refusal.name(), sentence(refusal, language), language);
        if (!refusal.fields().isEmpty()) {
            List<Map<String, String>> errors =
                    refusal.fields().stream().map(f -> error(f, language)).toList();
            detail.setProperty("errors", errors);
        }
        return detail;
    }

    /** One field's part; where there is a message {@code problem.field.<name>.fix}, it says what to do. */
    private Map<String, String> error(FieldProblem problem, Locale language) {
        Map<String, String> error = new LinkedHashMap<>();
        error.put("field", problem.field());
        error.put("problem", problem.name());
        error.put("detail", sentence(problem, language));
        String fix = "problem.field." + problem.name() + ".fix";
        if (messages.has(fix)) {
            error.put("fix", messages.text(language, fix, problem.arguments().toArray()));
        }
        return error;
    }

    ProblemDetail detail(HttpStatusCode status, String name, String sentence, Locale language) {
        ProblemDetail detail = ProblemDetail.forStatusAndDetail(status, sentence);
        detail.setType(URI.create("/problems/" + name));
        String titleKey = "problem." + name + ".title";
        detail.setTitle(messages.has(titleKey) ? messages.text(language, titleKey) : readable(name));
        detail.setProperty("requestId", RequestIds.current());
        return detail;
    }

    /** The problem for anything that was thrown: what is foreseen by name, the rest as one that tells nothing. */
    ResponseEntity<ProblemDetail> answer(Throwable thrown, HttpServletRequest request, Locale language) {
        return switch (thrown) {
            case Answer.RefusedException refused -> entity(refused.refusal(), language);
            case NotFoundException missing -> named(HttpStatus.NOT_FOUND, "not-found", language);
            case Answer.VersionRequiredException missing ->
                named(HttpStatus.PRECONDITION_REQUIRED, "version-required", language);
            default -> {
                LOG.error("{} {} failed", request.getMethod(), request.getRequestURI(), thrown);
                yield named(HttpStatus.INTERNAL_SERVER_ERROR, "internal", language);
            }
        };
    }

    ResponseEntity<ProblemDetail> named(HttpStatusCode status, String name, Locale language, Object... arguments) {
        return entity(detail(status, name, messages.text(language, "problem." + name, arguments), language));
    }

    private ResponseEntity<ProblemDetail> entity(Refusal refusal, Locale language) {
        ResponseEntity<ProblemDetail> answer = entity(detail(refusal, language));
        HttpHeaders headers = new HttpHeaders();
        headers.putAll(answer.getHeaders());
        refusal.retryAfterSeconds().ifPresent(s -> headers.set(HttpHeaders.RETRY_AFTER, Long.toString(s)));
        return new ResponseEntity<>(answer.getBody(), headers, answer.getStatusCode());
    }

    private static ResponseEntity<ProblemDetail> entity(ProblemDetail detail) {
        return ResponseEntity.status(detail.getStatus())
                .header(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_PROBLEM_JSON_VALUE)
                .body(detail);
    }

    private static String readable(String name) {
        String words = name.replace('-', ' ');
        return Character.toUpperCase(words.charAt(0)) + words.substring(1);
    }
}
