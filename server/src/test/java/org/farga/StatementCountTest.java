package org.farga;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.farga.shared.CentreRole;
import org.farga.shared.ProjectId;
import org.farga.shared.RunId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Every list, as a page and in the API, takes few statements, and no more where there is more to list. What there is to
 * ask is found from the program itself: an address that this test does not know makes it fail.
 */
class StatementCountTest extends HttpTest {
    private static final int MOST_STATEMENTS = 8;
    private static final int FEW = 3;
    private static final int MANY = 30;

    /** One thing each, or what is not a list at all; what they take is not limited here, but may not grow either. */
    private static final Set<String> NOT_LISTS = Set.of(
            "/agreements/{id}",
            "/proposals/{id}/eligibility",
            "/api/v1/proposals/{id}/eligibility",
            "/api/v1/organisations/{id}/legal-entity",
            "/organisations/{id}/legal-entity",
            // A round is put together of all that decides it: proposals, reviewers, ties, pairs.
            "/calls/{idOrCode}/assignment",
            "/calls/{idOrCode}/assignment/{proposal}",
            "/api/v1/calls/{idOrCode}/assignment",
            "/api/v1/calls/{idOrCode}/assignment/proposals",
            "/api/v1/review-assignments/{proposal}",
            "/reviewer",
            "/reviewer/acceptance",
            "/reviewer/departure",
            "/reviewer/interests",
            "/reviewers/{reviewer}/load-limit",
            "/reviewers/{reviewer}/departure",
            "/calls/{idOrCode}/assignment/runs",
            "/calls/{idOrCode}/assignment/confirmation",
            "/calls/{idOrCode}/assignment/{proposal}/pairs",
            "/calls/{idOrCode}/assignment/{proposal}/pairs/{reviewer}/pin",
            "/calls/{idOrCode}/assignment/{proposal}/pairs/{reviewer}/removal",
            "/review-conflicts/{conflict}/decision",
            "/api/v1/reviewer",
            "/reviewers/{reviewer}",
            "/api/v1/reviewers/{reviewer}",
            "/aid/undertakings/{organisation}",
            "/api/v1/organisations/{organisation}/aid",
            "/organisations/{organisation}/aid",
            "/aid/ceilings",
            "/aid/funding-plans",
            "/aid/sources",
            "/aid/entries/{aid}",
            "/aid/letters/{aid}",
            "/aid/sources/{source}",
            "/aid/sources/{source}/market-values",
            "/aid/entries/{aid}/correction",
            "/aid/entries/{aid}/registration",
            "/aid/entries/{aid}/withdrawal",
            "/aid/undertakings/{organisation}/links/{link}/decision",
            "/aid/undertakings/{organisation}/links/{link}/end",
            "/allocations/{id}",
            "/allocations/{id}/funding",
            // What waits for whoever looks, of five kinds.
            "/awards",
            "/calls/{idOrCode}/award-terms",
            "/proposals/{id}/report",
            "/api/v1/allocation-requests/{request}",
            "/api/v1/allocations/{id}/requests",
            "/api/v1/calls/{idOrCode}/award-terms",
            "/api/v1/calls/{idOrCode}/queue",
            "/api/v1/proposals/{id}/acknowledgement",
            "/api/v1/proposals/{id}/conditions",
            "/api/v1/proposals/{id}/no-room",
            "/api/v1/proposals/{id}/report",
            "/api/v1/proposals/{id}/report.pdf",
            "/api/v1/aid/grants/{aid}",
            "/api/v1/aid/letters/{aid}",
            "/api/v1/aid/letters/{aid}/file.pdf",
            "/api/v1/aid/register.csv",
            "/api/v1/aid/sources/{source}",
            "/api/v1/allocations/{id}/funding",
            "/organisations/{organisation}/aid/declaration",
            "/organisations/{organisation}/aid/declaration/rows",
            "/organisations/{organisation}/aid/links",
            "/api/v1/agreements/{id}",
            "/api/v1/allocations/{id}",
            "/api/v1/allocations/{id}/ladder",
            "/api/v1/allocations/{id}/usage-by-day",
            "/api/v1/usage-reports",
            "/api/v1/usage-reports.csv",
            "/usage-report",
            "/api/v1/usage-imports/{id}",
            "/api/v1/usage-imports/{id}/rejected.csv",
            "/api/v1/slurm-clusters/{cluster}",
            "/api/v1/slurm-clusters/{cluster}/dump",
            "/api/v1/slurm-clusters/{cluster}/plan",
            "/clusters/{cluster}/slurm",
            "/clusters/{cluster}/slurm/dump",
            "/api/v1/audit.csv",
            "/api/v1/allocations/{id}/statement.csv",
            "/api/v1/calls/{idOrCode}",
            "/api/v1/datasets/{slug}",
            "/api/v1/datasets/{slug}/versions/{number}",
            "/api/v1/datasets/{slug}/versions/{number}/files/{*path}",
            "/api/v1/datasets/{slug}/versions/{number}/preview",
            "/api/v1/jobs/{id}",
            "/api/v1/me/erasure",
            "/api/v1/jobs/{id}/efficiency",
            "/api/v1/jobs/{id}/events",
            "/api/v1/jobs/{id}/log",
            "/api/v1/jobs/{id}/runs",
            "/api/v1/jobs/{id}/script",
            "/api/v1/models/{id}",
            "/api/v1/models/{id}/versions/{number}",
            "/api/v1/models/{id}/versions/{number}/lineage",
            "/api/v1/organisations/{id}",
            "/api/v1/organisations/{id}/size-declaration",
            "/api/v1/organisations/{id}/size-declaration/history",
            "/api/v1/projects/{idOrSlug}",
            "/api/v1/projects/{idOrSlug}/waste.csv",
            "/api/v1/waste.csv",
            "/api/v1/proposals/{id}",
            "/api/v1/proposals/{id}/attachments/{attachment}",
            "/api/v1/proposals/{id}/paper",
            "/api/v1/calls/{idOrCode}/attachment-limit",
            "/api/v1/sizing/estimate",
            "/api/v1/sizing/measured",
            "/proposals/{id}/attachments/{attachment}",
            "/proposals/{id}/paper",
            "/proposals/{id}/sizing",
            "/api/v1/runs/{id}",
            "/api/v1/runs/{id}/files/{*path}",
            "/api/v1/runs/{id}/metrics",
            "/calls/{idOrCode}",
            "/calls/{idOrCode}/rules",
            "/calls/{idOrCode}/description",
            "/calls/{idOrCode}/versions",
            "/api/v1/calls/{idOrCode}/versions",
            // Computed for what is asked in the address; without it there is nothing to count.
            "/api/v1/call-advice",
            // One review, the reviews of one proposal, and what the forms there lead back to; the table is the
            // ranking's.
            "/api/v1/reviews/{proposal}",
            "/reviews/{proposal}",
            "/reviews/{proposal}/submission",
            "/reviews/{proposal}/refusal",
            "/api/v1/proposals/{id}/reviews",
            "/api/v1/proposals/{id}/panel-finding",
            "/proposals/{id}/reviews",
            "/proposals/{id}/reviews/{number}/reopening",
            "/proposals/{id}/rebuttal",
            "/proposals/{id}/panel-finding",
            "/proposals/{id}/panel-confirmation",
            "/calls/{idOrCode}/ranking",
            "/api/v1/calls/{idOrCode}/ranking",
            "/api/v1/calls/{idOrCode}/ranking.csv",
            "/calls/{idOrCode}/ranking/hours",
            "/calls/{idOrCode}/ranking/decision-proposals",
            "/api/v1/cut-offs",
            "/datasets/{slug}",
            "/jobs/{id}",
            "/models/{id}",
            "/organisations/{id}",
            "/organisations/{id}/invitations",
            "/organisations/{id}/members",
            "/organisations/{id}/size-declaration",
            "/api/v1/audit/checkpoint",
            "/api/v1/audit/consistency",
            "/api/v1/runs/comparison",
            "/api/v1/runs/series",
            "/runs/comparison",
            "/runs/comparison.csv",
            "/runs/series.csv",
            "/api/v1/audit/export",
            "/api/v1/audit/checks/{id}",
            "/api/v1/audit/entries/{number}/proof",
            "/api/v1/centre/emergency-accesses/{id}",
            "/audit/entries/{number}",
            "/centre/emergency-access/{id}",
            // A list, but one that needs an emergency first.
            "/api/v1/centre/emergency-accesses/{id}/uses",
            // They gather what every module, the whole log or one's whole account has to say.
            "/account",
            "/account/data",
            "/account/proof",
            "/operations",
            "/api/v1/operations",
            "/audit/log",
            "/",
            "/problems/{name}",
            "/account/link/{provider}",
            "/account/passkeys/{id}/name",
            "/api/v1/lineage/{kind}/{id}",
            "/api/v1/me/data-exports/{id}",
            "/api/v1/me/data-exports/{id}/file",
            "/api/v1/models/{id}/versions/{number}/card",
            "/api/v1/models/{id}/versions/{number}/card/README.md",
            "/api/v1/models/{id}/versions/{number}/card/editions/{edition}",
            "/api/v1/organisations/{organisation}/closing",
            "/api/v1/organisations/{organisation}/closing/preview",
            "/api/v1/erasure-searches/{id}",
            "/api/v1/persons/{person}/erasure",
            "/centre/erasures/{person}",
            "/lineage/{kind}/{id}",
            "/models/{id}/versions/{number}/card",
            "/models/{id}/versions/{number}/content",
            "/models/{id}/versions/{number}/file",
            "/models/{id}/versions/{number}/image",
            "/models/{id}/versions/{number}/card/README.md",
            "/models/{id}/versions/{number}/card/edit",
            "/organisations/{organisation}/closing",
            "/organisations/{organisation}/service-accounts/{account}/tokens",
            "/runs/{id}/image",
            "/sign-in/back/{provider}",
            "/sign-in/step-up/{provider}",
            "/sign-in/with/{provider}",
            "/projects/{idOrSlug}",
            "/proposals/{id}",
            "/runs/{id}",
            "/runs/{id}/content",
            "/runs/{id}/file",
            // Forms, and what is for one who is not signed in.
            "/account/name",
            "/account/password",
            "/account/tokens",
            "/account/authenticator",
            "/account/authenticator/confirmation",
            "/account/email",
            "/account/email/verification",
            "/account/link",
            "/account/passkeys",
            "/account/recovery-codes",
            "/device/decision",
            "/email/confirmation",
            "/email/link",
            "/recovery/link",
            "/recovery/password",
            "/sign-in/passkey",
            "/sign-in/second-factor",
            "/sign-in/step-up",
            "/error",
            "/invitation",
            "/setup",
            "/sign-in",
            "/sign-up");

