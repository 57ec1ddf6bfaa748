package org.farga.mlflow;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Map;
import org.farga.compute.JobTokens;
import org.farga.models.Tracker;
import org.farga.models.Tracking;
import org.farga.platform.Answer;
import org.farga.platform.CurrentActor;
import org.farga.shared.Actor;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.MethodParameter;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Gives an endpoint its {@link MlflowCall} or {@link Tracker}. The project is named by the address ({@code /mlflow/<project>/…}),
 * or by MLflow's header for workspaces, or it is the job's, or the only one that the person works in.
 */
@Component
class MlflowCalls implements HandlerMethodArgumentResolver {
    /** How MLflow's clients name their workspace (environment variable MLFLOW_WORKSPACE). */
    static final String WORKSPACE = "X-MLFLOW-WORKSPACE";

    private final Tracking tracking;

    MlflowCalls(Tracking tracking) {
        this.tracking = tracking;
    }

    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        return parameter.getParameterType() == MlflowCall.class || parameter.getParameterType() == Tracker.class;
    }

    @Override
    public Object resolveArgument(
            MethodParameter parameter,
            @Nullable ModelAndViewContainer container,
            NativeWebRequest request,
            @Nullable WebDataBinderFactory binders) {
        HttpServletRequest http = request.getNativeRequest(HttpServletRequest.class);
        if (http == null) {
            throw new IllegalStateException("the protocol is spoken over HTTP");
        }
        Tracker tracker = tracker(http);
        return parameter.getParameterType() == Tracker.class ? tracker : new MlflowCall(tracker, asked(http));
    }

    private Tracker tracker(HttpServletRequest request) {
        Actor actor = CurrentActor.of(request);
        if (actor == null) {
            throw new MlflowException(
                    MlflowException.Code.UNAUTHENTICATED, "Set MLFLOW_TRACKING_TOKEN to an API token of yours.");
        }
        String project = project(request);
        JobTokens.Speaker job = JobTokens.speaker(request);
        return job == null
                ? Answer.of(tracking.in(actor, project))
                : tracking.in(actor, job.job(), job.project(), project);
    }

    private static @Nullable String project(HttpServletRequest request) {
        Object variables = request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE);
        Object named = variables instanceof Map<?, ?> map ? map.get("project") : null;
        String workspace = request.getHeader(WORKSPACE);
        String project = named instanceof String text ? text : workspace == null || workspace.isBlank() ? null : workspace;
        if (project != null && (project.length() > 100 || project.indexOf('\0') >= 0)) {
            throw MlflowException.missing("project of that name");
        }
        return project;
    }

    private static Asked asked(HttpServletRequest request) {
        if (request.getMethod().equals("GET")) {
            return Asked.query(request.getParameterMap());
        }
        try {
            return Asked.read(request.getInputStream().readAllBytes());
        } catch (IOException e) {
            throw MlflowException.invalid("The request's body could not be read; it may hold at most 2 MiB.");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Registration implements WebMvcConfigurer {
        private final MlflowCalls calls;

        Registration(MlflowCalls calls) {
            this.calls = calls;
        }

        @Override
        public void addArgumentResolvers(java.util.List<HandlerMethodArgumentResolver> resolvers) {
            resolvers.add(calls);
        }
    }
}
