package org.farga.compute;

import java.util.List;
import java.util.Set;
import org.farga.platform.PersonalData;
import org.farga.shared.PersonId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The jobs a person submitted. */
@Component
class ComputePersonalDataTable implements PersonalData {
    private final JdbcClient jdbc;

    ComputePersonalDataTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public List<Section> sections() {
        return List.of(new Section("jobs", Fate.WORK, Set.of("job.submitted_by", "job.cancelled_by"), """
                        SELECT number, name, project_id, submitted_at, started_at, ended_at, state, exit_code, unix_user, CASE WHEN submitted_by = :person THEN script END AS script FROM job WHERE submitted_by = :person OR cancelled_by = :person ORDER BY number"""));
    }

    @Override
    public List<FreeText> freeTexts() {
        return List.of(
                new FreeText("job-name", "job", "name", "number::text", "'/jobs/' || number", true),
                new FreeText("job-script", "job", "script", "number::text", "'/jobs/' || number", false),
                new FreeText(
                        "job-environment", "job", "environment::text", "number::text", "'/jobs/' || number", false));
    }

    @Override
    public List<Obstacle> obstacles(PersonId person) {
        return jdbc.sql(
                        "SELECT number, name FROM job WHERE submitted_by = :person AND stage <> 'ENDED' ORDER BY number LIMIT 20")
                .param("person", person.value())
                .query((row, n) -> new Obstacle(
                        "privacy.obstacle.live-job",
                        List.of(row.getString("name"), row.getString("number")),
                        "/jobs/" + row.getString("number")))
                .list();
    }
}