    @Autowired
    @Qualifier("requestMappingHandlerMapping")
    private RequestMappingHandlerMapping mappings;

    private Client ana;
    private Client centre;
    private Browser anaBrowses;
    private Browser centreBrowses;
    private String organisation = "";
    private String proposal = "";
    private UUID run;
    private UUID model;
    private UUID project = new UUID(0, 0);
    private UUID allocation = new UUID(0, 0);

    @BeforeEach
    void people() {
        ana = signUp("Ana");
        organisation = organisationOf(ana);
        centre = staff(
                CentreRole.ADMINISTRATOR,
                CentreRole.ACCESS_OFFICER,
                CentreRole.OPERATOR,
                CentreRole.DATA_STEWARD,
                CentreRole.AUDITOR);
        anaBrowses = new Browser(address()).signIn(ana.email(), PASSWORD);
        centreBrowses = new Browser(address()).signIn(centre.email(), PASSWORD);
        grow(FEW);
    }

    @Test
    void aListTakesAtMostEightStatementsAndNoMoreWhereItIsLonger() throws InterruptedException {
        Map<String, Integer> before = counts(new TreeMap<>());
        grow(MANY - FEW);
        Map<String, List<String>> said = new TreeMap<>();
        Map<String, Integer> after = counts(said);
        List<String> wrong = new ArrayList<>();
        after.forEach((request, count) -> {
            if (count > MOST_STATEMENTS) {
                wrong.add(request + " takes " + count + " statements:\n" + String.join("\n", said.get(request)));
            }
            if (count > before.get(request)) {
                wrong.add("%s takes %d statements with %d rows and %d with %d:%n%s"
                        .formatted(
                                request, before.get(request), FEW, count, MANY, String.join("\n", said.get(request))));
            }
        });
        assertThat(wrong).as(after.toString()).isEmpty();
        assertThat(after).as("lists that were asked for").hasSizeGreaterThan(40);
    }

