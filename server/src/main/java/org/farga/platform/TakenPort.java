package org.farga.platform;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.context.ApplicationListener;

/** Ends a start whose port another program has, before anything is started for it: one sentence, exit code 3. */
public final class TakenPort implements ApplicationListener<ApplicationEnvironmentPreparedEvent> {
    static final int EXIT_CODE = 3;

    @Override
    public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
        int port = event.getEnvironment().getProperty("server.port", Integer.class, 8080);
        String address = event.getEnvironment().getProperty("server.address", "127.0.0.1");
        if (!isFree(new InetSocketAddress(address, port))) {
            System.err.printf(
                    "farga: port %d is taken by another program. Stop that one, or choose another: ./farga up --port %d%n",
                    port, port == 65_535 ? 8081 : port + 1);
            System.exit(EXIT_CODE);
        }
    }

    static boolean isFree(InetSocketAddress address) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(address);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
