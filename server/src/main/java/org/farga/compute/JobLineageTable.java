package org.farga.compute;

import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.farga.allocation.VisibleProjects;
import org.farga.shared.AgreementId;
import org.farga.shared.AllocationId;
import org.farga.shared.DatasetVersionId;
import org.farga.shared.JobId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Finds jobs by what they came from. */
@Component
class JobLineageTable {
    private static final String FROM = """
             FROM job j
            WHERE (:all OR j.project_id = ANY(:visible))
              AND (j.allocation_id = ANY(:allocations) OR j.script_sha256 = ANY(:scripts)
                   OR j.number IN (SELECT i.job FROM job_input i
                                   WHERE i.dataset_version_id = ANY(:versions) OR i.agreement_id = ANY(:agreements)))
              AND j.number < :before""";

    private final JdbcClient jdbc;

    JobLineageTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    List<JobId> of(VisibleProjects visible, JobLineage.Origins origins, @Nullable JobId before, int most) {
        return jdbc.sql("SELECT j.number" + FROM + " ORDER BY j.number DESC LIMIT :most")
                .params(parameters(visible, origins, before))
                .param("most", most)
                .query((row, n) -> new JobId(row.getLong(1)))
                .list();
    }

    int count(VisibleProjects visible, JobLineage.Origins origins, int upTo) {
        return jdbc.sql("SELECT count(*) FROM (SELECT 1" + FROM + " LIMIT :upTo) counted")
                .params(parameters(visible, origins, null))
                .param("upTo", upTo)
                .query(Integer.class)
                .single();
    }

    private static Map<String, Object> parameters(
            VisibleProjects visible, JobLineage.Origins origins, @Nullable JobId before) {
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("all", visible.all());
        parameters.put("visible", visible.ids());
        parameters.put(
                "allocations",
                origins.allocations().stream().map(AllocationId::value).toArray(UUID[]::new));
        parameters.put(
                "versions",
                origins.versions().stream().map(DatasetVersionId::value).toArray(UUID[]::new));
        parameters.put(
                "agreements",
                origins.agreements().stream().map(AgreementId::value).toArray(UUID[]::new));
        parameters.put(
                "scripts",
                origins.scripts().stream().map(HexFormat.of()::parseHex).toArray(byte[][]::new));
        parameters.put("before", before == null ? Long.MAX_VALUE : before.value());
        return parameters;
    }
}
