package org.farga.mlflow;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.stream.Collectors;
import org.farga.models.Search;
import org.farga.platform.Answer.RefusedException;
import org.farga.platform.ErrorForm;
import org.farga.platform.FullDisk;
import org.farga.platform.Languages;
import org.farga.platform.Problems;
import org.farga.shared.NotFoundException;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;

/** Errors as MLflow's clients read them: {@code {"error_code": …, "message": …}}. */
@RestControllerAdvice(basePackageClasses = MlflowErrors.class)
@Order(Ordered.HIGHEST_PRECEDENCE)
class MlflowErrors implements ErrorForm {
    private static final Logger LOG = LoggerFactory.getLogger(MlflowErrors.class);

    private final Problems problems;

    MlflowErrors(Problems problems) {
        this.problems = problems;
    }

    static ResponseEntity<Map<String, Object>> of(MlflowException thrown) {
        return answer(thrown.code(), String.valueOf(thrown.getMessage()));
    }

    private static ResponseEntity<Map<String, Object>> answer(MlflowException.Code code, String message) {
        return ResponseEntity.status(code.status())
                .contentType(MediaType.APPLICATION_JSON)
                .body(Shapes.object("error_code", code.name(), "message", message));
    }

    private static ResponseEntity<Map<String, Object>> answer(HttpStatus status, String message) {
        return ResponseEntity.status(status)
                .contentType(MediaType.APPLICATION_JSON)
                .body(Shapes.object(
                        "error_code", MlflowException.Code.of(status).name(), "message", message));
    }

    /** The reader went away in mid-answer: nobody is left to be told. */
    @ExceptionHandler(AsyncRequestNotUsableException.class)
    void gone() {}

    @ExceptionHandler(Exception.class)
    @Nullable
    ResponseEntity<Map<String, Object>> any(Exception thrown, HttpServletRequest request) {
        if (FullDisk.caused(thrown)) {
            return answer(HttpStatus.INSUFFICIENT_STORAGE, problems.sentence("storage-full", Languages.of(request)));
        }
        return switch (thrown) {
            case MlflowException wrong -> of(wrong);
            case Search.MisplacedException misplaced -> of(PageToken.wrong());
            case NotFoundException missing ->
                of(MlflowException.missing("such " + String.valueOf(missing.getMessage())));
            case RefusedException refused -> refused(refused.refusal(), request);
            case DataIntegrityViolationException raced ->
                // Every rule is checked before it is written: what the database still refuses was a race.
                answer(
                        MlflowException.Code.RESOURCE_CONFLICT,
                        "Somebody changed the same thing at the same moment; ask again.");
            case ErrorResponse known -> {
                HttpStatus status = HttpStatus.valueOf(known.getStatusCode().value());
                yield answer(status, status.getReasonPhrase());
            }
            case RequestRejectedException refused ->
                answer(MlflowException.Code.INVALID_PARAMETER_VALUE, "A parameter or header holds what none may hold.");
            case IOException broken ->
                answer(MlflowException.Code.INVALID_PARAMETER_VALUE, "The request's body ended before its time.");
            default -> {
                LOG.error("{} {} failed", request.getMethod(), request.getRequestURI(), thrown);
                yield answer(MlflowException.Code.INTERNAL_ERROR, "Something went wrong here; try again later.");
            }
        };
    }

    private ResponseEntity<Map<String, Object>> refused(Refusal refusal, HttpServletRequest request) {
        java.util.Locale language = Languages.of(request);
        String sentence = refusal.fields().isEmpty()
                ? problems.sentence(refusal, language)
                : refusal.fields().stream()
                        .map(f -> "'" + f.field() + "': " + problems.sentence(f, language))
                        .collect(Collectors.joining(" "));
        if (refusal.kind() == Refusal.Kind.TOO_LARGE) {
            return answer(HttpStatus.CONTENT_TOO_LARGE, sentence);
        }
        MlflowException.Code code = switch (refusal.kind()) {
            case INVALID, TOO_LARGE -> MlflowException.Code.INVALID_PARAMETER_VALUE;
            case CONFLICT -> MlflowException.Code.RESOURCE_ALREADY_EXISTS;
            case FORBIDDEN -> MlflowException.Code.PERMISSION_DENIED;
            case STALE -> MlflowException.Code.RESOURCE_CONFLICT;
            case TOO_MANY -> MlflowException.Code.REQUEST_LIMIT_EXCEEDED;
            case NO_ROOM -> MlflowException.Code.RESOURCE_EXHAUSTED;
        };
        return answer(code, sentence);
    }

    @Override
    public boolean covers(HttpServletRequest request) {
        return request.getRequestURI().startsWith("/mlflow/")
                || request.getRequestURI().startsWith("/api/2.0/")
                || request.getRequestURI().startsWith("/api/3.0/");
    }

    @Override
    public void write(HttpServletResponse response, HttpStatus status, String sentence) throws IOException {
        response.setStatus(status.value());
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        response.getOutputStream()
                .write(Asked.JSON.writeValueAsBytes(Shapes.object(
                        "error_code", MlflowException.Code.of(status).name(), "message", sentence)));
    }
}
