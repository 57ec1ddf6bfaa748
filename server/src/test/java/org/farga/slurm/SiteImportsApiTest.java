package org.farga.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.farga.HttpTest;
import org.farga.shared.CentreRole;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class SiteImportsApiTest extends HttpTest {
    @Autowired
    private ReconciliationTable table;

    @Autowired
    private Reconciler reconciler;

    @Autowired
    private Associations associations;

    private final String mark = UUID.randomUUID().toString().substring(0, 8);
    private final String cluster = "old-" + mark;
    private final String path = "/api/v1/slurm-clusters/" + cluster + "/imports";

    /** A site as it was: two departments, one of them with an account below, and users of whom some are known. */
    private final String dump = """
            Cluster - 'old':Fairshare=1:QOS='normal'
            Parent - 'root'
            User - 'root':DefaultAccount='root':AdminLevel='Administrator':Fairshare=1
            Account - 'physics-%1$s':Description='Physics %1$s':Organization='uni':Fairshare=1:GrpTRESMins=cpu=60000,gres/gpu=6000:GrpJobs=10
            Account - 'empty-%1$s':Description='x':Organization='uni':Fairshare=1
            Account - 'free-%1$s':Description='x':Organization='uni':Fairshare=1
            Parent - 'physics-%1$s'
            User - 'ana-%1$s':DefaultAccount='physics':Fairshare=1
            User - 'eva-%1$s':DefaultAccount='physics':Fairshare=1
            User - 'pau-%1$s':DefaultAccount='physics':Fairshare=1
            Parent - 'free-%1$s'
            User - 'ana-%1$s':DefaultAccount='physics':Fairshare=1
            """.formatted(mark);

    @BeforeEach
    void cluster() {
        table.ensure(cluster);
    }

    private ObjectNode request(Client lead, Client stranger, String organisation) {
        ObjectNode request = JSON.createObjectNode();
        request.put("dump", dump);
        request.put("organisation", organisation);
        request.put("until", Instant.now().plus(365, ChronoUnit.DAYS).toString());
        request.putArray("people")
                .add(JSON.createObjectNode().put("unixUser", "ana-" + mark).put("email", lead.email()))
                .add(JSON.createObjectNode().put("unixUser", "eva-" + mark).put("email", stranger.email()));
        return request;
    }

    private static JsonNode account(JsonNode answer, String name) {
        return StreamSupport.stream(answer.path("accounts").spliterator(), false)
                .filter(a -> a.path("account").asString().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aSiteIsShownThenTakenOverOnceAndSlurmNeedsNoChangeOfItsLimits() {
        Client ana = signUp("Ana");
        Client eva = signUp("Eva");
        Client administrator = staff(CentreRole.ADMINISTRATOR);
        String organisation = organisationOf(ana);
        ObjectNode request = request(ana, eva, organisation);

        JsonNode shown = administrator.post(path, request.toString()).expect(200);
        assertThat(shown.path("dryRun").asBoolean()).isTrue();
        JsonNode physics = account(shown, "physics-" + mark);
        assertThat(physics.path("verdict").asString()).isEqualTo("TAKEN_OVER");
        assertThat(physics.path("title").asString()).isEqualTo("Physics " + mark);
        assertThat(physics.path("gpuHours").asString()).startsWith("100");
        assertThat(physics.path("lead").asString()).isEqualTo(ana.person().toString());
        assertThat(physics.path("users").findValuesAsString("match"))
                .containsExactly("MATCHED", "OTHER_ORGANISATION", "UNKNOWN");
        assertThat(account(shown, "empty-" + mark).path("verdict").asString()).isEqualTo("NO_USERS");
        assertThat(account(shown, "free-" + mark).path("verdict").asString()).isEqualTo("NO_BUDGET");
        assertThat(account(shown, "root").path("verdict").asString()).isEqualTo("NOT_A_SITES");
        assertThat(shown.path("unmatched").valueStream().map(JsonNode::asString))
                .containsExactly("eva-" + mark, "pau-" + mark);
        assertThat(associations.allocationOf(cluster, "physics-" + mark)).isEmpty();

        request.put("dryRun", false);
        JsonNode done = administrator.post(path, request.toString()).expect(200);
        String project = account(done, "physics-" + mark).path("project").asString();
        assertThat(ana.get("/api/v1/projects/" + project)
                        .expect(200)
                        .path("name")
                        .asString())
                .isEqualTo("Physics " + mark);
        assertThat(associations.allocationOf(cluster, "physics-" + mark)).isPresent();
        assertThat(associations.personOf("ana-" + mark)).contains(ana.person());
        assertThat(associations.personOf("eva-" + mark))
                .as("who does not belong to the organisation keeps what they have in Slurm")
                .isEmpty();

        // What follows for Slurm: nothing but the account that ours would hang under.
        Plan plan = Plan.between(
                reconciler.desired(cluster), SlurmDump.read(dump).tree(), List.of("ana-" + mark)::contains);
        assertThat(plan.changes()).extracting(Change::subject).containsExactly("farga");

        JsonNode again = administrator.post(path, request.toString()).expect(200);
        assertThat(account(again, "physics-" + mark).path("verdict").asString()).isEqualTo("KNOWN");
    }

    @Test
    void whatIsWrongIsSaidAndOnlyAdministratorsTakeOver() {
        Client ana = signUp("Ana");
        ObjectNode request = request(ana, ana, organisationOf(ana));
        staff(CentreRole.OPERATOR)
                .post(path, request.toString())
                .expectProblem(403, "slurm-import-by-administrators-only");
        ana.post(path, request.toString()).expectProblem(404, "not-found");
        Client administrator = staff(CentreRole.ADMINISTRATOR);
        ObjectNode garbage = request.deepCopy().put("dump", "hello");
        assertThat(administrator
                        .post(path, garbage.toString())
                        .expectProblem(409, "slurm-dump-unreadable")
                        .path("detail")
                        .asString())
                .contains("line 1");
        ObjectNode past = request.deepCopy().put("until", "2020-01-01T00:00:00Z");
        administrator.post(path, past.toString()).expectProblem(422, "invalid-fields");
        ObjectNode nobody = request.deepCopy();
        nobody.putArray("people")
                .add(JSON.createObjectNode().put("unixUser", "x").put("email", "nobody-" + mark + "@example.org"));
        administrator.post(path, nobody.toString()).expectProblem(422, "invalid-fields");
        ObjectNode without = request.deepCopy();
        without.remove("dump");
        administrator.post(path, without.toString()).expectProblem(409, "slurm-unread");
    }
}
