package org.farga.platform;

import jakarta.servlet.http.HttpServletRequest;
import org.farga.shared.Actor;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;

/**
 * Gives an endpoint its {@link Actor} argument. The sign-in filter puts it on the request; an endpoint that asks for one
 * is only reached by those who are signed in.
 */
@Component
public class CurrentActor implements HandlerMethodArgumentResolver {
    /** Where the sign-in filter leaves the actor on the request. */
    public static final String ATTRIBUTE = "farga.actor";

    /** The actor of a request, or null for a stranger. */
    public static @Nullable Actor of(HttpServletRequest request) {
        return (Actor) request.getAttribute(ATTRIBUTE);
    }

    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        return parameter.getParameterType() == Actor.class;
    }

    @Override
    public @Nullable Object resolveArgument(
            MethodParameter parameter,
            @Nullable ModelAndViewContainer container,
            NativeWebRequest request,
            @Nullable WebDataBinderFactory binders) {
        Object actor = request.getAttribute(ATTRIBUTE, NativeWebRequest.SCOPE_REQUEST);
        if (actor == null && !parameter.isOptional()) {
            throw new IllegalStateException("an endpoint that is open to strangers must take a nullable Actor");
        }
        return actor;
    }
}
