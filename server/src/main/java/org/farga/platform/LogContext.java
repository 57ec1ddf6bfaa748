package org.farga.platform;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.TaskDecorator;

/**
 * Whom and what a log line is about, beside {@code requestId} and, where traces are sent, {@code traceId}: identifiers
 * alone, so that a log tells no names. What a request leaves to others in this process, such as events, keeps it.
 */
public final class LogContext {
    private LogContext() {}

    /** What lines can be about; the name is that of the field in the log. */
    public enum About {
        PERSON("personId"),
        JOB("jobId");

        private final String field;

        About(String field) {
            this.field = field;
        }

        /** Lines of this thread are about it until that is closed. */
        public Scope is(Object id) {
            String before = MDC.get(field);
            MDC.put(field, id.toString());
            return () -> set(before);
        }

        /** Lines of this thread are about nothing of this kind any more. */
        public void end() {
            MDC.remove(field);
        }

        private void set(@Nullable String before) {
            if (before == null) {
                MDC.remove(field);
            } else {
                MDC.put(field, before);
            }
        }
    }

    /** A stretch of a thread's work. */
    public interface Scope extends AutoCloseable {
        @Override
        void close();
    }

    @Configuration(proxyBeanMethods = false)
    static class Passing {
        /** Spring gives it to the executor of listeners and of answers that are written later. */
        @Bean
        TaskDecorator logContextPassing() {
            return task -> {
                Map<String, String> context = MDC.getCopyOfContextMap();
                return () -> {
                    if (context != null) {
                        MDC.setContextMap(context);
                    }
                    try {
                        task.run();
                    } finally {
                        MDC.clear();
                    }
                };
            };
        }
    }
}
