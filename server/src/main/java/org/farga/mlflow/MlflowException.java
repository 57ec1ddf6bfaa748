package org.farga.mlflow;

import org.springframework.http.HttpStatus;

/** A request that the protocol does not allow, in its own words. */
final class MlflowException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** MLflow's names of errors and the status that each has there. */
    enum Code {
        INVALID_PARAMETER_VALUE(HttpStatus.BAD_REQUEST),
        RESOURCE_DOES_NOT_EXIST(HttpStatus.NOT_FOUND),
        RESOURCE_ALREADY_EXISTS(HttpStatus.BAD_REQUEST),
        RESOURCE_CONFLICT(HttpStatus.CONFLICT),
        ENDPOINT_NOT_FOUND(HttpStatus.NOT_FOUND),
        UNAUTHENTICATED(HttpStatus.UNAUTHORIZED),
        PERMISSION_DENIED(HttpStatus.FORBIDDEN),
        REQUEST_LIMIT_EXCEEDED(HttpStatus.TOO_MANY_REQUESTS),
        /** Not 429, which MLflow gives it: its client would send the file again and again for minutes. */
        RESOURCE_EXHAUSTED(HttpStatus.INSUFFICIENT_STORAGE),
        TEMPORARILY_UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE),
        INTERNAL_ERROR(HttpStatus.INTERNAL_SERVER_ERROR);

        private final HttpStatus status;

        Code(HttpStatus status) {
            this.status = status;
        }

        HttpStatus status() {
            return status;
        }

        /** The name for an answer with this status. */
        static Code of(HttpStatus status) {
            return switch (status) {
                case UNAUTHORIZED -> UNAUTHENTICATED;
                case FORBIDDEN -> PERMISSION_DENIED;
                case NOT_FOUND -> RESOURCE_DOES_NOT_EXIST;
                case CONFLICT -> RESOURCE_CONFLICT;
                case TOO_MANY_REQUESTS -> REQUEST_LIMIT_EXCEEDED;
                case SERVICE_UNAVAILABLE -> TEMPORARILY_UNAVAILABLE;
                case INSUFFICIENT_STORAGE -> RESOURCE_EXHAUSTED;
                default -> status.is4xxClientError() ? INVALID_PARAMETER_VALUE : INTERNAL_ERROR;
            };
        }
    }

    private final Code code;

    MlflowException(Code code, String message) {
        super(message);
        this.code = code;
    }

    static MlflowException invalid(String message) {
        return new MlflowException(Code.INVALID_PARAMETER_VALUE, message);
    }

    static MlflowException missing(String what) {
        return new MlflowException(
                Code.RESOURCE_DOES_NOT_EXIST, "There is no " + what + ", or it is of a project that you cannot see.");
    }

    Code code() {
        return code;
    }
}