    /** Asks for every list, as each actor who may; what each request took. */
    private Map<String, Integer> counts(Map<String, List<String>> said) throws InterruptedException {
        Map<String, Integer> counts = new TreeMap<>();
        Set<String> unseen = new TreeSet<>();
        for (String path : lists()) {
            String at = path;
            for (Map.Entry<String, String> filter : filtered(path).entrySet()) {
                at = path + filter.getValue();
                if (path.startsWith("/api/")) {
                    count("ana " + at, said, counts, at, true);
                    count("centre " + at, said, counts, at, true);
                } else {
                    count("ana " + at, said, counts, at, false);
                    count("centre " + at, said, counts, at, false);
                }
                if (!counts.containsKey(known("ana " + at)) && !counts.containsKey(known("centre " + at))) {
                    unseen.add(at);
                }
            }
        }
        assertThat(unseen).as("lists that nobody here could see").isEmpty();
        return counts;
    }

    private void count(String name, Map<String, List<String>> said, Map<String, Integer> counts, String at, boolean api)
            throws InterruptedException {
        boolean byAna = name.startsWith("ana ");
        String request = known(name);
        // Twice: the first may find something to be read once for all, such as what a cluster has. On a slow machine
        // what is kept
        // for a second only may have run out by then: once more.
        List<String> statements = List.of();
        for (int i = 0; i < 2 || i < 4 && statements.size() > MOST_STATEMENTS; i++) {
            String id = UUID.randomUUID().toString();
            int status = api
                    ? (byAna ? ana : centre).get(at, StatementCount.HEADER, id).status()
                    : (byAna ? anaBrowses : centreBrowses)
                            .get(at, StatementCount.HEADER, id)
                            .statusCode();
            statements = StatementCount.of(id);
            if (status == 403 || status == 404) {
                return; // it is the other's to see
            }
            if (status != 200) {
                return; // it needs more said than that: nobody sees it so
            }
        }
        counts.put(request, statements.size());
        said.put(request, statements);
    }

