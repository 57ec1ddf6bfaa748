package org.farga.platform;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.session.Session;
import org.springframework.session.SessionRepository;
import org.springframework.session.web.http.CookieHttpSessionIdResolver;
import org.springframework.session.web.http.CookieSerializer;
import org.springframework.session.web.http.SessionRepositoryFilter;
import org.springframework.stereotype.Component;

/**
 * Lets a page view cost one statement for its session. Spring Session writes when it was last used at the end of every
 * request, waits for the disk, and reads it again; here that is written once a minute, and what was read is not asked
 * again. Everything else that changes in a session is written at once, as before.
 */
@Component
class ThriftySessions implements BeanPostProcessor {
    /** How far the time of last use may lag behind: little beside the hours after which a session ends. */
    static final Duration LAST_USE_PRECISION = Duration.ofMinutes(1);

    private final ObjectProvider<SessionRepository<?>> repository;
    private final ObjectProvider<CookieSerializer> cookies;

    ThriftySessions(ObjectProvider<SessionRepository<?>> repository, ObjectProvider<CookieSerializer> cookies) {
        this.repository = repository;
        this.cookies = cookies;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (!(bean instanceof SessionRepositoryFilter<?>)) {
            return bean;
        }
        Filter filter = new Filter(new Repository<>(repository.getObject()));
        CookieHttpSessionIdResolver resolver = new CookieHttpSessionIdResolver();
        cookies.ifAvailable(resolver::setCookieSerializer);
        filter.setHttpSessionIdResolver(resolver);
        return filter;
    }

    /** Forgets at the end of each request what was remembered for its end. */
    private static final class Filter extends SessionRepositoryFilter<Watched<?>> {
        private final Repository<?> repository;

        <S extends Session> Filter(Repository<S> repository) {
            super(cast(repository));
            this.repository = repository;
        }

        @SuppressWarnings("unchecked")
        private static <S extends Session> SessionRepository<Watched<?>> cast(Repository<S> repository) {
            return (SessionRepository<Watched<?>>) (SessionRepository<?>) repository;
        }

        @Override
        protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws ServletException, IOException {
            try {
                super.doFilterInternal(request, response, chain);
            } finally {
                repository.saved.remove();
            }
        }
    }

    private static final class Repository<S extends Session> implements SessionRepository<Watched<S>> {
        private final SessionRepository<S> sessions;
        /** The session that this request saved last: the filter asks for it once more, to see that it is there. */
        private final ThreadLocal<@Nullable Watched<S>> saved = new ThreadLocal<>();

        Repository(SessionRepository<S> sessions) {
            this.sessions = sessions;
        }

        @Override
        public Watched<S> createSession() {
            return new Watched<>(sessions.createSession(), true);
        }

        @Override
        public void save(Watched<S> session) {
            if (session.isWorthSaving()) {
                sessions.save(session.session);
                session.saved();
            }
            saved.set(session);
        }

        @Override
        public @Nullable Watched<S> findById(String id) {
            Watched<S> known = saved.get();
            saved.remove();
            if (known != null && known.getId().equals(id)) {
                return known;
            }
            S found = sessions.findById(id);
            return found == null ? null : new Watched<>(found, false);
        }

        @Override
        public void deleteById(String id) {
            saved.remove();
            sessions.deleteById(id);
        }
    }

    /** A session that knows whether something in it has changed. */
    private static final class Watched<S extends Session> implements Session {
        private final S session;
        private boolean changed;
        private Instant lastSavedUse;

        Watched(S session, boolean isNew) {
            this.session = session;
            this.changed = isNew;
            this.lastSavedUse = session.getLastAccessedTime();
        }

        boolean isWorthSaving() {
            return changed
                    || Duration.between(lastSavedUse, session.getLastAccessedTime())
                                    .compareTo(LAST_USE_PRECISION)
                            >= 0;
        }

        void saved() {
            changed = false;
            lastSavedUse = session.getLastAccessedTime();
        }

        @Override
        public String getId() {
            return session.getId();
        }

        @Override
        public String changeSessionId() {
            changed = true;
            return session.changeSessionId();
        }

        @Override
        public <T> @Nullable T getAttribute(String name) {
            return session.getAttribute(name);
        }

        @Override
        public Set<String> getAttributeNames() {
            return session.getAttributeNames();
        }

        @Override
        public void setAttribute(String name, Object value) {
            changed = true;
            session.setAttribute(name, value);
        }

        @Override
        public void removeAttribute(String name) {
            changed = true;
            session.removeAttribute(name);
        }

        @Override
        public Instant getCreationTime() {
            return session.getCreationTime();
        }

        @Override
        public void setLastAccessedTime(Instant at) {
            session.setLastAccessedTime(at);
        }

        @Override
        public Instant getLastAccessedTime() {
            return session.getLastAccessedTime();
        }

        @Override
        public void setMaxInactiveInterval(Duration interval) {
            changed = true;
            session.setMaxInactiveInterval(interval);
        }

        @Override
        public Duration getMaxInactiveInterval() {
            return session.getMaxInactiveInterval();
        }

        @Override
        public boolean isExpired() {
            return session.isExpired();
        }
    }
}
