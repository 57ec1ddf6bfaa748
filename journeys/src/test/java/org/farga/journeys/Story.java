package org.farga.journeys;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** A centre with people at work in it, told through the API: what most tests need to have happened before they start. */
final class Story {
    record Person(String name, String email, String password) {}

    static final Person ADMINISTRATOR = person("Marta Vidal");
    static final Person OFFICER = person("Jordi Puig");
    static final Person STEWARD = person("Laia Serra");
    static final Person AUDITOR = person("Núria Costa");
    static final Person ANA = person("Ana Ribas");
    static final Person PAU = person("Pau Ferrer");
    static final Person ERIK = person("Erik Lindqvist");

    /** What follows within a second on a machine that has time; tests share theirs with others. */
    static final Duration SOON = Duration.ofSeconds(60);

    private static final String LOCAL = "local";
    static final Duration JOB_LIMIT = Duration.ofSeconds(120);
    private static final Path DIGITS = FargaProcess.ROOT.resolve("examples/digits");
    private static final Set<String> ENDED =
            Set.of("COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "OUT_OF_MEMORY", "NODE_FAIL");

    private final FargaProcess farga;
    final Api administrator;
    final Api ana;
    final String organisation;
    final String proposal;
    final String project;
    final String allocation;

    private Story(FargaProcess farga, Api administrator, String cluster) {
        this.farga = farga;
        this.administrator = administrator;
        if (!cluster.equals(LOCAL)) {
            appoint(OFFICER, "ACCESS_OFFICER");
            Api officer = Api.signIn(farga, OFFICER.email(), OFFICER.password());
            officer.patch("/calls/PLAYGROUND", officer.get("/calls/PLAYGROUND").tag(), Map.of("cluster", cluster))
                    .done();
        }
        signUp(ANA);
        this.ana = Api.signIn(farga, ANA.email(), ANA.password());
        this.organisation = found(ana, "Llum Robotics SL", "ES", 14, "1200000");
        JsonNode awarded = propose(ana, organisation, "Reading meters from photographs", "40");
        this.proposal = awarded.path("id").asString();
        this.project = ana.await("/proposals/" + proposal, SOON, p -> p.has("project"))
                .path("project")
                .asString();
        this.allocation = ana.await(
                        "/projects/" + project,
                        SOON,
                        p -> !p.path("allocations").isEmpty())
                .path("allocations")
                .path(0)
                .path("id")
                .asString();
    }

    static Person person(String name) {
        String email = java.text.Normalizer.normalize(
                        name.toLowerCase(java.util.Locale.ROOT), java.text.Normalizer.Form.NFD)
                .replaceAll("[^a-z ]", "")
                .replace(' ', '.');
        return new Person(name, email + "@example.org", "granite-lantern-" + name.length() + "-orchard");
    }

    /** An administrator, a dataset, a startup with an award, and nothing that ran yet. */
    static Story begin(FargaProcess farga) {
        return begin(farga, LOCAL);
    }

    /** The same with the award on a cluster of this name. */
    static Story begin(FargaProcess farga, String cluster) {
        String token = farga.setupLink().replaceFirst(".*token=", "");
        Api.stranger(farga)
                .post(
                        "/setup",
                        Map.of(
                                "token", token,
                                "email", ADMINISTRATOR.email(),
                                "name", ADMINISTRATOR.name(),
                                "password", ADMINISTRATOR.password()))
                .done();
        Story story = new Story(farga, Api.signIn(farga, ADMINISTRATOR.email(), ADMINISTRATOR.password()), cluster);
        story.appoint(STEWARD, "DATA_STEWARD");
        publishDigits(Api.signIn(farga, STEWARD.email(), STEWARD.password()));
        story.acceptDigits();
        return story;
    }

    /** The beginning, and then some of everything: staff, a proposal that waits, jobs of several kinds, a model. */
    static Story tell(FargaProcess farga) {
        Story story = begin(farga);
        story.appoint(OFFICER, "ACCESS_OFFICER");
        story.appoint(AUDITOR, "AUDITOR");
        story.ana
                .post(
                        "/organisations/" + story.organisation + "/invitations",
                        Map.of("email", PAU.email(), "role", "MEMBER"))
                .done();
        story.signUp(ERIK);
        Api erik = Api.signIn(farga, ERIK.email(), ERIK.password());
        propose(erik, found(erik, "Nordljus Grid AB", "SE", 900, "310000000"), "Forecasting the grid", "100");
        erik.post("/proposals", Map.of("call", "PLAYGROUND", "organisation", organisationOf(erik)))
                .done();

        String trained = story.submitTraining("digits", 40);
        String failed = story.submit("broken", "#!/bin/sh\necho 'no such file: weights.bin' >&2\nexit 3\n");
        story.awaitEnd(trained);
        story.awaitEnd(failed);
        // A statement of a job, and its run and model, follow its end.
        story.ana.await(
                "/allocations/" + story.allocation + "/statement",
                SOON,
                s -> s.path("lines").size() == 2);
        story.ana.await("/models", SOON, m -> !m.path("items").isEmpty());
        story.submit("endless", "#!/bin/sh\nwhile true; do echo still here; sleep 1; done\n");
        return story;
    }

    private static String organisationOf(Api person) {
        return person.get("/organisations")
                .done()
                .path("items")
                .path(0)
                .path("id")
                .asString();
    }

    void signUp(Person person) {
        Api.stranger(farga)
                .post("/persons", Map.of("email", person.email(), "name", person.name(), "password", person.password()))
                .done();
    }

    void appoint(Person person, String role) {
        administrator
                .put("/persons/" + newcomer(person) + "/centre-roles/" + role)
                .done();
    }

    /** Signs somebody up who asks the centre by letter to be forgotten. */
    void asksToBeForgotten(Person person) {
        administrator
                .put(
                        "/persons/" + newcomer(person) + "/erasure",
                        Map.of("confirmation", person.email(), "reason", "A letter that the data officer answered."))
                .done();
    }

    private String newcomer(Person person) {
        signUp(person);
        JsonNode found = administrator.get("/persons?email=" + person.email()).done();
        return (found.has("items") ? found.path("items").path(0) : found.isArray() ? found.path(0) : found)
                .path("id")
                .asString();
    }

    static String found(Api owner, String name, String country, int staff, String turnoverEur) {
        String id = owner.post("/organisations", Map.of("name", name, "country", country))
                .id();
        owner.put(
                        "/organisations/" + id + "/size-declaration",
                        Map.of(
                                "year", java.time.Year.now().getValue() - 1,
                                "staff", staff,
                                "turnoverEur", turnoverEur,
                                "balanceSheetEur", turnoverEur,
                                "linkedEnterprises", List.of()))
                .done();
        return id;
    }

    /** Writes and submits a proposal; what became of it is the rules' decision. */
    static JsonNode propose(Api owner, String organisation, String title, String gpuHours) {
        Api.Reply draft = owner.post("/proposals", Map.of("call", "PLAYGROUND", "organisation", organisation));
        String path = "/proposals/" + draft.id();
        Map<String, Object> answers = new LinkedHashMap<>();
        answers.put("title", title);
        answers.put("abstract", "We train a small network and want to know how far it carries before we ask for more.");
        answers.put("gpuHours", gpuHours);
        answers.put("cpuHours", "500");
        answers.put("durationMonths", 2);
        answers.put("civilianUse", true);
        answers.put("noProhibitedPractice", true);
        answers.put("personalData", false);
        Api.Reply written = owner.patch(path, draft.tag(), answers);
        written.done();
        return owner.put(path + "/submission", written.tag()).done();
    }

    /** Publishes the example's data as the dataset {@code digits}. */
    static void publishDigits(Api steward) {
        steward.post(
                        "/datasets",
                        Map.of(
                                "slug", "digits",
                                "title", "Optical recognition of handwritten digits",
                                "summary",
                                        "1,797 images of handwritten digits, 8 × 8 pixels each, with the digit that was meant.",
                                "licence", "CC-BY-4.0",
                                "terms",
                                        "Name the authors where you publish results. Do not try to find out who wrote a digit.",
                                "card", read("CARD.md")))
                .done();
        String version = "/datasets/digits/versions/"
                + steward.post("/datasets/digits/versions", Map.of())
                        .done()
                        .path("number")
                        .asInt();
        steward.upload(version + "/files/digits.csv", bytes("digits.csv")).done();
        steward.upload(version + "/files/LICENCE.md", bytes("LICENCE.md")).done();
        steward.put(version + "/publication").done();
    }

    void acceptDigits() {
        String sha256 =
                ana.get("/datasets/digits").done().path("terms").path("sha256").asString();
        ana.post("/datasets/digits/agreements", Map.of("organisation", organisation, "termsSha256", sha256))
                .done();
    }

    /** Submits the example on Ana's allocation, and answers the job's id. */
    String submitTraining(String name, int epochs) {
        Map<String, Object> job = job(name, trainingScript());
        job.put("memoryMebibytes", 1024);
        job.put("datasets", List.of("digits"));
        job.put("environment", Map.of("EPOCHS", String.valueOf(epochs)));
        job.put("model", "digits");
        return ana.post("/jobs", job).id();
    }

    /** Submits a script on Ana's allocation, and answers the job's id. */
    String submit(String name, String script) {
        return submit(ana, name, script);
    }

    String submit(Api person, String name, String script) {
        return person.post("/jobs", job(name, script)).id();
    }

    /** The body of such a submission. */
    String order(String name, String script) {
        return Api.write(job(name, script));
    }

    Map<String, Object> job(String name, String script) {
        Map<String, Object> job = new LinkedHashMap<>();
        job.put("allocation", allocation);
        job.put("name", name);
        job.put("script", script);
        job.put("cpus", 1);
        job.put("memoryMebibytes", 128);
        job.put("gpus", 0);
        job.put("timeLimitSeconds", 300);
        return job;
    }

    static String trainingScript() {
        return read("train");
    }

    JsonNode awaitEnd(String job) {
        return ana.await("/jobs/" + job, JOB_LIMIT, Story::hasEnded);
    }

    static boolean hasEnded(JsonNode job) {
        return ENDED.contains(job.path("state").asString());
    }

    /** Stops what still runs, so that no process outlives the test. */
    void end() {
        for (JsonNode job : ana.get("/jobs").done().path("items")) {
            if (!hasEnded(job)) {
                String path = "/jobs/" + job.path("id").asString();
                ana.put(path + "/cancellation");
                ana.await(path, SOON, Story::hasEnded);
            }
        }
    }

    static void signIn(Page page, Person person) {
        page.navigate("/sign-in");
        page.getByLabel("E-mail").fill(person.email());
        page.getByLabel("Password").fill(person.password());
        page.locator("main")
                .getByRole(AriaRole.BUTTON, new com.microsoft.playwright.Locator.GetByRoleOptions().setName("Sign in"))
                .click();
        page.waitForURL(url -> !url.contains("/sign-in"));
    }

    static String read(String file) {
        return new String(bytes(file), java.nio.charset.StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String file) {
        try {
            return Files.readAllBytes(DIGITS.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
