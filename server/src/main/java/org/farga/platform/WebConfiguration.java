package org.farga.platform;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.Utf8ByteOutput;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.View;
import org.springframework.web.servlet.ViewResolver;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** How pages are made: jte templates, compiled with the program, each under its module's folder. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(Settings.class)
class WebConfiguration implements WebMvcConfigurer {
    private final CurrentActor currentActor;

    WebConfiguration(CurrentActor currentActor) {
        this.currentActor = currentActor;
    }

    /** Spring Security would measure each of its filters apart, for a tenth of what a short request costs. */
    @Bean
    SecurityObservationSettings noObservationOfSecurity() {
        return SecurityObservationSettings.noObservations();
    }

    @Bean
    static TemplateEngine templateEngine() {
        TemplateEngine engine = TemplateEngine.createPrecompiled(null, ContentType.Html, null, "org.farga");
        engine.setTrimControlStructures(true);
        return engine;
    }

    @Bean
    static TemplateViews templateViews(TemplateEngine engine, Shells shells) {
        return new TemplateViews(engine, shells);
    }

    /** Finds each page's template before Spring's own resolvers would look for a JSP. */
    record TemplateViews(TemplateEngine engine, Shells shells) implements ViewResolver, Ordered {
        @Override
        public int getOrder() {
            return HIGHEST_PRECEDENCE;
        }

        @Override
        public @Nullable View resolveViewName(String name, Locale language) {
            return name.startsWith("redirect:") ? null : view(engine, shells, name + ".jte");
        }
    }

    private static View view(TemplateEngine engine, Shells shells, String template) {
        return (model, request, response) -> {
            Map<String, Object> parameters = new java.util.HashMap<>();
            if (model != null) {
                parameters.putAll(model);
            }
            parameters.keySet().removeIf(key -> key.startsWith("org.springframework."));
            if (!parameters.containsKey("shell")) {
                parameters.put("shell", shells.of(request));
            }
            // Rendered as a whole before the first byte goes out: an error in a template becomes an error page.
            Utf8ByteOutput page = new Utf8ByteOutput();
            engine.render(template, parameters, page);
            if (parameters.get("refusal") instanceof Refusal refusal
                    && refusal.kind() == Refusal.Kind.FORBIDDEN
                    && CurrentActor.of(request) != null) {
                // The form is shown again, as for what was typed wrong; programs and tests are told the difference.
                response.setStatus(Problems.status(refusal).value());
            }
            if (parameters.get("refusal") instanceof Refusal refusal) {
                refusal.retryAfterSeconds()
                        .ifPresent(s -> response.setHeader(HttpHeaders.RETRY_AFTER, Long.toString(s)));
            }
            response.setContentType("text/html");
            response.setCharacterEncoding(StandardCharsets.UTF_8.name());
            response.setContentLength(page.getContentLength());
            response.setHeader("Cache-Control", "no-store");
            page.writeTo(response.getOutputStream());
        };
    }

    @Override
    public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
        resolvers.add(currentActor);
    }

    @Override
    public void addResourceHandlers(ResourceHandlerRegistry registry) {
        registry.addResourceHandler("/vendor/**", "/css/**", "/js/**", "/images/**")
                .addResourceLocations(
                        "classpath:/static/vendor/",
                        "classpath:/static/css/",
                        "classpath:/static/js/",
                        "classpath:/static/images/")
                .setCacheControl(
                        CacheControl.maxAge(Duration.ofDays(365)).cachePublic().immutable());
    }
}
