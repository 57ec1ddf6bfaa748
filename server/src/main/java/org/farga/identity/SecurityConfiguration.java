package org.farga.identity;

import java.util.List;
import org.farga.people.Actors;
import org.farga.platform.BearerTokens;
import org.farga.platform.ProblemWriter;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.crypto.argon2.Argon2PasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.IpAddressAuthorizationManager;
import org.springframework.security.web.context.NullSecurityContextRepository;
import org.springframework.security.web.csrf.HttpSessionCsrfTokenRepository;

/**
 * Who gets in where: the API by token (or by a page's own session with its CSRF token), pages by session. What browsers are
 * told with every answer is platform's {@code SecurityHeaders}.
 */
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {
    @Bean
    static PasswordEncoder passwordEncoder() {
        // OWASP's password storage cheat sheet: Argon2id, m=19 MiB, t=2, p=1.
        return new Argon2PasswordEncoder(16, 32, 1, 19 * 1024, 2);
    }

    @Bean
    @Order(1)
    SecurityFilterChain operations(HttpSecurity http) throws Exception {
        return http.securityMatcher("/actuator/**")
                // Health is for load balancers; the figures are for a collector on this machine or a proxy in front of
                // it.
                .authorizeHttpRequests(r -> r.requestMatchers("/actuator/health/**", "/actuator/health")
                        .permitAll()
                        .anyRequest()
                        .access(IpAddressAuthorizationManager.hasIpAddress("127.0.0.0/8")))
                .csrf(AbstractHttpConfigurer::disable)
                .sessionManagement(s -> s.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .build();
    }

    @Bean
    @Order(2)
    SecurityFilterChain api(
            HttpSecurity http,
            ApiTokens tokens,
            Actors actors,
            StrongRoles strongRoles,
            ProblemWriter problems,
            List<BearerTokens> others)
            throws Exception {
        return common(http, tokens, actors, strongRoles, problems, others)
                .securityMatcher("/api/**", "/mlflow/*/*/**", "/v3/api-docs/**")
                .authorizeHttpRequests(r -> r.requestMatchers("/v3/api-docs/**")
                        .permitAll()
                        .requestMatchers(HttpMethod.POST, "/api/v1/persons", "/api/v1/sign-in", "/api/v1/setup")
                        .permitAll()
                        .requestMatchers(HttpMethod.POST, "/api/v1/device-logins", "/api/v1/device-logins/token")
                        .permitAll()
                        // Of a dataset strangers see everything but its files.
                        .requestMatchers("/api/v1/datasets/*/versions/*/files/**")
                        .authenticated()
                        // Of a call strangers see everything but what is done with its proposals.
                        .requestMatchers(
                                "/api/v1/calls/*/ranking",
                                "/api/v1/calls/*/ranking.csv",
                                "/api/v1/calls/*/assignment/**")
                        .authenticated()
                        .requestMatchers(HttpMethod.GET, "/api/v1/calls/**", "/api/v1/datasets/**")
                        .permitAll()
                        .requestMatchers(
                                HttpMethod.GET, "/api/v1/call-advice", "/api/v1/cut-offs", "/api/v1/closed-days")
                        .permitAll()
                        .anyRequest()
                        .authenticated())
                // A token is not sent by a browser of itself; only requests that come with a session can be forged.
                .csrf(c -> c.csrfTokenRepository(new HttpSessionCsrfTokenRepository())
                        .ignoringRequestMatchers(
                                r -> r.getHeader("Authorization") != null || r.getSession(false) == null))
                .exceptionHandling(e -> e.authenticationEntryPoint((request, response, thrown) -> {
                            response.setHeader("WWW-Authenticate", "Bearer");
                            problems.write(request, response, HttpStatus.UNAUTHORIZED, "sign-in-required");
                        })
                        .accessDeniedHandler((request, response, thrown) ->
                                problems.write(request, response, HttpStatus.FORBIDDEN, "forged-request")))
                .build();
    }

    @Bean
    @Order(3)
    SecurityFilterChain pages(
            HttpSecurity http,
            ApiTokens tokens,
            Actors actors,
            StrongRoles strongRoles,
            ProblemWriter problems,
            List<BearerTokens> others)
            throws Exception {
        return common(http, tokens, actors, strongRoles, problems, others)
                .authorizeHttpRequests(r -> r.requestMatchers("/calls/*/ranking/**", "/calls/*/assignment/**")
                        .authenticated()
                        .requestMatchers(
                                "/",
                                "/sign-in",
                                "/sign-in/**",
                                "/recovery",
                                "/recovery/**",
                                "/email/**",
                                "/sign-up",
                                "/setup",
                                "/invitation",
                                "/language",
                                "/accessibility",
                                "/problems/**",
                                "/privacy",
                                "/calls/**",
                                "/datasets/**",
                                "/css/**",
                                "/js/**",
                                "/vendor/**",
                                "/images/**",
                                "/error")
                        .permitAll()
                        .anyRequest()
                        .authenticated())
                // Changing the language one reads in is no harm, and strangers have no session to hold a token. What a
                // provider sends from server to server is signed.
                .csrf(c -> c.csrfTokenRepository(new HttpSessionCsrfTokenRepository())
                        .ignoringRequestMatchers("/language", "/sign-in/signed-out-there/*"))
                .exceptionHandling(e -> e.authenticationEntryPoint((request, response, thrown) -> {
                            // Only an address of our own is remembered for after the sign-in.
                            String back = request.getMethod().equals("GET") ? request.getRequestURI() : "/";
                            response.sendRedirect("/sign-in?next="
                                    + java.net.URLEncoder.encode(back, java.nio.charset.StandardCharsets.UTF_8));
                        })
                        .accessDeniedHandler((request, response, thrown) ->
                                problems.write(request, response, HttpStatus.FORBIDDEN, "forged-request")))
                .build();
    }

    private static HttpSecurity common(
            HttpSecurity http,
            ApiTokens tokens,
            Actors actors,
            StrongRoles strongRoles,
            ProblemWriter problems,
            List<BearerTokens> others)
            throws Exception {
        return http.securityContext(c -> c.securityContextRepository(new NullSecurityContextRepository()))
                .requestCache(AbstractHttpConfigurer::disable)
                .formLogin(AbstractHttpConfigurer::disable)
                .httpBasic(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .anonymous(Customizer.withDefaults())
                .sessionManagement(s -> s.disable())
                .addFilterBefore(
                        new SignInFilter(tokens, actors, strongRoles, problems, others),
                        org.springframework.security.web.authentication.AnonymousAuthenticationFilter.class);
    }
}
