package org.farga.platform;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.function.Supplier;
import org.farga.shared.Fields;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.servlet.ModelAndView;

/** How an endpoint answers: with the value and its version, or the refusal, as a problem in JSON or on the page of its form. */
public final class Answer {
    private Answer() {}

    /** Carries a refusal to the one place that writes problems. */
    public static final class RefusedException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient Refusal refusal;

        public RefusedException(Refusal refusal) {
            super(refusal.name());
            this.refusal = refusal;
        }

        public Refusal refusal() {
            return refusal;
        }
    }

    /** The value of what was done; a refusal is answered as its problem. */
    public static <T> T of(Outcome<T> outcome) {
        return switch (outcome) {
            case Outcome.Done<T>(T value) -> value;
            case Outcome.Refused<T>(Refusal refusal) -> throw new RefusedException(refusal);
        };
    }

    /** What a verb answers, also where a refusal was thrown from within so that its transaction is undone. */
    public static <T> Outcome<T> outcome(Supplier<Outcome<T>> verb) {
        try {
            return verb.get();
        } catch (RefusedException e) {
            return Outcome.refused(e.refusal());
        }
    }

    /** The same of what a form sent: where it cannot be read the verb is not asked. */
    public static <T> Outcome<T> outcome(Fields typed, Supplier<Outcome<T>> verb) {
        return typed.refusal().<Outcome<T>>map(Outcome::refused).orElseGet(() -> outcome(verb));
    }

    /** Says that the answer to this request holds a secret, so that it is kept nowhere, not even for a repeated key. */
    public static void holdsSecret(HttpServletRequest request) {
        request.setAttribute(IdempotencyFilter.SECRET, true);
    }

    /** A value with its version as a strong ETag. */
    public static <T> ResponseEntity<T> versioned(T body, long version) {
        return ResponseEntity.ok()
                .header(HttpHeaders.ETAG, "\"" + version + "\"")
                .body(body);
    }

    /** A page: the first time as it is, and with 422 where it is the form again with what was wrong. */
    public static ModelAndView page(String template, Map<String, ?> model, @Nullable Refusal refusal) {
        ModelAndView page = new ModelAndView(template, model);
        if (refusal != null) {
            page.setStatus(HttpStatus.UNPROCESSABLE_CONTENT);
        }
        return page;
    }

    /**
     * The version that the client has seen, from {@code If-Match}: without the header the request is refused with 428,
     * because a blind write could undo somebody's work.
     */
    public static long version(@Nullable String ifMatch) {
        if (ifMatch == null || ifMatch.isBlank()) {
            throw new VersionRequiredException();
        }
        try {
            return Long.parseLong(ifMatch.strip().replaceFirst("^W/", "").replace("\"", ""));
        } catch (NumberFormatException e) {
            throw new RefusedException(Refusal.stale());
        }
    }

    static final class VersionRequiredException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