    private static String known(String name) {
        return name.replaceAll("[0-9a-f-]{36}", "…");
    }

    /** Every address that answers a GET with a list, its variables filled in. */
    private Set<String> lists() {
        Map<String, String> known = new HashMap<>();
        known.put("/api/v1/organisations/{id}/members", "/api/v1/organisations/" + organisation + "/members");
        known.put("/api/v1/organisations/{id}/invitations", "/api/v1/organisations/" + organisation + "/invitations");
        known.put("/api/v1/proposals/{id}/attachments", "/api/v1/proposals/" + proposal + "/attachments");
        known.put("/api/v1/proposals/{id}/assessments", "/api/v1/proposals/" + proposal + "/assessments");
        known.put("/api/v1/allocations/{id}/statement", "/api/v1/allocations/" + allocation + "/statement");
        known.put("/allocations/{id}/statement", "/allocations/" + allocation + "/statement");
        known.put("/api/v1/projects/{idOrSlug}/waste", "/api/v1/projects/" + project + "/waste");
        known.put("/projects/{idOrSlug}/waste", "/projects/" + project + "/waste");
        String version = "/models/" + model + "/versions/1";
        known.put("/api/v1/models/{id}/versions/{number}/card/editions", "/api/v1" + version + "/card/editions");
        for (String face : List.of("/api/v1", "")) {
            known.put(
                    face + "/organisations/{organisation}/service-accounts",
                    face + "/organisations/" + organisation + "/service-accounts");
        }
        for (String cluster : List.of(
                "/clusters/{name}",
                "/api/v1/clusters/{name}",
                "/api/v1/clusters/{name}/nodes",
                "/api/v1/clusters/{name}/queue")) {
            known.put(cluster, cluster.replace("{name}", "local"));
        }
        for (String aid : List.of("/aid-declarations", "/enterprise-links")) {
            known.put("/api/v1/organisations/{organisation}" + aid, "/api/v1/organisations/" + organisation + aid);
        }
        known.put("/organisations/{id}/providers", "/organisations/" + organisation + "/providers");
        known.put("/runs/{id}/folder", "/runs/" + run + "/folder");
        known.put("/models/{id}/versions/{number}/folder", version + "/folder");
        Set<String> lists = new TreeSet<>();
        List<String> unknown = new ArrayList<>();
        mappings.getHandlerMethods().forEach((mapping, handler) -> {
            boolean get = mapping.getMethodsCondition().getMethods().contains(RequestMethod.GET);
            if (!get || !handler.getBeanType().getName().startsWith("org.farga")) {
                return;
            }
            for (String pattern : mapping.getPathPatternsCondition().getPatternValues()) {
                if (pattern.startsWith("/mlflow/") || pattern.startsWith("/api/2.0/")) {
                    continue; // the protocol's, for programs
                }
                if (known.containsKey(pattern)) {
                    lists.add(known.get(pattern));
                } else if (NOT_LISTS.contains(pattern) || pattern.endsWith("/new") || pattern.equals("/runs/compare")) {
                    continue;
                } else if (pattern.contains("{")) {
                    unknown.add(pattern);
                } else {
                    lists.add(pattern);
                }
            }
        });
        assertThat(unknown)
                .as("Is it a list? Then say how it is asked for in lists(); else put it into NOT_LISTS.")
                .isEmpty();
        return lists;
    }

