package org.farga.people;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.farga.platform.CurrentActor;
import org.farga.shared.Actor;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Takes down every request of somebody who has emergency access open; the path alone, for queries may hold secrets. */
@Component
class EmergencyWatch implements HandlerInterceptor, WebMvcConfigurer {
    private final EmergencyAccesses accesses;

    EmergencyWatch(@Lazy EmergencyAccesses accesses) {
        this.accesses = accesses;
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this);
    }

    @Override
    public void afterCompletion(
            HttpServletRequest request, HttpServletResponse response, Object handler, @Nullable Exception thrown) {
        if (request.getAttribute(CurrentActor.ATTRIBUTE) instanceof Actor actor && actor.emergencyUntil() != null) {
            accesses.used(
                    actor.person(),
                    actor.emergencyUntil(),
                    request.getMethod(),
                    request.getRequestURI(),
                    response.getStatus());
        }
    }
}
