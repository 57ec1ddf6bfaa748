package org.farga.journeys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Looks into the private PostgreSQL of a running Farga, as an operator with access to its folder can. */
final class PrivateDatabase {
    private PrivateDatabase() {}

    static int port(Path data) throws IOException {
        // The fourth line of postmaster.pid (PostgreSQL manual, "pidfile").
        return Integer.parseInt(Files.readAllLines(data.resolve("postgres/data-18/postmaster.pid"))
                .get(3)
                .strip());
    }

    static String password(Path data) throws IOException {
        // libpq's form: host:port:database:user:password
        return Files.readAllLines(data.resolve("postgres/data-18/farga.pgpass")).stream()
                .map(line -> line.split(":", 5))
                .filter(parts -> parts.length == 5 && parts[3].equals("farga"))
                .map(parts -> parts[4])
                .findFirst()
                .orElseThrow();
    }

    static String url(Path data) throws IOException {
        return "jdbc:postgresql://127.0.0.1:" + port(data) + "/farga";
    }

    static long count(Path data, String sql) throws IOException, SQLException {
        try (Connection connection = DriverManager.getConnection(url(data), "farga", password(data));
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