    /** A list as it is, and narrowed in the ways that have statements of their own. */
    private Map<String, String> filtered(String path) {
        Map<String, String> queries = new LinkedHashMap<>();
        queries.put("all", "");
        String noun = path.replaceFirst("^/api/v1", "");
        switch (noun) {
            case "/jobs" -> {
                queries.put("project", "?project=" + project);
                queries.put("state", "?state=FAILED");
            }
            case "/runs", "/models" -> queries.put("project", "?project=" + project);
            case "/datasets" -> queries.put("search", "?q=digits");
            case "/audit" -> queries.put("action", "?action=job.submitted");
            case "/waste", "/operations/waste" -> {
                queries.put("person", "?by=PERSON");
                queries.put("partition", "?by=PARTITION&sort=JOBS");
            }
            case "/usage" -> queries.put("all", "?project=" + project);
            case "/usage-reports", "/usage-reports.csv" -> {
                queries.put("all", "?scope=CENTRE");
                queries.put("project", "?scope=PROJECT&id=" + project);
            }
            default -> {}
        }
        return queries;
    }

    /** So many more of each thing that a list shows, all of Ana's organisation. */
    private void grow(int rows) {
        for (int i = 0; i < rows; i++) {
            UUID id = ProjectId.create().value();
            String short8 = id.toString().substring(28) + i;
            ana.post("/api/v1/organisations", """
                            {"name": "Org %s", "country": "ES"}""".formatted(short8)).expect(201);
            proposal = ana.post("/api/v1/proposals", """
                            {"call": "PLAYGROUND", "organisation": "%s"}""".formatted(organisation))
                    .expect(201)
                    .path("id")
                    .asString();
            if (i % 2 == 0) {
                handIn(proposal);
            }
            signUpInto(short8);
            ana.post("/api/v1/organisations/" + organisation + "/invitations", """
                    {"email": "%s@example.org", "role": "MEMBER"}""".formatted(short8))
                    .expect(201);
            ana.post("/api/v1/tokens", """
                    {"name": "token %s", "scopes": ["READ"], "days": 1}""".formatted(short8));
            rows(id, short8);
        }
    }

    /** What waits for an officer stands on the list of proposals twice. */
    private void handIn(String id) {
        jdbc.sql("""
                UPDATE proposal SET state = 'SUBMITTED', title = 'T', abstract = 'A', gpu_milliseconds = 0,
                    cpu_milliseconds = 3600000, duration_months = 1, civilian_use = true, no_prohibited_practice = true,
                    personal_data = false, submitted_at = now(), submitted_by = :ana, rules_version = 1, findings = '[]',
                    due_at = now() + interval '1 day'
                WHERE id = :id::uuid""").param("ana", ana.person().value()).param("id", id).update();
    }

    private void signUpInto(String name) {
        UUID person = ProjectId.create().value();
        jdbc.sql("""
                INSERT INTO person (id, email, name, language, created_at)
                VALUES (:id, :email, :name, 'en', now())""")
                .param("id", person)
                .param("email", "member-" + name + "@example.org")
                .param("name", "Member " + name)
                .update();
        jdbc.sql(
                        "INSERT INTO membership (organisation_id, person_id, role, since) VALUES (:o::uuid, :p, 'MEMBER', now())")
                .param("o", organisation)
                .param("p", person)
                .update();
        jdbc.sql("INSERT INTO centre_role (person_id, role, granted_at) VALUES (:p, 'AUDITOR', now())")
                .param("p", person)
                .update();
    }

