package org.farga.access;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.farga.shared.CallId;
import org.farga.shared.OrganisationId;
import org.farga.shared.ProjectId;
import org.farga.shared.ProposalId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class ProposalLineageTable {
    private static final String COLUMNS = """
            SELECT p.id, p.code, p.title, p.organisation_id, p.project_id, c.id AS call_id, c.code AS call_code,
                   c.title AS call_title""";
    private static final String VISIBLE = """
             FROM proposal p JOIN call c ON c.id = p.call_id
            WHERE (:all OR p.organisation_id = ANY(:organisations)
                OR (p.state <> 'DRAFT'
                    AND (:submitted OR p.call_id = ANY(:calls) OR p.sector = ANY(:sectors))))""";
    private static final String OF = VISIBLE + """
              AND (CAST(:call AS uuid) IS NULL OR p.call_id = :call)
              AND (CAST(:organisation AS uuid) IS NULL OR p.organisation_id = :organisation)""";

    private final JdbcClient jdbc;

    ProposalLineageTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    List<ProposalLineage.Node> list(ProposalTable.Visible visible, Collection<ProposalId> ids) {
        return jdbc.sql(COLUMNS + VISIBLE + " AND p.id = ANY(:ids) ORDER BY p.id")
                .params(parameters(visible))
                .param("ids", ids.stream().map(ProposalId::value).toArray(UUID[]::new))
                .query(ProposalLineageTable::node)
                .list();
    }

    List<ProposalLineage.Node> of(
            ProposalTable.Visible visible,
            @Nullable CallId call,
            @Nullable OrganisationId organisation,
            @Nullable ProposalId before,
            int most) {
        return jdbc.sql(COLUMNS + OF + " AND (:fromTop OR p.id < :before) ORDER BY p.id DESC LIMIT :most")
                .params(parameters(visible))
                .param("call", call == null ? null : call.value())
                .param("organisation", organisation == null ? null : organisation.value())
                .param("fromTop", before == null)
                .param("before", before == null ? new UUID(0, 0) : before.value())
                .param("most", most)
                .query(ProposalLineageTable::node)
                .list();
    }

    int count(ProposalTable.Visible visible, @Nullable CallId call, @Nullable OrganisationId organisation, int upTo) {
        return jdbc.sql("SELECT count(*) FROM (SELECT 1" + OF + " LIMIT :upTo) counted")
                .params(parameters(visible))
                .param("call", call == null ? null : call.value())
                .param("organisation", organisation == null ? null : organisation.value())
                .param("upTo", upTo)
                .query(Integer.class)
                .single();
    }

    private static Map<String, Object> parameters(ProposalTable.Visible visible) {
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("all", visible.all());
        parameters.put("organisations", visible.ids());
        parameters.put("submitted", visible.submitted());
        parameters.put("calls", visible.callIds());
        parameters.put("sectors", visible.sectors().toArray(String[]::new));
        return parameters;
    }

    private static ProposalLineage.Node node(ResultSet row, int n) throws SQLException {
        UUID project = row.getObject("project_id", UUID.class);
        return new ProposalLineage.Node(
                new ProposalId(row.getObject("id", UUID.class)),
                row.getString("code"),
                row.getString("title"),
                new ProposalLineage.CallNode(
                        new CallId(row.getObject("call_id", UUID.class)),
                        row.getString("call_code"),
                        row.getString("call_title")),
                new OrganisationId(row.getObject("organisation_id", UUID.class)),
                project == null ? null : new ProjectId(project));
    }
}
