package org.farga.hostile;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.farga.Browser;
import org.farga.HttpTest;
import org.farga.hostile.Wire.Request;
import org.farga.shared.CentreRole;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.session.Session;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A centre with two startups that may know nothing of each other, and everybody who may ask for something. */
abstract class HostileTest extends HttpTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    /** Days that are nobody else's. */
    private static final LocalDate FAR = LocalDate.of(2090, 1, 1);

    private static final AtomicInteger DAYS = new AtomicInteger();

    private static final Pattern FIELD = Pattern.compile("\\bname = \"([a-zA-Z]+)\"|\\bname=\"([a-zA-Z]+)\"");

    private static final Pattern CSRF = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");

    @Autowired
    private FindByIndexNameSessionRepository<? extends Session> sessions;

    /** As they were before anybody changed them. */
    private final Map<String, JsonNode> calls = new LinkedHashMap<>();

    private @Nullable UUID grantor;
    private @Nullable JsonNode document;
    private @Nullable List<String> formFields;

    /** Made once for all tests of this package: it takes real jobs, and they take seconds. */
    private static @Nullable World world;

    @Autowired
    @Qualifier("requestMappingHandlerMapping")
    private RequestMappingHandlerMapping mappings;

    /** Somebody who asks: by token on the API, by session on pages. A stranger has neither. */
    record Someone(String role, String token, String cookie, String csrf) {
        Wire.Request asks(Wire.Request request, boolean api) {
            Wire.Request asked = request;
            if (api && !token.isEmpty()) {
                asked = asked.with("Authorization", "Bearer " + token);
            }
            if (!api && cookie.isEmpty() && !token.isEmpty()) {
                asked = asked.with("Authorization", "Bearer " + token);
            }
            if (!api && !cookie.isEmpty()) {
                asked = asked.with("Cookie", "farga_session=" + cookie).with("X-CSRF-TOKEN", csrf);
            }
            return asked;
        }
    }

    /** The whole stage: two tenants, one call of its own, and the centre's people. */
    record World(Tenant own, Tenant foreign, String call, Map<String, Someone> people, Map<String, Client> clients) {
        Someone person(String role) {
            return java.util.Objects.requireNonNull(people.get(role), role);
        }
    }

    List<Endpoint> endpoints() {
        return Endpoint.all(mappings);
    }

    World world() {
        synchronized (HostileTest.class) {
            if (world == null) {
                world = build();
            }
            return world;
        }
    }

    Wire wire() {
        return new Wire(address());
    }

    // ------------------------------------------------------------------ who asks

    static final String STRANGER = "stranger";
    static final String OUTSIDER = "outsider";

    /**
     * Everybody who asks, by role. A role is one line: who it is, and with which scopes the token came where not all. The
     * outsiders are everybody of the foreign startup: each must be answered as the others are.
     */
    private Map<String, Someone> people(Tenant own, Tenant foreign, String call, Map<String, Client> clients) {
        Map<String, Someone> people = new LinkedHashMap<>();
        people.put(STRANGER, new Someone(STRANGER, "", "", ""));
        put(people, clients, OUTSIDER, foreign.owner());
        put(people, clients, OUTSIDER + "-lead", foreign.lead());
        put(people, clients, OUTSIDER + "-project-member", foreign.projectMember());
        put(people, clients, OUTSIDER + "-member", foreign.member());
        put(people, clients, "member", own.member());
        put(people, clients, "owner", own.owner());
        put(people, clients, "project-member", own.projectMember());
        put(people, clients, "lead", own.lead());
        for (CentreRole role : CentreRole.values()) {
            put(people, clients, role.name().toLowerCase(java.util.Locale.ROOT), staff(role));
        }
        put(people, clients, "assessor", assessor(call));
        put(people, clients, "token-without-read", own.owner(), "WRITE", "COMPUTE", "CENTRE");
        put(people, clients, "token-without-write", own.owner(), "READ", "COMPUTE", "CENTRE");
        put(people, clients, "token-without-compute", own.owner(), "READ", "WRITE", "CENTRE");
        put(people, clients, "admin-token-without-centre", staff(CentreRole.ADMINISTRATOR), "READ", "WRITE", "COMPUTE");
        return people;
    }

    /** By all rights of that person, or with a token of these scopes and no session. */
    private void put(
            Map<String, Someone> people, Map<String, Client> clients, String role, Client client, String... scopes) {
        if (scopes.length > 0) {
            people.put(role, new Someone(role, token(client, scopes), "", ""));
            return;
        }
        clients.put(role, client);
        people.put(role, signedIn(role, client));
    }

    /** With a session of its own, made without the quarter of a second that a password takes to be checked. */
    private Someone signedIn(String role, Client client) {
        String cookie = session(client);
        Wire.Reply page;
        try {
            page = wire().send(Request.of("GET", "/account")
                    .with("Accept", "text/html")
                    .with("Cookie", "farga_session=" + cookie));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var csrf = CSRF.matcher(page.body());
        assertThat(csrf.find()).as(page.body()).isTrue();
        return new Someone(role, client.token(), cookie, csrf.group(1));
    }

    private String session(Client client) {
        return session(sessions, client.person().toString());
    }

    private static <S extends Session> String session(FindByIndexNameSessionRepository<S> sessions, String person) {
        S session = sessions.createSession();
        session.setAttribute("farga.person", person);
        session.setAttribute(FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME, person);
        session.setAttribute("farga.signed-in", "at=" + Instant.now() + "&methods=PASSWORD&second-factor=true");
        sessions.save(session);
        return Base64.getEncoder().encodeToString(session.getId().getBytes(StandardCharsets.UTF_8));
    }

    /** The same person with a session that may be spoiled; a stranger's begins with the form for signing in. */
    Someone again(World world, Someone who) {
        Client client = world.clients().get(who.role());
        if (client != null) {
            return signedIn(who.role(), client);
        }
        if (!who.token().isEmpty()) {
            return who;
        }
        Browser browser = new Browser(address());
        String csrf = browser.csrf("/sign-in");
        return new Someone(who.role(), "", browser.session(), csrf);
    }

    String token(Client client, String... scopes) {
        ObjectNode body = JSON.createObjectNode().put("name", "trial").put("lifeDays", 7);
        for (String scope : scopes) {
            body.withArray("/scopes").add(scope);
        }
        return client.post("/api/v1/tokens", body.toString())
                .expect(201)
                .path("secret")
                .asString();
    }

    // ------------------------------------------------------------------ what there is

    World build() {
        String call = "HOSTILE-" + Long.toString(System.nanoTime(), 36).toUpperCase(java.util.Locale.ROOT);
        jdbc.sql("""
                        WITH made AS (
                            INSERT INTO call (id, code, code_prefix, title, mode, summary, opens_at, published_at, rules_version)
                            SELECT gen_random_uuid(), :code, 'HO', title, mode, summary, opens_at, published_at, 1
                            FROM call WHERE code = 'PLAYGROUND' RETURNING id)
                        INSERT INTO call_rules (call_id, version, since, parameters)
                        SELECT made.id, 1, r.since, jsonb_set(r.parameters, '{liveAwardsPerOrganisation}', '1') FROM made, call_rules r JOIN call c ON c.id = r.call_id
                        WHERE c.code = 'PLAYGROUND' AND r.version = 1""").param("code", call).update();
        Client steward = staff(CentreRole.DATA_STEWARD);
        Tenant own = tenant(call, steward);
        Tenant foreign = tenant(call, steward);
        Map<String, Client> clients = new LinkedHashMap<>();
        return new World(own, foreign, call, people(own, foreign, call, clients), clients);
    }

    private static String marker() {
        byte[] random = new byte[6];
        new SecureRandom().nextBytes(random);
        return "zq" + HexFormat.of().formatHex(random);
    }

    private Tenant tenant(String call, Client steward) {
        String marker = marker();
        Client owner = signUp(marker + "o");
        Client lead = signUp(marker + "l");
        Client projectMember = signUp(marker + "p");
        Client member = signUp(marker + "m");
        String organisation = owner.post("/api/v1/organisations", """
                        {"name": "Forja %s SL", "country": "ES"}""".formatted(marker))
                .expect(201)
                .path("id")
                .asString();
        for (Client one : List.of(lead, projectMember, member)) {
            join(organisation, one.person().value());
        }
        owner.put("/api/v1/organisations/" + organisation + "/size-declaration", """
                        {"year": 2025, "staff": 9, "turnoverEur": 800000, "balanceSheetEur": 400000, "linkedEnterprises": []}""")
                .expect(200);
        String draft = proposal(owner, call, organisation, marker, "DRAFT");
        String awarded = proposal(owner, call, organisation, marker, "AWARDED");
        String submitted = proposal(owner, call, organisation, marker, "SUBMITTED");
        JsonNode opened = await(() -> owner.get("/api/v1/proposals/" + awarded).expect(200), p -> p.has("project"));
        JsonNode project = await(
                () -> owner.get("/api/v1/projects/" + opened.path("project").asString())
                        .expect(200),
                p -> !p.path("allocations").isEmpty());
        String projectId = project.path("id").asString();
        String members = "/api/v1/projects/" + projectId + "/members/";
        owner.put(members + lead.person(), "{\"role\": \"LEAD\"}").expect(200);
        lead.put(members + projectMember.person(), "{\"role\": \"MEMBER\"}").expect(200);
        // So that what an owner may do is not what a lead may.
        lead.delete(members + owner.person()).expect(204);
        String allocation = project.path("allocations").get(0).path("id").asString();

        // Everybody may see that there is such a dataset: its name holds no marker, its rows do.
        String dataset = "set-" + marker().substring(2);
        steward.post("/api/v1/datasets", """
                        {"slug": "%s", "title": "Public", "summary": "Public", "licence": "CC-BY-4.0",
                         "terms": "Name the source.", "card": "# Card", "previewPublic": false}""".formatted(dataset)).expect(201);
        for (int version = 1; version <= 2; version++) {
            steward.post("/api/v1/datasets/" + dataset + "/versions", "{}").expect(201);
            upload(steward, dataset, version, "x,y\n1,secret-" + marker + "\n");
            if (version == 1) {
                steward.put("/api/v1/datasets/" + dataset + "/versions/1/publication", null)
                        .expect(200);
            }
        }
        String terms = owner.get("/api/v1/datasets/" + dataset)
                .expect(200)
                .path("terms")
                .path("sha256")
                .asString();
        String agreement = owner.post("/api/v1/datasets/" + dataset + "/agreements", """
                        {"organisation": "%s", "termsSha256": "%s"}""".formatted(organisation, terms))
                .expect(201)
                .path("agreement")
                .asString();
        assertThat(agreement).isNotEmpty();

        ObjectNode order = order(allocation, "job " + marker, """
                #!/bin/sh
                # %1$s
                echo log of %1$s
                echo '{"param":"seed-%1$s","value":"42"}' >> "$FARGA_METRICS"
                echo '{"name":"loss","step":1,"value":0.5}' >> "$FARGA_METRICS"
                echo '{"weights": "%1$s"}' > "$FARGA_OUTPUT/model.json"
                """.formatted(marker));
        order.put("model", "model " + marker);
        String job = lead.post("/api/v1/jobs", order.toString())
                .expect(201)
                .path("id")
                .asString();
        await(() -> lead.get("/api/v1/jobs/" + job).expect(200), j -> j.has("endedAt"));
        String model = await(
                        () -> lead.get("/api/v1/models?project=" + projectId).expect(200),
                        m -> !m.path("items").isEmpty())
                .path("items")
                .get(0)
                .path("id")
                .asString();
        String run = lead.get("/api/v1/runs?project=" + projectId)
                .expect(200)
                .path("items")
                .get(0)
                .path("id")
                .asString();
        String notification = UUID.randomUUID().toString();
        jdbc.sql("""
                        INSERT INTO notification (id, person_id, at, message, arguments, link, once_key)
                        SELECT :id, :owner, at, message, arguments, link, :id::text FROM notification
                        WHERE person_id = ANY (:people) ORDER BY at LIMIT 1""")
                .param("id", UUID.fromString(notification))
                .param("owner", owner.person().value())
                .param(
                        "people",
                        new UUID[] {owner.person().value(), lead.person().value()})
                .update();
        List<String> secrets = new ArrayList<>();
        for (Client one : List.of(owner, lead, projectMember, member)) {
            secrets.add(one.token());
        }
        String link = owner.post("/api/v1/organisations/" + organisation + "/invitations", """
                        {"email": "guest-%s@example.org", "role": "MEMBER"}""".formatted(marker))
                .expect(201)
                .path("link")
                .asString();
        secrets.add(link.replaceFirst(".*=", ""));
        return new Tenant(
                marker,
                owner,
                lead,
                projectMember,
                member,
                organisation,
                draft,
                submitted,
                awarded,
                projectId,
                project.path("slug").asString(),
                allocation,
                job,
                run,
                model,
                agreement,
                dataset,
                notification,
                List.of(
                        organisation,
                        draft,
                        submitted,
                        awarded,
                        projectId,
                        allocation,
                        run,
                        model,
                        agreement,
                        notification,
                        owner.person().toString(),
                        lead.person().toString(),
                        projectMember.person().toString(),
                        member.person().toString()),
                List.copyOf(secrets));
    }

    private void join(String organisation, UUID person) {
        jdbc.sql("INSERT INTO membership (organisation_id, person_id, role, since) VALUES (:o, :p, 'MEMBER', now())")
                .param("o", UUID.fromString(organisation))
                .param("p", person)
                .update();
    }

    private void upload(Client steward, String dataset, int version, String content) {
        try {
            Wire.Reply reply = wire().send(new Wire.Request(
                            "PUT",
                            "/api/v1/datasets/" + dataset + "/versions/" + version + "/files/rows.csv",
                            List.of(),
                            content.getBytes(StandardCharsets.UTF_8))
                    .with("Authorization", "Bearer " + steward.token())
                    .with("Content-Type", "application/octet-stream"));
            assertThat(reply.status()).as(reply.body()).isEqualTo(201);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** A document of what this tenant submitted; whoever removes it there is refused. */
    private String freshAttachment(Tenant tenant) {
        UUID id = UUID.randomUUID();
        jdbc.sql("""
                INSERT INTO proposal_attachment (id, proposal_id, name, file_type, size_bytes, sha256, uploaded_by, uploaded_at)
                SELECT :id, id, :name, 'TXT', 5, sha256('plan'), created_by, now() FROM proposal WHERE id = :proposal""")
                .param("id", id)
                .param("name", id + ".txt")
                .param("proposal", UUID.fromString(tenant.submitted()))
                .update();
        jdbc.sql("INSERT INTO proposal_attachment_content (attachment_id, content) VALUES (:id, 'plan ')")
                .param("id", id)
                .update();
        return id.toString();
    }

    /** A proposal; an organisation's second under this call is left to a person to decide. */
    private String proposal(Client author, String call, String organisation, String marker, String state) {
        String id = author.post("/api/v1/proposals", """
                        {"call": "%s", "organisation": "%s"}""".formatted(call, organisation))
                .expect(201)
                .path("id")
                .asString();
        String path = "/api/v1/proposals/" + id;
        Answered saved = author.patch(
                path,
                """
                        {"title": "Study %s", "abstract": "About %s.", "gpuHours": 0, "cpuHours": 10, "durationMonths": 1,
                         "civilianUse": true, "noProhibitedPractice": true, "personalData": false}""".formatted(marker, marker),
                "If-Match",
                author.get(path).header("ETag"));
        saved.expect(200);
        if (!state.equals("DRAFT")) {
            JsonNode became = author.put(path + "/submission", null, "If-Match", saved.header("ETag"))
                    .expect(200);
            assertThat(became.path("state").asString()).isEqualTo(state);
        }
        return id;
    }

    static ObjectNode order(String allocation, String name, String script) {
        return JSON.createObjectNode()
                .put("allocation", allocation)
                .put("name", name)
                .put("script", script)
                .put("cpus", 1)
                .put("memoryMebibytes", 128)
                .put("gpus", 0)
                .put("timeLimitSeconds", 20);
    }

    private static JsonNode await(Supplier<JsonNode> ask, java.util.function.Predicate<JsonNode> wish) {
        Instant deadline = Instant.now().plus(SOON);
        while (true) {
            JsonNode now = ask.get();
            if (wish.test(now)) {
                return now;
            }
            assertThat(Instant.now()).as("still " + now).isBefore(deadline);
            try {
                Thread.sleep(100);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    // ------------------------------------------------------------------ values

    /**
     * The value of a path's variable for things of this tenant, by the word before it. Where an allowed request would use
     * a thing up, each request gets a fresh one. A variable that is not here fails the tests: give it a line.
     */
    final Map<String, Function<Tenant, String>> variables = new LinkedHashMap<>();

    {
        variables.put("organisations/id", Tenant::organisation);
        variables.put("members/person", this::freshMember);
        variables.put("invitations/invitation", this::freshInvitation);
        variables.put("projects/idOrSlug", Tenant::project);
        variables.put("allocations/id", Tenant::allocation);
        variables.put("proposals/id", Tenant::submitted);
        variables.put("reviews/proposal", Tenant::submitted);
        variables.put("reviews/number", t -> "1");
        variables.put("calls/idOrCode", t -> "");
        variables.put("attachments/name", t -> "plan.txt");
        variables.put("attachments/attachment", this::freshAttachment);
        variables.put("steps/step", t -> "ADMINISTRATIVE_CHECK");
        variables.put("exceptions/rule", t -> "LIVE_AWARDS");
        variables.put("findings/rule", t -> "LIVE_AWARDS");
        variables.put(
                "closed-days/day", t -> FAR.plusDays(DAYS.getAndIncrement()).toString());
        variables.put("clusters/name", t -> "local");
        variables.put("datasets/slug", Tenant::dataset);
        variables.put("versions/number", t -> "1");
        variables.put("files/path", t -> "/rows.csv");
        variables.put("jobs/id", Tenant::job);
        variables.put("runs/id", Tenant::run);
        variables.put("models/id", Tenant::model);
        variables.put("agreements/id", Tenant::agreement);
        variables.put("notifications/id", Tenant::notification);
        variables.put("tokens/id", this::freshToken);
        variables.put("sessions/handle", this::freshSession);
        variables.put("persons/id", this::freshMember);
        variables.put("staff/person", this::freshMember);
        variables.put("centre-roles/role", t -> "AUDITOR");
        variables.put("roles/role", t -> "AUDITOR");
        variables.put("entries/number", t -> "1");
        variables.put("checks/id", this::freshCheck);
        // An event that failed is the centre's own; there is none here.
        variables.put("events/id", t -> UUID.randomUUID().toString());
        variables.put("scoped-roles/id", t -> scopedRole(UUID.fromString(freshMember(t)), "COORDINATOR", "health"));
        variables.put("emergency-access/id", this::freshEmergency);
        variables.put("emergency-accesses/id", this::freshEmergency);
        variables.put("organisations/organisation", Tenant::organisation);
        variables.put("service-accounts/account", this::freshServiceAccount);
        // Tokens of a service account, and passkeys, are made by their own doors; these name none.
        variables.put("tokens/token", t -> UUID.randomUUID().toString());
        variables.put("passkeys/id", t -> UUID.randomUUID().toString());
        variables.put("factor-resets/id", this::freshFactorReset);
        variables.put("editions/edition", t -> "1");
        variables.put("lineage/kind", t -> "run");
        variables.put("lineage/id", Tenant::run);
        variables.put("mlflow/project", Tenant::projectSlug);
        variables.put("logged-models/model", t -> "m-" + t.model());
        variables.put("tags/tag", t -> "tag");
        for (String folder : List.of("artifacts", "create", "complete", "abort")) {
            variables.put(folder + "/path", t -> "/" + t.run() + "/artifacts/model.json");
        }
        variables.put("pieces/upload", t -> UUID.randomUUID().toString());
        variables.put("pieces/number", t -> "1");
        variables.put("slurm-clusters/cluster", this::slurmCluster);
        variables.put("clusters/cluster", this::slurmCluster);
        variables.put("problems/name", t -> "call-closed");
        variables.put("consents/purpose", t -> "NEWS_MAIL");
        variables.put("retention/rule", t -> "notifications");
        variables.put("data-exports/id", this::freshDataExport);
        variables.put("erasure-searches/id", this::freshErasureSearch);
        variables.put("erasures/person", this::freshMember);
        variables.put("usage-imports/id", this::freshUsageImport);
        variables.put("usage-rates/id", this::freshUsageRate);
        variables.put("rates/id", this::freshUsageRate);
        variables.put("storage-rates/id", this::freshStorageRate);
        variables.put("energy-settings/id", this::freshEnergySetting);
        variables.put("energy/id", this::freshEnergySetting);
        variables.put("identities/id", this::freshIdentity);
        variables.put("reviewers/reviewer", this::freshReviewer);
        variables.put("pairs/reviewer", this::freshReviewer);
        variables.put("assignment/proposal", Tenant::submitted);
        variables.put("review-assignments/proposal", Tenant::submitted);
        variables.put("review-assignments/reviewer", this::freshReviewer);
        variables.put("review-conflicts/conflict", this::freshConflict);
        // Interests are a reviewer's own; nobody here is one.
        variables.put("interests/interest", t -> UUID.randomUUID().toString());
        variables.put("grants/aid", this::freshAid);
        variables.put("entries/aid", this::freshAid);
        variables.put("letters/aid", this::freshAid);
        variables.put("links/link", this::freshEnterpriseLink);
        variables.put("sources/source", this::freshFundingSource);
        variables.put("undertakings/organisation", Tenant::organisation);
        variables.put("persons/person", this::freshMember);
        variables.put("allocation-requests/request", this::freshAllocationRequest);
        variables.put("conditions/number", t -> "1");
        variables.put("referrals/referral", this::freshReferral);
        // Providers are the centre's; this one is in the tests' settings.
        for (String folder : List.of("back", "link", "providers", "signed-out-there", "step-up", "with")) {
            variables.put(folder + "/provider", t -> "good");
        }
    }

    /** The endpoint's path for things of this tenant. */
    String path(Endpoint endpoint, World world, Tenant tenant) {
        List<String> values = new ArrayList<>();
        for (String variable : endpoint.variables()) {
            // PermissionsTest holds that there is none that is unknown.
            Function<Tenant, String> value =
                    variables.getOrDefault(variable, t -> UUID.randomUUID().toString());
            String text = switch (variable) {
                case "calls/idOrCode" -> world.call();
                case "files/path" -> endpoint.path().contains("/runs/") ? "/model.json" : value.apply(tenant);
                default -> value.apply(tenant);
            };
            // A variable for the rest of the path begins with its slash.
            values.add(endpoint.path().contains("/{*") && variable.endsWith("/path") ? text.substring(1) : text);
        }
        return endpoint.filled(values);
    }

    private String freshAllocationRequest(Tenant tenant) {
        UUID request = UUID.randomUUID();
        // Already withdrawn: of those that are open there is one of a kind.
        jdbc.sql("""
                        INSERT INTO allocation_request (id, allocation_id, kind, state, reason, asked_by, asked_at, due_at, decided_at)
                        SELECT :id, :allocation, 'SUSPEND', 'WITHDRAWN', :reason, m.person_id, now(), now(), now()
                        FROM allocation a JOIN project_member m ON m.project_id = a.project_id AND m.role = 'LEAD'
                        WHERE a.id = :allocation""")
                .param("id", request)
                .param("allocation", UUID.fromString(tenant.allocation()))
                .param("reason", "Fresh " + tenant.marker())
                .update();
        return request.toString();
    }

    private String freshReferral(Tenant tenant) {
        UUID referral = UUID.randomUUID();
        jdbc.sql("""
                        INSERT INTO referral (id, name, text, contact, set_by, set_at)
                        SELECT :id, :name, 'Another centre', 'https://example.org', id, now() FROM person LIMIT 1""")
                .param("id", referral)
                .param("name", "Referral " + referral)
                .update();
        return referral.toString();
    }

    private String freshMember(Tenant tenant) {
        UUID person = UUID.randomUUID();
        jdbc.sql("""
                        INSERT INTO person (id, email, name, language, created_at)
                        VALUES (:id, :email, :name, 'en', now())""")
                .param("id", person)
                .param("email", "fresh-" + person + "@example.org")
                .param("name", "Fresh " + tenant.marker())
                .update();
        join(tenant.organisation(), person);
        jdbc.sql("INSERT INTO project_member (project_id, person_id, role, since) VALUES (:p, :id, 'MEMBER', now())")
                .param("p", UUID.fromString(tenant.project()))
                .param("id", person)
                .update();
        return person.toString();
    }

    private String freshReviewer(Tenant tenant) {
        String person = freshMember(tenant);
        jdbc.sql("""
                        INSERT INTO reviewer (person_id, state, load_limit, invited_by, invited_at, since)
                        VALUES (:id, 'ACTIVE', 5, :by, now(), now())""")
                .param("id", UUID.fromString(person))
                .param("by", tenant.owner().person().value())
                .update();
        return person;
    }

    private String freshConflict(Tenant tenant) {
        UUID id = UUID.randomUUID();
        jdbc.sql("""
                        INSERT INTO review_conflict (id, proposal_id, person_id, kind, subject_id, found_at, state)
                        VALUES (:id, :proposal, :person, 'SAME_ORGANISATION', :organisation, now(), 'OPEN')""")
                .param("id", id)
                .param("proposal", UUID.fromString(tenant.submitted()))
                .param("person", UUID.fromString(freshReviewer(tenant)))
                .param("organisation", UUID.fromString(tenant.organisation()))
                .update();
        return id.toString();
    }

    private String freshErasureSearch(Tenant tenant) {
        UUID id = UUID.randomUUID();
        jdbc.sql("INSERT INTO erasure_search (id, person_id, asked_by, asked_at) VALUES (:id, :person, :person, now())")
                .param("id", id)
                .param("person", UUID.fromString(freshMember(tenant)))
                .update();
        return id.toString();
    }

    private String freshInvitation(Tenant tenant) {
        UUID id = UUID.randomUUID();
        jdbc.sql("""
                        INSERT INTO invitation (id, organisation_id, email, role, sha256, invited_by, created_at, expires_at)
                        VALUES (:id, :organisation, :email, 'MEMBER', :sha256, :by, now(), :expires)""")
                .param("id", id)
                .param("organisation", UUID.fromString(tenant.organisation()))
                .param("email", "fresh-" + id + "@example.org")
                .param("sha256", sha256())
                .param("by", tenant.owner().person().value())
                .param("expires", tomorrow())
                .update();
        return id.toString();
    }

    private String freshDataExport(Tenant tenant) {
        UUID id = UUID.randomUUID();
        jdbc.sql("INSERT INTO data_export (id, person_id, asked_at) VALUES (:id, :person, now())")
                .param("id", id)
                .param("person", tenant.owner().person().value())
                .update();
        return id.toString();
    }

    private String freshIdentity(Tenant tenant) {
        UUID id = UUID.randomUUID();
        jdbc.sql("""
                        INSERT INTO external_identity (id, person_id, provider, issuer, subject, linked_at, last_used_at)
                        VALUES (:id, :person, 'good', 'https://idp.example.org', :subject, now(), now())""")
                .param("id", id)
                .param("person", tenant.owner().person().value())
                .param("subject", id.toString())
                .update();
        return id.toString();
    }

    private String freshToken(Tenant tenant) {
        UUID id = UUID.randomUUID();
        jdbc.sql("""
                        INSERT INTO api_token (id, person_id, name, sha256, scopes, created_at, expires_at)
                        VALUES (:id, :person, 'fresh', :sha256, ARRAY['READ'], now(), :expires)""")
                .param("id", id)
                .param("person", tenant.owner().person().value())
                .param("sha256", sha256())
                .param("expires", tomorrow())
                .update();
        return id.toString();
    }

    private String slurmCluster(Tenant tenant) {
        jdbc.sql("INSERT INTO slurm_reconciliation (cluster) VALUES ('hostile') ON CONFLICT DO NOTHING")
                .update();
        return "hostile";
    }

    private String freshCheck(Tenant tenant) {
        UUID id = UUID.randomUUID();
        jdbc.sql("INSERT INTO audit_check (id, asked_by, asked_at) VALUES (:id, :by, now())")
                .param("id", id)
                .param("by", tenant.owner().person().value())
                .update();
        return id.toString();
    }

    /** Opened by somebody else, so that whoever may review it can. */
    private String freshEnergySetting(Tenant tenant) {
        UUID id = UUID.randomUUID();
        jdbc.sql("""
                        INSERT INTO energy_setting (id, cluster, valid_from, cpu_core_milliwatts, source, entered_at)
                        SELECT :id, 'local', coalesce(min(valid_from), date '1900-01-01') - 1, 1, :marker, now()
                        FROM energy_setting""").param("id", id).param("marker", tenant.marker()).update();
        return id.toString();
    }

    private String freshAid(Tenant tenant) {
        UUID id = UUID.randomUUID();
        jdbc.sql("""
                        INSERT INTO aid_entry (id, kind, grant_id, organisation_id, beneficiary, tax_id, regime, regulation,
                            member_state, granted_on, amount_cents, authority, instrument, sector, reference, source_id,
                            recorded_at, register_due_on)
                        SELECT :id, 'GRANT', :id, :organisation, :marker, 'B1', 'GBER_25', 'R', 'ES', current_date, 1, 'A', 'GRANT',
                               '62', :marker, min(s.id::text)::uuid, now(), current_date + 30 FROM aid_source s""")
                .param("id", id)
                .param("organisation", UUID.fromString(tenant.organisation()))
                .param("marker", tenant.marker())
                .update();
        jdbc.sql("INSERT INTO aid_letter (entry_id, language, used_cents) VALUES (:id, 'en', 0)")
                .param("id", id)
                .update();
        return id.toString();
    }

    private String freshEnterpriseLink(Tenant tenant) {
        UUID id = UUID.randomUUID();
        jdbc.sql(
                        "INSERT INTO aid_enterprise (id, name, country, tax_id) VALUES (:id, 'Other', 'ES', CAST(:id AS text))")
                .param("id", id)
                .update();
        jdbc.sql("""
                        INSERT INTO aid_link (id, organisation_id, enterprise_id, named, relation, evidence, since, declared_by,
                            declared_at, state)
                        VALUES (:id, :organisation, :id, :marker, 'PARTNER', 'E', '2020-01-01', :by, now(), 'DECLARED')""")
                .param("id", id)
                .param("organisation", UUID.fromString(tenant.organisation()))
                .param("marker", tenant.marker())
                .param("by", tenant.owner().person().value())
                .update();
        return id.toString();
    }

    private String freshFundingSource(Tenant tenant) {
        UUID id = UUID.randomUUID();
        jdbc.sql("""
                        INSERT INTO aid_source (id, code, name, kind, authority, regime, changed_at)
                        VALUES (:id, :code, :marker, 'OWN', 'A', 'NONE', now())""")
                .param("id", id)
                .param("code", "H-" + id.toString().substring(0, 8).toUpperCase(java.util.Locale.ROOT))
                .param("marker", tenant.marker())
                .update();
        return id.toString();
    }

    private String freshUsageImport(Tenant tenant) {
        UUID id = UUID.randomUUID();
        jdbc.sql("""
                        INSERT INTO usage_import (id, cluster, zone, name, started_by, started_at, changed_at)
                        VALUES (:id, 'local', 'UTC', 'sacct.txt', :by, now(), now())""")
                .param("id", id)
                .param("by", tenant.owner().person().value())
                .update();
        return id.toString();
    }

    /** One that is not in force yet: such can be taken back. */
    private String freshUsageRate(Tenant tenant) {
        UUID id = UUID.randomUUID();
        jdbc.sql("""
                        INSERT INTO usage_rate (id, cluster, partition_name, since, unit, formula, cpu_hour,
                            memory_gibibyte_hour, gpu_hour, set_by, set_at)
                        VALUES (:id, 'local', CAST(:id AS text), now() + interval '1 year', 'credit', 'SUM', 1, 0, 1, :by, now())""")
                .param("id", id)
                .param("by", tenant.owner().person().value())
                .update();
        return id.toString();
    }

    private String freshStorageRate(Tenant tenant) {
        UUID id = UUID.randomUUID();
        jdbc.sql("""
                        INSERT INTO storage_rate (id, kind, since, unit, terabyte_hour, set_by, set_at)
                        SELECT :id, 'DATASETS', date_trunc('second', now()) + count(*) * interval '1 day' + interval '100 years',
                            'credit', 1, :by, now() FROM storage_rate""")
                .param("id", id)
                .param("by", tenant.owner().person().value())
                .update();
        return id.toString();
    }

    private String freshEmergency(Tenant tenant) {
        UUID id = UUID.randomUUID();
        jdbc.sql("""
                        INSERT INTO emergency_access (id, person_id, role, reason, opened_at, expires_at)
                        VALUES (:id, :person, 'OPERATOR', 'A fire', now(), now() + interval '1 hour')""")
                .param("id", id)
                .param("person", UUID.fromString(freshMember(tenant)))
                .update();
        return id.toString();
    }

    private String freshServiceAccount(Tenant tenant) {
        String person = freshMember(tenant);
        jdbc.sql("""
                        INSERT INTO service_account (person_id, organisation_id, purpose, created_by, created_at)
                        VALUES (:person, :organisation, :purpose, :by, now())""")
                .param("person", UUID.fromString(person))
                .param("organisation", UUID.fromString(tenant.organisation()))
                .param("purpose", "nightly " + tenant.marker())
                .param("by", tenant.owner().person().value())
                .update();
        return person;
    }

    private String freshFactorReset(Tenant tenant) {
        UUID id = UUID.randomUUID();
        jdbc.sql("""
                        INSERT INTO factor_reset (id, person_id, reason, requested_by, requested_at, expires_at)
                        VALUES (:id, :person, 'A lost phone', :by, now(), now() + interval '1 hour')""")
                .param("id", id)
                .param("person", UUID.fromString(freshMember(tenant)))
                .param("by", grantor())
                .update();
        return id.toString();
    }

    /** An administrator who does nothing but begin what others end. */
    private UUID grantor() {
        if (grantor == null) {
            grantor = staff(CentreRole.ADMINISTRATOR).person().value();
        }
        return grantor;
    }

    private String scopedRole(UUID person, String kind, String scope) {
        UUID id = UUID.randomUUID();
        jdbc.sql("""
                        INSERT INTO scoped_role (id, person_id, kind, scope, granted_by, granted_at, until)
                        VALUES (:id, :person, :kind, :scope, :by, now(), :until)""")
                .param("id", id)
                .param("person", person)
                .param("kind", kind)
                .param("scope", scope)
                .param("by", grantor())
                .param("until", tomorrow())
                .update();
        return id.toString();
    }

    private Client assessor(String call) {
        Client client = signUp("Assessor");
        String id =
                stranger().get("/api/v1/calls/" + call).expect(200).path("id").asString();
        scopedRole(client.person().value(), "ASSESSOR", id);
        return client;
    }

    private String freshSession(Tenant tenant) {
        session(tenant.owner());
        return tenant.owner()
                .get("/api/v1/me/sessions")
                .expect(200)
                .valueStream()
                .max(java.util.Comparator.comparing(s -> s.path("createdAt").asString()))
                .orElseThrow()
                .path("handle")
                .asString();
    }

    private static OffsetDateTime tomorrow() {
        return OffsetDateTime.now(ZoneOffset.UTC).plusDays(1);
    }

    private static byte[] sha256() {
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        return random;
    }

    // ------------------------------------------------------------------ bodies

    /** What a field of this name holds in a request that means well; null where only its type can say. */
    @Nullable
    JsonNode meant(String field, World world, Tenant tenant) {
        var nodes = JSON.getNodeFactory();
        return switch (field) {
            case "organisation", "provider" -> nodes.stringNode(tenant.organisation());
            case "allocation" -> nodes.stringNode(tenant.allocation());
            case "project" -> nodes.stringNode(tenant.project());
            case "run" -> nodes.stringNode(tenant.run());
            case "person" -> nodes.stringNode(freshMember(tenant));
            case "job", "from", "array" -> nodes.stringNode(tenant.job());
            case "dataset" -> nodes.stringNode(tenant.dataset());
            case "call" -> nodes.stringNode(world.call());
            case "email" -> nodes.stringNode("somebody-" + UUID.randomUUID() + "@example.org");
            case "country" -> nodes.stringNode("ES");
            case "language" -> nodes.stringNode("en");
            case "role" -> nodes.stringNode("MEMBER");
            case "relation" -> nodes.stringNode("PARTNER");
            case "scopes" -> JSON.createArrayNode().add("READ");
            case "lifeDays", "staff", "liveAwardsPerOrganisation", "decisionWorkingDays" -> nodes.numberNode(2);
            case "slug" -> nodes.stringNode("set-" + UUID.randomUUID());
            case "licence" -> nodes.stringNode("CC-BY-4.0");
            case "script" -> nodes.stringNode("#!/bin/sh\ntrue\n");
            case "cpus", "durationMonths", "sharePercent" -> nodes.numberNode(1);
            case "gpus", "gpuHours" -> nodes.numberNode(0);
            case "cpuHours" -> nodes.numberNode(1);
            case "memoryMebibytes" -> nodes.numberNode(128);
            case "timeLimitSeconds" -> nodes.numberNode(5);
            case "timeLimitMinutes" -> nodes.numberNode(1);
            case "diskMebibytes" -> nodes.numberNode(64);
            case "datasets" -> JSON.createArrayNode().add(tenant.dataset());
            case "environment" -> JSON.createObjectNode().put("EPOCHS", "1");
            case "year" -> nodes.numberNode(2025);
            case "version" -> nodes.numberNode(1);
            case "held" -> nodes.booleanNode(true);
            case "decision" -> nodes.stringNode("DECLINE");
            case "path", "file" -> nodes.stringNode("rows.csv");
            case "countries" -> call(world).path("countries");
            case "durationsMonths" -> call(world).path("durationsMonths");
            case "maxGpuHours", "maxCpuHours" -> nodes.numberNode(5000);
            case "cluster" -> nodes.stringNode("local");
            case "name", "title", "reason", "summary", "abstract", "model", "card", "terms" ->
                nodes.stringNode("Well meant");
            case "password", "present" -> nodes.stringNode("a password nobody has");
            default -> null;
        };
    }

    private JsonNode call(World world) {
        return calls.computeIfAbsent(
                world.call(), code -> stranger().get("/api/v1/calls/" + code).expect(200));
    }

    // ------------------------------------------------------------------ requests that mean well

    /** What the API's description says of it; missing where it is a page. */
    JsonNode described(Endpoint endpoint) {
        if (document == null) {
            document = JSON.readTree(stranger().get("/v3/api-docs").body());
        }
        return document.path("paths")
                .path(endpoint.described())
                .path(endpoint.method().toLowerCase(Locale.ROOT));
    }

    /** A request that means well; every other one asks with all of a query's parameters. */
    Request meant(Endpoint endpoint, World world, Tenant tenant, int round) {
        JsonNode described = described(endpoint);
        String query = "";
        if (endpoint.reads() && round % 2 == 0) {
            StringBuilder asked = new StringBuilder();
            for (String parameter : parameters(endpoint)) {
                JsonNode value;
                if (ofRun(endpoint, parameter)) {
                    value = JSON.getNodeFactory().stringNode(parameter.equals("name") ? "loss" : "model.json");
                } else if (endpoint.path().contains("/usage-report")) {
                    value = ofReport(parameter, tenant);
                } else {
                    value = meant(parameter, world, tenant);
                }
                asked.append(asked.isEmpty() ? '?' : '&')
                        .append(parameter)
                        .append('=')
                        .append(value == null ? "" : Hostility.escape(value.asString("")));
            }
            query = asked.toString();
        }
        Request request = Request.of(endpoint.method(), path(endpoint, world, tenant) + query);
        if (endpoint.isApi() || endpoint.path().startsWith("/v3")) {
            request = request.with("Accept", "*/*");
        } else {
            request = request.with("Accept", "text/html");
        }
        if (endpoint.reads()) {
            return request;
        }
        if (described.toString().contains("\"If-Match\"")) {
            request = request.with("If-Match", "\"" + (1 + round % 3) + "\"");
        }
        if (endpoint.path().endsWith("/sign-in")) {
            String email = tenant.owner().email();
            return endpoint.isApi()
                    ? request.withBody(
                            "application/json",
                            JSON.createObjectNode()
                                    .put("email", email)
                                    .put("password", PASSWORD)
                                    .toString()
                                    .getBytes(StandardCharsets.UTF_8))
                    : request.withBody(
                            "application/x-www-form-urlencoded",
                            ("email=" + email + "&password=" + Hostility.escape(PASSWORD))
                                    .getBytes(StandardCharsets.UTF_8));
        }
        JsonNode content = described.path("requestBody").path("content");
        if (content.has("application/json")) {
            JsonNode schema = content.path("application/json").path("schema");
            return request.withBody(
                    "application/json",
                    example(schema, "", world, tenant, 0).toString().getBytes(StandardCharsets.UTF_8));
        }
        if (!content.isEmpty() && !content.isMissingNode()) {
            return request.withBody("application/octet-stream", "a,b\n1,2\n".getBytes(StandardCharsets.UTF_8));
        }
        if (!endpoint.isApi()) {
            StringBuilder form = new StringBuilder();
            for (String field : formFields()) {
                // A person is made for whoever asks for one, not for every form there is: thousands of them in a
                // project
                // would make its pages slow.
                boolean spared =
                        field.equals("person") && !endpoint.parameters().contains(field);
                // A list's filter takes an array's id; a form's box asks whether the whole array is meant.
                boolean box = field.equals("array");
                JsonNode value = spared || box ? null : meant(field, world, tenant);
                String text = value == null
                        ? "1"
                        : value.isValueNode() ? value.asString() : value.path(0).asString("");
                List<String> choices = endpoint.choices().getOrDefault(field, List.of(text));
                // A well-meant word where it is one of them: another role would take the lead's from who asks next.
                text = choices.contains(text) ? text : choices.getFirst();
                form.append(form.isEmpty() ? "" : "&").append(field).append('=').append(Hostility.escape(text));
            }
            return request.withBody(
                    "application/x-www-form-urlencoded", form.toString().getBytes(StandardCharsets.UTF_8));
        }
        return request;
    }

    private static boolean ofRun(Endpoint endpoint, String parameter) {
        return (endpoint.path().contains("/runs/") || endpoint.path().contains("/models/"))
                && (parameter.equals("name") || parameter.equals("path"));
    }

    /** A report of one organisation: what nothing names is refused for its form, whoever asks. */
    private static @Nullable JsonNode ofReport(String parameter, Tenant tenant) {
        var nodes = JSON.getNodeFactory();
        return switch (parameter) {
            case "scope" -> nodes.stringNode("ORGANISATION");
            case "id" -> nodes.stringNode(tenant.organisation());
            default -> null;
        };
    }

    private JsonNode example(JsonNode schema, String name, World world, Tenant tenant, int depth) {
        if (schema.has("$ref")) {
            JsonNode named =
                    requireNonNull(document).at(schema.path("$ref").asString().substring(1));
            return example(named, name, world, tenant, depth);
        }
        JsonNode meant = name.isEmpty() ? null : meant(name, world, tenant);
        String type = schema.path("type").isArray()
                ? schema.path("type").path(0).asString("")
                : schema.path("type").asString("");
        boolean listed = !schema.has("enum")
                || meant == null
                || schema.path("enum").valueStream().anyMatch(meant::equals);
        if (meant != null
                && listed
                && (meant.isArray() == type.equals("array"))
                && (meant.isObject() == type.equals("object"))) {
            return meant;
        }
        if (schema.has("enum")) {
            return schema.path("enum").path(0);
        }
        var nodes = JSON.getNodeFactory();
        return switch (type) {
            case "integer", "number" -> nodes.numberNode(1);
            case "boolean" -> nodes.booleanNode(true);
            case "array" -> {
                var array = JSON.createArrayNode();
                if (depth < 3) {
                    array.add(example(schema.path("items"), "", world, tenant, depth + 1));
                }
                yield array;
            }
            case "object" -> {
                ObjectNode object = JSON.createObjectNode();
                schema.path("properties")
                        .properties()
                        .forEach(p ->
                                object.set(p.getKey(), example(p.getValue(), p.getKey(), world, tenant, depth + 1)));
                yield object;
            }
            default ->
                nodes.stringNode(
                        switch (schema.path("format").asString("")) {
                            case "date-time" ->
                                Instant.now().plus(Duration.ofDays(30)).toString();
                            case "date" -> "2027-01-31";
                            case "uuid" -> UUID.randomUUID().toString();
                            default -> "text";
                        });
        };
    }

    /** The names of its query's parameters. */
    List<String> parameters(Endpoint endpoint) {
        Set<String> names = new TreeSet<>(endpoint.parameters());
        described(endpoint).path("parameters").forEach(p -> {
            if (p.path("in").asString().equals("query")) {
                names.add(p.path("name").asString());
            }
        });
        return List.copyOf(names);
    }

    /** Every field of every form, as the templates and the handlers name them. */
    private List<String> formFields() {
        if (formFields != null) {
            return formFields;
        }
        Set<String> names = new TreeSet<>();
        try (Stream<Path> templates = Files.walk(Path.of("src/main/resources/templates"))) {
            for (Path template : templates.filter(Files::isRegularFile).toList()) {
                FIELD.matcher(Files.readString(template))
                        .results()
                        .forEach(found -> names.add(found.group(1) == null ? found.group(2) : found.group(1)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        endpoints().forEach(endpoint -> names.addAll(endpoint.parameters()));
        names.removeAll(Set.of("viewport", "description", "robots"));
        formFields = List.copyOf(names);
        return formFields;
    }
}
