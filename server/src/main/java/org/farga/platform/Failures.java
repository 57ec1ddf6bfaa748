package org.farga.platform;

import com.github.kagkarlsson.scheduler.event.AbstractSchedulerListener;
import com.github.kagkarlsson.scheduler.event.SchedulerListener;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import java.lang.reflect.Method;
import java.time.Clock;
import org.aopalliance.intercept.MethodInterceptor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Role;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.modulith.events.ApplicationModuleListener;
import org.springframework.stereotype.Component;

/** Keeps why a work item or a listener failed last, for the operator who is to put it right. */
@Component
class Failures {
    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);
    private static final int LONGEST = 500;

    private final JdbcClient jdbc;
    private final Clock clock;

    Failures(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    enum Kind {
        WORK,
        EVENT
    }

    void note(Kind kind, String name, String instance, Throwable cause) {
        try {
            jdbc.sql("""
                    INSERT INTO failure (kind, name, instance, at, summary)
                    VALUES (:kind, :name, :instance, :at, :summary)
                    ON CONFLICT (kind, name, instance) DO UPDATE SET at = excluded.at, summary = excluded.summary""")
                    .param("kind", kind.name())
                    .param("name", cut(name))
                    .param("instance", cut(instance))
                    .param("at", Timestamps.utc(clock.instant()))
                    .param("summary", summary(cause))
                    .update();
        } catch (DataAccessException e) {
            // Most likely the very database that the work failed for.
            LOG.debug("why {} {} failed cannot be kept", name, instance, e);
        }
    }

    /** The innermost cause in one line. PostgreSQL's detail is left out: it repeats the values, which may be personal. */
    static String summary(Throwable thrown) {
        Throwable cause = NestedExceptionUtils.getMostSpecificCause(thrown);
        String message = String.valueOf(cause.getMessage()).replaceFirst("(?s)\\s*Detail:.*", "");
        return cut(cause.getClass().getSimpleName() + ": "
                + message.replaceAll("[\\p{Cntrl}\\s]+", " ").strip());
    }

    static String listener(Method method) {
        return method.getDeclaringClass().getName() + "." + method.getName();
    }

    private static String cut(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST);
    }

    @Configuration(proxyBeanMethods = false)
    static class Watching {
        @Bean
        SchedulerListener workFailures(@Lazy Failures failures) {
            return new AbstractSchedulerListener() {
                @Override
                public void onExecutionComplete(ExecutionComplete complete) {
                    if (complete.getResult() == ExecutionComplete.Result.FAILED) {
                        var item = complete.getExecution().taskInstance;
                        complete.getCause()
                                .ifPresent(cause -> failures.note(Kind.WORK, item.getTaskName(), item.getId(), cause));
                    }
                }
            };
        }

        /** Around each listener, outside its transaction, so that what is kept outlives the rollback. */
        @Bean
        @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
        static DefaultPointcutAdvisor listenerFailures(ObjectProvider<Failures> failures) {
            MethodInterceptor interceptor = invocation -> {
                try {
                    return invocation.proceed();
                } catch (Throwable e) {
                    failures.getObject().note(Kind.EVENT, listener(invocation.getMethod()), "", e);
                    throw e;
                }
            };
            DefaultPointcutAdvisor advisor = new DefaultPointcutAdvisor(
                    new AnnotationMatchingPointcut(null, ApplicationModuleListener.class, true), interceptor);
            advisor.setOrder(org.springframework.core.Ordered.HIGHEST_PRECEDENCE);
            return advisor;
        }
    }
}
