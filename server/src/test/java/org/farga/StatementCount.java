package org.farga;

import com.zaxxer.hikari.HikariConfigMXBean;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import com.zaxxer.hikari.metrics.MetricsTrackerFactory;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Counts the statements of requests that ask for it: those of their thread from the first filter to the last, session
 * and sign-in among them.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class StatementCount extends OncePerRequestFilter implements BeanPostProcessor {
    /** A request that carries this header is counted under its value. */
    static final String HEADER = "Count-Statements";

    private static final ThreadLocal<@Nullable List<String>> STATEMENTS = new ThreadLocal<>();
    private static final Map<String, List<String>> COUNTED = new ConcurrentHashMap<>();

    /** What the request sent to the database, once; it is complete when the answer has come to its end. */
    static List<String> of(String request) throws InterruptedException {
        // The answer's last byte may come before the filter's end.
        for (int i = 0; i < 200 && !COUNTED.containsKey(request); i++) {
            Thread.sleep(5);
        }
        return COUNTED.remove(request);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String name = request.getHeader(HEADER);
        if (name == null) {
            chain.doFilter(request, response);
            return;
        }
        List<String> statements = new ArrayList<>();
        STATEMENTS.set(statements);
        try {
            chain.doFilter(request, response);
        } finally {
            STATEMENTS.remove();
            COUNTED.put(name, statements);
        }
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        return bean instanceof HikariDataSource source ? new Counting(source) : bean;
    }

    /** Takes the place of the pool; only what the program asks of a pool is passed on. */
    private static final class Counting extends HikariDataSource {
        private final HikariDataSource pool;

        Counting(HikariDataSource pool) {
            this.pool = pool;
            pool.copyStateTo(this);
        }

        @Override
        public Connection getConnection() throws SQLException {
            Connection connection = pool.getConnection();
            return STATEMENTS.get() == null ? connection : counted(Connection.class, connection, "");
        }

        @Override
        public MetricsTrackerFactory getMetricsTrackerFactory() {
            return pool.getMetricsTrackerFactory();
        }

        @Override
        public void setMetricsTrackerFactory(MetricsTrackerFactory factory) {
            pool.setMetricsTrackerFactory(factory);
        }

        @Override
        public HikariPoolMXBean getHikariPoolMXBean() {
            return pool.getHikariPoolMXBean();
        }

        @Override
        public HikariConfigMXBean getHikariConfigMXBean() {
            return pool.getHikariConfigMXBean();
        }

        @Override
        public boolean isRunning() {
            return pool.isRunning();
        }

        @Override
        public boolean isClosed() {
            return pool.isClosed();
        }

        @Override
        public void close() {
            pool.close();
        }
    }

    private static <T> T counted(Class<T> type, T real, String sql) {
        Object proxy =
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    try {
                        List<String> statements = STATEMENTS.get();
                        if (statements != null && method.getName().startsWith("execute")) {
                            statements.add(
                                    arguments != null && arguments.length > 0 && arguments[0] instanceof String text
                                            ? text
                                            : sql);
                        }
                        Object result = method.invoke(real, arguments);
                        return switch (result) {
                            case PreparedStatement prepared
                            when method.getName().equals("prepareStatement") ->
                                counted(PreparedStatement.class, prepared, String.valueOf(arguments[0]));
                            case Statement plain
                            when method.getName().equals("createStatement") -> counted(Statement.class, plain, "");
                            case null, default -> result;
                        };
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        return type.cast(proxy);
    }
}
