package org.farga.identity;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.farga.platform.CurrentActor;
import org.farga.platform.OwnPath;
import org.farga.platform.ProblemWriter;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Sends those who must prove first who they are to where they can, and those whose roles wait to where it says why. */
class ProofInterceptor implements HandlerInterceptor {
    private final SessionRights rights;
    private final ProblemWriter problems;

    ProofInterceptor(SessionRights rights, ProblemWriter problems) {
        this.rights = rights;
        this.problems = problems;
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
            throws IOException {
        if (!(handler instanceof HandlerMethod method)) {
            return true;
        }
        String path = request.getRequestURI();
        boolean page = !path.startsWith("/api/");
        if (page && SessionRights.isCentreWithheld(request) && (isUnder(path, "/centre") || isUnder(path, "/audit"))) {
            response.sendRedirect("/account/second-factor");
            return false;
        }
        boolean bySession = CurrentActor.of(request) != null && request.getHeader("Authorization") == null;
        NeedsProof needed = method.getMethodAnnotation(NeedsProof.class);
        if (needed == null || !bySession || rights.isProofFresh(request)) {
            return true;
        }
        String accept = request.getHeader("Accept");
        if (page && (accept == null || !accept.contains("json"))) {
            String back = request.getMethod().equals("GET") ? path : needed.back();
            response.sendRedirect(OwnPath.address("/account/proof", back));
        } else {
            problems.write(request, response, HttpStatus.FORBIDDEN, "proof-needed");
        }
        return false;
    }

    private static boolean isUnder(String path, String root) {
        return path.equals(root) || path.startsWith(root + "/");
    }

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties({SecondFactorSettings.class, SessionSettings.class})
    static class Registration implements WebMvcConfigurer {
        private final SessionRights rights;
        private final ProblemWriter problems;

        Registration(SessionRights rights, ProblemWriter problems) {
            this.rights = rights;
            this.problems = problems;
        }

        @Override
        public void addInterceptors(InterceptorRegistry registry) {
            registry.addInterceptor(new ProofInterceptor(rights, problems));
        }
    }
}
