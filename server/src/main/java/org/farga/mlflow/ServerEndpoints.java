package org.farga.mlflow;

import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What a client asks about the server itself, and the answer to what Farga does not speak. */
@Hidden
@RestController
class ServerEndpoints {
    /** The newest server whose tracking and registry protocol is spoken here. */
    private static final String VERSION = "3.17.2";

    @GetMapping({"/api/3.0/mlflow/server-info", "/mlflow/{project}/api/3.0/mlflow/server-info"})
    Map<String, Object> info() {
        return Shapes.object(
                "store_type", "SqlStore",
                "workspaces_enabled", true,
                "trace_archival_enabled", false,
                "multipart_uploads_enabled", true,
                "multipart_downloads_enabled", false);
    }

    @GetMapping(path = "/mlflow/{project}/version", produces = MediaType.TEXT_PLAIN_VALUE)
    String version() {
        return VERSION;
    }

    @GetMapping(path = "/mlflow/{project}/health", produces = MediaType.TEXT_PLAIN_VALUE)
    String health() {
        return "OK";
    }

    @RequestMapping({"/mlflow/{project}/*/**", "/api/2.0/**", "/api/3.0/**"})
    ResponseEntity<Map<String, Object>> unknown(HttpServletRequest request) {
        return MlflowErrors.of(new MlflowException(
                MlflowException.Code.ENDPOINT_NOT_FOUND,
                "Farga does not speak this part of MLflow's protocol: " + request.getMethod() + " "
                        + Asked.echo(request.getRequestURI()) + ". It tracks experiments, runs, files and models."));
    }
}
