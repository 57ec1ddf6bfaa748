package org.farga.platform;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** A private PostgreSQL that cannot start is told in its own words, without a stack trace around them. */
final class CannotStartAnalyzer extends AbstractFailureAnalyzer<LocalPostgres.CannotStart> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, LocalPostgres.CannotStart cause) {
        return new FailureAnalysis(cause.getMessage(), null, cause);
    }
}