    private void rows(UUID id, String name) {
        project = ProjectId.create().value();
        allocation = ProjectId.create().value();
        run = RunId.create().value();
        model = ProjectId.create().value();
        UUID dataset = ProjectId.create().value();
        long job = jdbc.sql("SELECT nextval('job_number')").query(Long.class).single();
        Map<String, Object> values = new HashMap<>(Map.of(
                "id", id,
                "name", name,
                "slug", "p-" + name,
                "organisation", UUID.fromString(organisation),
                "ana", ana.person().value(),
                "project", project,
                "allocation", allocation,
                "job", job,
                "run", run));
        values.put("model", model);
        values.put("dataset", dataset);
        values.put("sha", new byte[32]);
        values.put("hex", "0".repeat(64));
        for (String sql : List.of(
                """
                INSERT INTO aid_entry (id, kind, grant_id, organisation_id, beneficiary, tax_id, regime, regulation, member_state,
                    granted_on, amount_cents, authority, instrument, sector, reference, source_id, recorded_at, register_due_on)
                SELECT :id, 'GRANT', :id, :organisation, 'B', 'B1', 'DE_MINIMIS', 'R', 'ES', current_date, 1, 'A', 'GRANT', '62',
                    :name, min(s.id::text)::uuid, now(), current_date + 30 FROM aid_source s""",
                "INSERT INTO aid_letter (entry_id, language, used_cents) VALUES (:id, 'en', 0)",
                """
                INSERT INTO aid_declaration (id, organisation_id, tax_id, sector, declared_by, declared_at, valid_until, sha256)
                VALUES (:id, :organisation, 'B1', '62', :ana, now(), current_date, :sha)""",
                "INSERT INTO aid_enterprise (id, name, country, tax_id) VALUES (:id, 'Other', 'ES', :name)",
                """
                INSERT INTO aid_link (id, organisation_id, enterprise_id, named, relation, evidence, since, declared_by,
                    declared_at, state, decided_by, decided_at)
                VALUES (:id, :organisation, :id, 'Other', 'PARTNER', 'E', '2020-01-01', :ana, now(), 'CONFIRMED', :ana, now())""",
                """
                INSERT INTO aid_source (id, code, name, kind, authority, regime, changed_at)
                VALUES (:id, upper(:name), 'S', 'OWN', 'A', 'NONE', now())""",
                """
                INSERT INTO project (id, slug, name, organisation_id, opened_by_proposal_id, opened_at)
                VALUES (:project, :slug, :name, :organisation, :id, now())""",
                "INSERT INTO project_member (project_id, person_id, role, since) VALUES (:project, :ana, 'LEAD', now())",
                """
                INSERT INTO allocation (id, project_id, cluster, gpu_milliseconds, cpu_milliseconds, starts_at, ends_at,
                    proposal_id, proposal_code, call_title)
                VALUES (:allocation, :project, 'local', 360000000, 360000000, now() - interval '1 day',
                    now() + interval '1 day', :id, 'PG-2026-0001', 'Playground')""",
                """
                INSERT INTO job (number, name, project_id, allocation_id, cluster, submitted_by, submitted_at, script,
                    script_sha256, cpus, memory_mebibytes, gpus, time_limit_seconds, disk_mebibytes, environment, stage,
                    state, started_at, ended_at, exit_code, held_nodes, held_cpus, held_memory_mebibytes, held_gpus,
                    held_gpu_indexes)
                VALUES (:job, :name, :project, :allocation, 'local', :ana, now() - interval '1 hour', '#!/bin/sh', :sha, 1,
                    1, 0, 60, 1, '{}', 'ENDED', 'FAILED', now() - interval '30 minutes', now(), 1, 'node', 1, 1, 0, '{}')""",
                """
                INSERT INTO usage_record (job_id, job_name, allocation_id, cluster, person_id, started_at, ended_at,
                    duration_milliseconds, gpus, cpus, memory_mebibytes, gpu_milliseconds, cpu_milliseconds)
                VALUES (:job, :name, :allocation, 'local', :ana, '2026-11-01T10:00:00Z', '2026-11-01T10:00:01Z', 1000, 0, 1, 1,
                    0, 1000)""",
                """
                INSERT INTO waste_sum (month, cluster, partition_name, project_id, person_id, jobs, cpu_held_milliseconds,
                    cpu_measured_milliseconds, cpu_unused_milliseconds, memory_held_mebibyte_seconds,
                    memory_measured_mebibyte_seconds, memory_unused_mebibyte_seconds, gpu_held_milliseconds,
                    gpu_measured_milliseconds, gpu_unused_milliseconds, gpu_idle_milliseconds, time_asked_seconds,
                    time_unused_seconds)
                VALUES (date_trunc('month', now())::date, 'local', :slug, :project, :ana, 1, 9, 9, 5, 9, 9, 5, 9, 9, 5, 5, 9, 5)""",
                """
                INSERT INTO waste_project_sum (month, cluster, partition_name, project_id, jobs, cpu_held_milliseconds,
                    cpu_measured_milliseconds, cpu_unused_milliseconds, memory_held_mebibyte_seconds,
                    memory_measured_mebibyte_seconds, memory_unused_mebibyte_seconds, gpu_held_milliseconds,
                    gpu_measured_milliseconds, gpu_unused_milliseconds, gpu_idle_milliseconds, time_asked_seconds,
                    time_unused_seconds)
                VALUES (date_trunc('month', now())::date, 'local', :slug, :project, 1, 9, 9, 5, 9, 9, 5, 9, 9, 5, 5, 9, 5)""",
                """
                INSERT INTO energy_setting (id, cluster, valid_from, cpu_core_milliwatts, source, entered_at)
                VALUES (:id, 'local', date '1970-01-01' + CAST(:job AS int), 1, :name, now())""",
                """
                INSERT INTO experiment (project_id, number, name, created_at, changed_at)
                VALUES (:project, 0, 'Default', now(), now()) ON CONFLICT DO NOTHING""",
                """
                INSERT INTO run (id, job_id, project_id, name, started_by, state, started_at, ended_at, experiment, own)
                VALUES (:run, :job, :project, :name, :ana, 'FINISHED', now(), now(), 0, true)""",
                "INSERT INTO run_parameter (run_id, name, value) VALUES (:run, 'rate', '0.1')",
                """
                INSERT INTO run_metric (run_id, number, name, points, last_step, last_value, least, most)
                VALUES (:run, 1, 'loss', 1, 1, 0.5, 0.5, 0.5)""",
                """
                INSERT INTO model (id, project_id, name, created_at, changed_at, description)
                VALUES (:model, :project, :name, now(), now(), '')""",
                """
                INSERT INTO model_version (model_id, number, run_id, registered_at, registered_by, metrics, job_id, job_name,
                    script_sha256, allocation_id, cluster, proposal_id, proposal_code, call_title, project_slug,
                    project_name, organisation_id, organisation_name)
                VALUES (:model, 1, :run, now(), :ana, '[]', :job, :name, :hex, :allocation, 'local', :id, 'PG-2026-0001',
                    'Playground', :slug, :name, :organisation, 'Org')""",
                """
                INSERT INTO model_version_note (model_id, number, description, stage, changed_at)
                VALUES (:model, 1, '', 'None', now())""",
                """
                INSERT INTO dataset (id, slug, title, summary, licence, card, preview_public, created_by, created_at)
                VALUES (:dataset, 'd' || :slug, 'Digits of ' || :name, 'digits', 'CC-BY-4.0', 'card', true, :ana, now())""",
                """
                INSERT INTO dataset_terms (dataset_id, version, text, sha256, written_by, since)
                VALUES (:dataset, 1, 'Terms', sha256('Terms'), :ana, now())""",
                """
                INSERT INTO dataset_version (id, dataset_id, number, state, created_by, created_at, published_by,
                    published_at, files, size_bytes, manifest_sha256)
                VALUES (gen_random_uuid(), :dataset, 1, 'PUBLISHED', :ana, now(), :ana, now(), 1, 1, :sha)""",
                """
                INSERT INTO agreement (id, organisation_id, dataset_id, terms_version, terms_sha256, accepted_by, accepted_at)
                VALUES (:id, :organisation, :dataset, 1, sha256('Terms'), :ana, now())""",
                """
                INSERT INTO notification (id, person_id, at, message, arguments, link)
                VALUES (:id, :ana, now(), 'compute.told.completed', '["x"]', '/jobs')""",
                """
                INSERT INTO audit_entry (at, person_id, action, subject_type, subject_id, details)
                VALUES (now(), :ana, 'job.submitted', 'job', CAST(:job AS text), '{"name": "x"}')""")) {
            jdbc.sql(sql).params(values).update();
        }
    }
}
