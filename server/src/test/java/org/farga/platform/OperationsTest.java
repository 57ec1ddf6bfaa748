package org.farga.platform;

import static org.assertj.core.api.Assertions.assertThat;

import org.farga.HttpTest;
import org.junit.jupiter.api.Test;

class OperationsTest extends HttpTest {
    @Test
    void healthIsSaidToAnyone() {
        assertThat(stranger()
                        .get("/actuator/health/liveness")
                        .expect(200)
                        .path("status")
                        .asString())
                .isEqualTo("UP");
        assertThat(stranger()
                        .get("/actuator/health/readiness")
                        .expect(200)
                        .path("status")
                        .asString())
                .isEqualTo("UP");
        assertThat(stranger().get("/actuator/health").body()).doesNotContain("PostgreSQL", "jdbc");
    }

    @Test
    void metricsAreInPrometheusForm() {
        assertThat(stranger().get("/actuator/prometheus").body())
                .contains("# TYPE jvm_memory_used_bytes gauge", "hikaricp_connections", "http_server_requests");
    }

    @Test
    void nothingElseOfTheActuatorIsThere() {
        assertThat(stranger().get("/actuator/env").status()).isEqualTo(404);
        assertThat(stranger().get("/actuator/heapdump").status()).isEqualTo(404);
    }
}
