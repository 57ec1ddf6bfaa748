package org.farga.cli.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.farga.cli.Amounts;
import org.farga.cli.Api;
import org.farga.cli.Api.Reply;
import org.farga.cli.Cli;
import org.farga.cli.JobFollower;
import org.farga.cli.LineageTree;
import org.farga.cli.Problem;
import org.farga.cli.Screen;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The steps from an empty Farga to a trained model and its account. Each is checked; each can be played again, and then
 * finds its work done: keys are fixed, and what is there already is taken as it is.
 */
final class Journey {
    private static final String V1 = "/api/v1";
    private static final String DATASET = "digits";
    private static final String MODEL = "digits";
    private static final String JOB = "Read handwritten digits";
    private static final String BY_HAND = "By hand";
    private static final BigDecimal MILLISECONDS_PER_HOUR = BigDecimal.valueOf(3_600_000);
    private static final int EPOCHS = 300;
    /** What such a network reaches on these data is 0.966 to 0.989; less means that it did not learn. */
    private static final double LEAST_ACCURACY = 0.95;

    private static final String TERMS = """
            You may use these data under the Creative Commons Attribution 4.0 International licence.
            1. Name the authors, E. Alpaydin and C. Kaynak, and the source, DOI 10.24432/C50P49, with what you publish.
            2. Say what you changed.
            3. The centre keeps a record of the jobs that read the data, as proof that these terms are kept.
            The data come without any warranty.
            """;

    private final Api stranger;
    private final @Nullable Path setupLink;
    private final Path digits;
    private final @Nullable Lab lab;
    private final Narrator narrator;
    private final Duration patience;
    private final Map<Cast, Api> signedIn = new EnumMap<>(Cast.class);
    private final Map<Cast, String> persons = new EnumMap<>(Cast.class);
    private final Map<Cast, String> secrets = new EnumMap<>(Cast.class);

    private String forja = "";
    private String proposal = "";
    private JsonNode project = Api.JSON.missingNode();
    private JsonNode allocation = Api.JSON.missingNode();
    private JsonNode job = Api.JSON.missingNode();
    private String run = "";
    private String model = "";
    /** What Ana is on the Slurm cluster, and what her jobs are charged to there; empty without one. */
    private String unixUser = "";

    private String account = "";

    /** @param lab where the jobs run; null where that is the machine that Farga runs on */
    Journey(
            Api stranger,
            @Nullable Path setupLink,
            Path digits,
            @Nullable Lab lab,
            Narrator narrator,
            Duration patience) {
        this.stranger = stranger;
        this.setupLink = setupLink;
        this.digits = digits;
        this.lab = lab;
        this.narrator = narrator;
        this.patience = patience;
    }

    void play() throws IOException {
        administratorTakesTheLink();
        staffGetTheirRoles();
        if (lab != null) {
            callGrantsTimeOn(Lab.CLUSTER);
        }
        stewardPublishesTheDigits();
        anaFoundsAnOrganisation();
        sizeIsDeclared();
        colleagueIsInvited();
        proposalIsWritten();
        rulesDecide();
        awardMakesAProject();
        officerDecides();
        if (lab != null) {
            slurmIsKept(lab);
        }
        dataAreReadAndAccepted();
        preflightRefuses();
        modelIsTrained();
        modelKnowsWhereItCameFrom();
        statementIsExact();
        if (lab != null) {
            jobByHandIsSeen(lab);
            exportOfSlurmCountsNothingTwice(lab);
        }
        budgetHolds();
        othersSeeNothing();
        auditorReads();
    }

    // The centre sets itself up.

    private void administratorTakesTheLink() throws IOException {
        narrator.step("The administrator takes the one-time link");
        Cast marta = Cast.ADMINISTRATOR;
        String token = setupToken();
        if (token.isEmpty()) {
            narrator.tell("the link was used already");
        } else {
            try {
                stranger.post(
                        V1 + "/setup",
                        Api.object(
                                "token",
                                token,
                                "email",
                                marta.email,
                                "name",
                                marta.fullName,
                                "password",
                                Cast.PASSWORD));
            } catch (Problem e) {
                // The answer to the first try may have been lost: then the sign-in below succeeds, and otherwise it
                // tells.
                narrator.tell("the link: " + e.getMessage());
            }
        }
        signIn(marta);
        expect("Marta is administrator", roles(marta).contains("ADMINISTRATOR"), roles(marta));
        narrator.checked(marta.fullName + " is the first administrator; nobody had a default password");
    }

    /** The token of the link that the server left in its data folder; empty where it is used up. */
    private String setupToken() throws IOException {
        if (setupLink == null) {
            return "";
        }
        try {
            return Files.readString(setupLink).strip().replaceFirst("^.*[?&]token=", "");
        } catch (NoSuchFileException e) {
            return "";
        }
    }

    private void staffGetTheirRoles() {
        narrator.step("The centre's staff sign up, and the administrator gives them their roles");
        for (Cast one : Cast.STAFF) {
            join(one);
            as(Cast.ADMINISTRATOR).put(V1 + "/persons/" + persons.get(one) + "/centre-roles/" + one.name(), null);
            expect(one.fullName + " is " + one.role, roles(one).contains(one.name()), roles(one));
            narrator.checked(one.fullName + ", " + one.role + ": " + one.does);
        }
    }

    private void callGrantsTimeOn(String cluster) {
        narrator.step("The access officer lets the Playground call grant its time on the Slurm cluster");
        Api jordi = as(Cast.ACCESS_OFFICER);
        String path = V1 + "/calls/" + text(openCall(), "code");
        Reply call = jordi.get(path);
        if (!text(call.json(), "cluster").equals(cluster)) {
            settled(() -> jordi.patch(path, Api.object("cluster", cluster), call.etag()));
        }
        JsonNode now = jordi.get(path).json();
        expect("the call grants time on " + cluster, text(now, "cluster").equals(cluster), text(now, "cluster"));
        narrator.checked("awards of " + text(now, "title") + " are for " + cluster + " from now on");
    }

    private void stewardPublishesTheDigits() throws IOException {
        narrator.step("The data steward publishes a dataset: handwritten digits, CC-BY-4.0");
        Api nuria = as(Cast.DATA_STEWARD);
        String path = V1 + "/datasets/" + DATASET;
        JsonNode there = found(nuria, path);
        if (there == null) {
            there = nuria.post(
                            V1 + "/datasets",
                            Api.object(
                                    "slug",
                                    DATASET,
                                    "title",
                                    "Handwritten digits, 8 x 8 pixels",
                                    "summary",
                                    "1,797 images of single handwritten digits by 13 writers, each with the digit it shows.",
                                    "licence",
                                    "CC-BY-4.0",
                                    "terms",
                                    TERMS,
                                    "card",
                                    Files.readString(digits.resolve("CARD.md")),
                                    "language",
                                    "en"),
                            key("dataset"))
                    .json();
        }
        byte[] data = Files.readAllBytes(digits.resolve("digits.csv"));
        byte[] licence = Files.readAllBytes(digits.resolve("LICENCE.md"));
        String sha256 = sha256(data);
        int number = there.path("versions").isEmpty()
                ? nuria.post(path + "/versions", Api.JSON.createObjectNode(), key("dataset-version"))
                        .json()
                        .path("number")
                        .asInt()
                : there.path("versions").get(0).path("number").asInt();
        String version = path + "/versions/" + number;
        if (!text(nuria.get(version).json(), "state").equals("PUBLISHED")) {
            JsonNode file = nuria.upload(version + "/files/digits.csv", data, "text/csv")
                    .json();
            expect("the file's digest is ours", text(file, "sha256").equals(sha256), text(file, "sha256"));
            nuria.upload(version + "/files/LICENCE.md", licence, "text/markdown");
            narrator.tell("digits.csv, " + Amounts.bytes(data.length) + ", sha256 " + sha256.substring(0, 16) + "…");
            settled(() -> nuria.put(version + "/publication", null));
        }
        JsonNode published = stranger.get(version).json();
        expect("it is published", text(published, "state").equals("PUBLISHED"), text(published, "state"));
        expect(
                "the catalogue finds it",
                texts(stranger.items(V1 + "/datasets?q=handwritten", 50), "slug")
                        .contains(DATASET),
                "not there");
        narrator.checked("version " + number + " is in the catalogue, for everybody to find: " + text(published, "rows")
                + " rows");
    }

    // The startup arrives.

    private void anaFoundsAnOrganisation() {
        narrator.step("Ana signs up and founds Forja Vision");
        join(Cast.ANA);
        forja = organisation(Cast.ANA, "Forja Vision SL", "forja");
        narrator.checked("she typed a name and a country; there was no list to be missing from");
    }

    private String organisation(Cast founder, String name, String key) {
        JsonNode founded = as(founder)
                .post(V1 + "/organisations", Api.object("name", name, "country", "ES"), key("organisation-" + key))
                .json();
        expect("its name is kept", text(founded, "name").equals(name), text(founded, "name"));
        return text(founded, "id");
    }

    private void sizeIsDeclared() {
        narrator.step("She declares its size; the SME test of Recommendation 2003/361 is computed");
        ObjectNode partner = Api.object(
                "name", "Taller Puig SL",
                "relation", "PARTNER",
                "sharePercent", 30,
                "staff", 40,
                "turnoverEur", 3_000_000,
                "balanceSheetEur", 1_500_000);
        ObjectNode declaration = Api.object(
                "year", 2025,
                "staff", 7,
                "turnoverEur", 420_000,
                "balanceSheetEur", 310_000,
                "linkedEnterprises", List.of(partner));
        JsonNode declared = as(Cast.ANA)
                .put(V1 + "/organisations/" + forja + "/size-declaration", declaration)
                .json();
        narrator.tell("7 people, and 30 % held by a partner enterprise of 40: counted in proportion");
        declared.path("reasons")
                .forEach(r -> narrator.tell((r.path("holds").asBoolean() ? "yes  " : "no   ") + text(r, "sentence")));
        BigDecimal staff = number(declared.path("totals"), "staff");
        expect("7 and 30 % of 40 are 19", staff.compareTo(BigDecimal.valueOf(19)) == 0, staff);
        expect("19 people make it SMALL", text(declared, "category").equals("SMALL"), text(declared, "category"));
        expect("it is an SME", declared.path("sme").asBoolean(), declared.path("sme"));
        narrator.checked("a small enterprise with " + staff.stripTrailingZeros().toPlainString() + " people: an SME");
    }

    private void colleagueIsInvited() {
        narrator.step("She invites a colleague, who accepts");
        join(Cast.PAU);
        String path = V1 + "/organisations/" + forja;
        if (!texts(as(Cast.ANA).get(path + "/members").json(), "email").contains(Cast.PAU.email)) {
            String token = invitationToken(path);
            try {
                as(Cast.PAU).post(V1 + "/invitations/acceptance", Api.object("token", token), key("acceptance"));
            } catch (Problem e) {
                narrator.tell("the invitation: " + e.getMessage()); // told by the members below, where it matters
            }
        }
        Set<String> members = texts(as(Cast.ANA).get(path + "/members").json(), "name");
        expect("both are members", members.containsAll(Set.of(Cast.ANA.fullName, Cast.PAU.fullName)), members);
        narrator.checked("members of Forja Vision: " + String.join(", ", members));
    }

    /** The one-time link is shown once: where that answer was lost, another is made. */
    private String invitationToken(String organisation) {
        Api ana = as(Cast.ANA);
        JsonNode open = ana.get(organisation + "/invitations").json();
        (open.isArray() ? open : open.path("items")).forEach(i -> {
            if (text(i, "email").equals(Cast.PAU.email)) {
                ana.delete(organisation + "/invitations/" + text(i, "id"));
            }
        });
        try {
            String link = text(
                    ana.post(organisation + "/invitations", Api.object("email", Cast.PAU.email, "role", "MEMBER"))
                            .json(),
                    "link");
            expect("the invitation has a link", !link.isEmpty(), "none");
            return link.replaceFirst("^.*[?&]token=", "");
        } catch (Problem e) {
            if (e.name().equals("secret-shown-before")) {
                return invitationToken(organisation);
            }
            throw e;
        }
    }

    // It asks for time, and is given it.

    private void proposalIsWritten() {
        narrator.step("They find the open Playground call, and write a short proposal");
        JsonNode call = openCall();
        narrator.tell(text(call, "title") + ": up to " + hours(call, "maxGpuHours") + " GPU-hours and "
                + hours(call, "maxCpuHours") + " CPU-hours; "
                + call.path("rules").size() + " rules");
        proposal = proposed(Cast.ANA, call, forja, "forja");
        String path = V1 + "/proposals/" + proposal;
        if (!text(as(Cast.ANA).get(path).json(), "state").equals("DRAFT")) {
            narrator.tell("it was submitted already");
            return;
        }
        JsonNode begun = fill(Cast.ANA, Api.object("title", "A reader of handwritten digits"), path);
        int missing = begun.path("missing").size();
        expect("an unfinished draft says what is missing", missing > 0, begun.path("missing"));
        List<String> sentences = new ArrayList<>();
        begun.path("missing").forEach(m -> sentences.add(text(m, "sentence")));
        narrator.tell("saved as typed; still missing: " + String.join("; ", sentences));
        JsonNode whole = fill(
                Cast.ANA,
                Api.object(
                        "abstract",
                        "We train a small neural network on the digits dataset and measure it on held-out images, to learn"
                                + " how our form reader would do on the centre's machine.",
                        "gpuHours",
                        10,
                        "cpuHours",
                        20,
                        "durationMonths",
                        3,
                        "civilianUse",
                        true,
                        "noProhibitedPractice",
                        true,
                        "personalData",
                        false),
                path);
        expect("nothing is missing", whole.path("missing").isEmpty(), whole.path("missing"));
        narrator.checked(text(whole, "code") + " is complete");
    }

    private JsonNode openCall() {
        for (JsonNode call : stranger.items(V1 + "/calls", 50)) {
            if (text(call, "mode").equals("PLAYGROUND") && text(call, "state").equals("OPEN")) {
                return call;
            }
        }
        throw new StepFailed("there is no open Playground call");
    }

    private String proposed(Cast who, JsonNode call, String organisation, String key) {
        return text(
                as(who).post(
                                V1 + "/proposals",
                                Api.object("call", text(call, "id"), "organisation", organisation),
                                key("proposal-" + key))
                        .json(),
                "id");
    }

    /** Changes a draft, whose version may have moved on under an answer that was lost. */
    private JsonNode fill(Cast who, ObjectNode answers, String path) {
        for (int attempt = 1; ; attempt++) {
            try {
                return as(who).patch(path, answers, as(who).get(path).etag()).json();
            } catch (Problem e) {
                if (e.status() != 412 || attempt == 5) {
                    throw e;
                }
            }
        }
    }

    private JsonNode submit(Cast who, String path) {
        Reply draft = as(who).get(path);
        if (text(draft.json(), "state").equals("DRAFT")) {
            settled(() -> as(who).put(path + "/submission", null, draft.etag()));
        }
        return as(who).get(path).json();
    }

    private void rulesDecide() {
        narrator.step("Ana submits it; the rules decide at once, each with its reason");
        JsonNode decided = submit(Cast.ANA, V1 + "/proposals/" + proposal);
        tellEligibility(decided);
        expect("it is awarded", text(decided, "state").equals("AWARDED"), text(decided, "state"));
        String by = text(decided.path("decision"), "by");
        expect("the rules decided, nobody else", by.equals("RULES"), by);
        Duration took = Duration.between(instant(decided, "submittedAt"), instant(decided, "decidedAt"));
        expect("it was decided at once", took.toSeconds() < 2, took);
        narrator.checked("awarded at once, by the rules alone: " + text(decided.path("decision"), "reason"));
    }

    private void tellEligibility(JsonNode decided) {
        decided.path("eligibility").forEach(f -> {
            String answer = switch (text(f, "answer")) {
                case "MET" -> "holds   ";
                case "NOT_MET" -> "does not";
                default -> "a person";
            };
            narrator.tell(answer + "  " + text(f, "reason"));
        });
    }

    private void awardMakesAProject() {
        narrator.step("The award makes a project with an allocation on the " + (lab == null ? "local" : "Slurm")
                + " cluster");
        String id = text(as(Cast.ANA).get(V1 + "/proposals/" + proposal).json(), "project");
        expect("the award names its project", !id.isEmpty(), "none");
        project = await(
                "a project with an allocation",
                () -> found(as(Cast.ANA), V1 + "/projects/" + id),
                p -> !p.path("allocations").isEmpty());
        allocation = project.path("allocations").get(0);
        expect("10 GPU-hours were given", number(allocation, "gpuHours").compareTo(BigDecimal.TEN) == 0, allocation);
        expect(
                "20 CPU-hours were given",
                number(allocation, "cpuHours").compareTo(BigDecimal.valueOf(20)) == 0,
                allocation);
        expect("it can be used now", text(allocation, "state").equals("ACTIVE"), text(allocation, "state"));
        narrator.checked("project " + narrator.bold(text(project, "slug")) + ": " + hours(allocation, "gpuHours")
                + " GPU-hours and " + hours(allocation, "cpuHours") + " CPU-hours on " + text(allocation, "cluster")
                + " until " + Amounts.day(instant(allocation, "to"), ZoneId.systemDefault()));
    }

    private void officerDecides() {
        narrator.step("A larger company asks too: that needs a person, who has a deadline");
        Cast laia = Cast.LAIA;
        join(laia);
        String motor = organisation(laia, "Gran Motor SA", "motor");
        JsonNode size = as(laia).put(
                        V1 + "/organisations/" + motor + "/size-declaration",
                        Api.object(
                                "year", 2025,
                                "staff", 900,
                                "turnoverEur", 310_000_000,
                                "balanceSheetEur", 250_000_000,
                                "linkedEnterprises", List.of()))
                .json();
        expect("900 people are LARGE", text(size, "category").equals("LARGE"), text(size, "category"));
        String path = V1 + "/proposals/" + proposed(laia, openCall(), motor, "motor");
        if (text(as(laia).get(path).json(), "state").equals("DRAFT")) {
            fill(
                    laia,
                    Api.object(
                            "title",
                            "Faults in weld seams",
                            "abstract",
                            "We find faults in pictures of weld seams, and compare two networks on our own pictures.",
                            "gpuHours",
                            50,
                            "cpuHours",
                            100,
                            "durationMonths",
                            2,
                            "civilianUse",
                            true,
                            "noProhibitedPractice",
                            true,
                            "personalData",
                            false),
                    path);
        }
        JsonNode waiting = submit(laia, path);
        if (text(waiting, "state").equals("SUBMITTED")) {
            waiting.path("eligibility").forEach(f -> {
                if (text(f, "answer").equals("NEEDS_PERSON")) {
                    narrator.tell("a person  " + text(f, "reason"));
                }
            });
            expect(
                    "an access officer holds it",
                    text(waiting, "holder").equals("ACCESS_OFFICER"),
                    text(waiting, "holder"));
            Instant due = instant(waiting, "dueAt");
            expect("it has a deadline", due.isAfter(Instant.now()), text(waiting, "dueAt"));
            narrator.tell("held by the access officer, due " + Amounts.when(due, Instant.now(), ZoneId.systemDefault())
                    + " (" + Amounts.day(due, ZoneId.systemDefault()) + ")");
            settled(
                    () -> as(Cast.ACCESS_OFFICER)
                            .put(
                                    path + "/decision",
                                    Api.object(
                                            "decision", "AWARD",
                                            "reason",
                                                    "A first trial with public benefit; the machine has room for it this quarter.")));
        }
        JsonNode decided = as(laia).get(path).json();
        String by = text(decided.path("decision"), "by");
        expect("it is awarded", text(decided, "state").equals("AWARDED"), text(decided, "state"));
        expect("the officer decided", by.equals(Cast.ACCESS_OFFICER.fullName), by);
        narrator.checked("awarded by " + by + ": " + text(decided.path("decision"), "reason"));
    }

    private void slurmIsKept(Lab slurm) throws IOException {
        narrator.step("Farga shows what it would change in Slurm, and once it may, changes it");
        Api marta = as(Cast.ADMINISTRATOR);
        String path = V1 + "/slurm-clusters/" + Lab.CLUSTER;
        await("Farga to look at Slurm", () -> found(marta, path), c -> c.has("read"));
        if (text(marta.get(path).json(), "mode").equals("PLAN")) {
            marta.post(path + "/readings", Api.JSON.createObjectNode());
            JsonNode planned = await(
                    "a plan with both projects",
                    () -> marta.get(path).json(),
                    c -> !c.path("readingWaits").asBoolean(true)
                            && c.path("read").path("changes").asInt() > 0);
            narrator.tell(planned.path("read").path("changes").asInt() + " changes beside "
                    + planned.path("read").path("associations").asInt() + " associations that are there:");
            marta.items(path + "/plan", 20)
                    .forEach(line -> narrator.tell("  "
                            + text(line, "kind").toLowerCase(Locale.ROOT).replace('_', ' ') + "  "
                            + text(line, "subject") + "  " + text(line, "to")));
            marta.put(path + "/mode", Api.object("mode", "APPLY"));
        }
        List<String> hers = new ArrayList<>();
        JsonNode kept = await(
                "Slurm to be as it should",
                () -> {
                    JsonNode now = marta.get(path).json();
                    if (now.path("read").path("changes").asInt(-1) == 0) {
                        hers.clear();
                        hers.addAll(associations(slurm));
                    }
                    return now;
                },
                c -> !hers.isEmpty());
        expect("Slurm complained of nothing", !kept.path("applied").has("complaint"), kept.path("applied"));
        String[] association = hers.getFirst().split("\\|", -1);
        account = association[0];
        unixUser = association[1];
        expect("one person of the project, so far", hers.size() == 1, hers);
        narrator.tell("sacctmgr: user " + unixUser + " may charge the account " + account);
        slurm.ask("sacctmgr", "-nP", "list", "assoc", "account=" + account, "user=", "format=ParentName,GrpTRESMins")
                .forEach(line -> narrator.tell("sacctmgr: " + account + " under " + line.replace("|", ", at most ")));
        narrator.checked("what an allocation is worth, Slurm enforces by itself now; " + unixUser
                + " is Ana's own Unix account, made by lab/account-hook");
    }

    /** Users of the project's accounts, as {@code ACCOUNT|USER}. */
    private List<String> associations(Lab slurm) {
        try {
            return slurm.ask("sacctmgr", "-nP", "list", "assoc", "format=Account,User").stream()
                    .filter(line -> line.startsWith(text(project, "slug") + "-") && !line.endsWith("|"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // It works.

    private void dataAreReadAndAccepted() throws IOException {
        narrator.step("Ana reads the dataset's card, and accepts its terms for Forja Vision");
        Api ana = as(Cast.ANA);
        String path = V1 + "/datasets/" + DATASET;
        JsonNode dataset = ana.get(path).json();
        int number = dataset.path("versions").get(0).path("number").asInt();
        JsonNode version = ana.get(path + "/versions/" + number).json();
        version.path("files")
                .forEach(f -> narrator.tell(
                        text(f, "path") + "  " + Amounts.bytes(f.path("bytes").asLong()) + "  sha256 "
                                + text(f, "sha256").substring(0, 16) + "…"));
        JsonNode preview = ana.get(path + "/versions/" + number + "/preview?file=digits.csv")
                .json();
        JsonNode row = preview.path("rows").get(0);
        expect(
                "the preview has 65 columns",
                preview.path("columns").size() == 65 && row.size() == 65,
                preview.path("columns").size());
        narrator.tell("licence " + text(dataset, "licence") + "; "
                + preview.path("columns").size() + " columns; the first row shows a "
                + row.get(64).asString());
        if (!isAccepted(dataset)) {
            Problem refusal = refusal(
                    "a job on data whose terms were not accepted",
                    () -> ana.post(
                            V1 + "/jobs", job(Api.object("name", "Without terms", "datasets", List.of(DATASET)))));
            narrator.refused("a job on it before that: " + firstOf(refusal));
            ana.post(
                    path + "/agreements",
                    Api.object("organisation", forja, "termsSha256", text(dataset.path("terms"), "sha256")),
                    key("agreement"));
        }
        JsonNode now = ana.get(path).json();
        expect("the terms are accepted", isAccepted(now), now.path("accepted"));
        byte[] got = ana.get(path + "/versions/" + number + "/files/digits.csv").body();
        expect(
                "the download is what was published",
                sha256(got).equals(sha256(Files.readAllBytes(digits.resolve("digits.csv")))),
                "another digest");
        narrator.checked("terms version " + text(now.path("terms"), "version")
                + " accepted; the download has the digest that the card says");
    }

    private boolean isAccepted(JsonNode dataset) {
        return texts(dataset.path("accepted"), "organisation").contains(forja);
    }

    /** A job with what all of ours have. */
    private ObjectNode job(ObjectNode particular) {
        ObjectNode whole = Api.object(
                "allocation", text(allocation, "id"),
                "script", "#!/bin/sh\necho hello\n",
                "cpus", 1,
                "memoryMebibytes", 256,
                "gpus", 0,
                "timeLimitSeconds", 60);
        whole.setAll(particular);
        return whole;
    }

    private void preflightRefuses() {
        narrator.step("A job that cannot run is refused before it is queued, with the reason and the fix");
        ObjectNode bad =
                job(Api.object("name", "Typo", "script", "#!/usr/bin/pyhton3\nprint('hello')\n", "cpus", 4096));
        JsonNode report = as(Cast.ANA).post(V1 + "/jobs/preflight", bad).json();
        expect("preflight says no", !report.path("ok").asBoolean(true), report);
        int reasons = 0;
        for (JsonNode finding : report.path("findings")) {
            if (text(finding, "severity").equals("REFUSED")) {
                reasons++;
                narrator.refused(text(finding, "sentence"));
                narrator.tell(text(finding, "fix"));
            }
        }
        expect("it gives both reasons", reasons == 2, report.path("findings"));
        Problem refusal = refusal("the job", () -> as(Cast.ANA).post(V1 + "/jobs", bad));
        expect("submitting it is refused for the same reasons", refusal.errors().size() == 2, refusal.line());
        narrator.checked("nothing was queued");
    }

    private void modelIsTrained() {
        narrator.step("The training is submitted from the command line, and followed live");
        int cpus = Math.min(2, cores());
        // The network does not need the lab's pretend GPU, but it is counted as if it did.
        int gpus = lab == null ? 0 : 1;
        JsonNode earlier = jobNamed(JOB);
        if (earlier == null) {
            String[] command = {
                "submit",
                digits.resolve("train").toString(),
                "--name",
                JOB,
                "--dataset",
                DATASET,
                "--cpus",
                Integer.toString(cpus),
                "--memory",
                "1G",
                "--gpus",
                Integer.toString(gpus),
                "--time",
                "10m",
                "--model",
                MODEL,
                "--json"
            };
            narrator.typed("farga submit examples/digits/train --name \"" + JOB + "\" --dataset " + DATASET + " --cpus "
                    + cpus + " --memory 1G" + (gpus > 0 ? " --gpus " + gpus : "") + " --time 10m --model " + MODEL);
            earlier = Api.JSON.readTree(commandLine(Cast.ANA, command));
        }
        String id = text(earlier, "id");
        expect("the job has a number", !id.isEmpty(), earlier);
        narrator.tell("job " + id + " is taken");
        Metrics metrics = new Metrics();
        JsonNode end = new JobFollower(as(Cast.ANA))
                .follow(
                        id,
                        new JobFollower.Heard(
                                state -> narrator.progress(
                                        0,
                                        "job " + id + " is "
                                                + text(state, "state").toLowerCase(Locale.ROOT)),
                                log -> {},
                                metric -> {
                                    metrics.hear(metric);
                                    narrator.progress(metrics.share(), metrics.line());
                                }));
        narrator.endBar();
        expect(
                "the job completed",
                text(end, "state").equals("COMPLETED"),
                text(end, "state") + " " + text(end, "explanation"));
        job = as(Cast.ANA).get(V1 + "/jobs/" + id).json();
        expect("its exit code is 0", job.path("exitCode").asInt(-1) == 0, job.path("exitCode"));
        Duration ran = Duration.between(instant(job, "startedAt"), instant(job, "endedAt"));
        narrator.checked("it ran for " + Amounts.time(ran)
                + (lab == null
                        ? " as a process of its own on "
                        : " as a job of Slurm on " + text(job, "nodes") + ", with ")
                + text(job, "cpus") + " cores" + (gpus > 0 ? " and " + text(job, "gpus") + " GPU" : ""));
        checkTraining(id);
    }

    private void checkTraining(String id) {
        Api ana = as(Cast.ANA);
        JsonNode summary = await(
                "the job's run with its files",
                () -> ana.get(V1 + "/runs?job=" + id).json().path("items").path(0),
                // RUNNING and COLLECTING come first: until then metrics and files are still being taken in.
                r -> text(r, "state").equals("FINISHED"));
        run = text(summary, "id");
        JsonNode loss =
                ana.get(V1 + "/runs/" + run + "/metrics?name=loss").json().path("points");
        JsonNode accuracy =
                ana.get(V1 + "/runs/" + run + "/metrics?name=accuracy").json().path("points");
        expect(
                "every epoch is on record",
                loss.size() == EPOCHS && accuracy.size() == EPOCHS,
                loss.size() + " and " + accuracy.size());
        double first = loss.get(0).get(1).asDouble();
        double last = loss.get(EPOCHS - 1).get(1).asDouble();
        double held = accuracy.get(EPOCHS - 1).get(1).asDouble();
        expect("the loss fell", last < first / 10, first + " to " + last);
        expect("the accuracy is what such a network reaches", held >= LEAST_ACCURACY && held <= 1, held);
        String log = ana.get(V1 + "/jobs/" + id + "/log?offset=-2000").text();
        String printed = String.format(Locale.ROOT, "held-out accuracy %.4f", held);
        expect("the log says the same", log.contains(printed), log);
        narrator.checked(String.format(
                Locale.ROOT,
                "loss %.3f → %.4f, accuracy on images it had never seen: %.1f %%",
                first,
                last,
                held * 100));
    }

    private int cores() {
        for (JsonNode cluster : as(Cast.ANA).items(V1 + "/clusters", 50)) {
            if (text(cluster, "name").equals(text(allocation, "cluster"))) {
                return cluster.path("cpus").asInt(1);
            }
        }
        throw new StepFailed("there is no cluster " + text(allocation, "cluster"));
    }

    private @Nullable JsonNode jobNamed(String name) {
        for (JsonNode each : as(Cast.ANA).items(V1 + "/jobs?project=" + text(project, "id"), 500)) {
            if (text(each, "name").equals(name)) {
                return each;
            }
        }
        return null;
    }

    /** Runs the user's own command line, as its user; answers what it printed. */
    private String commandLine(Cast who, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Cli.run(
                new Screen(new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8), "", Map.of()),
                Map.of(
                        "FARGA_SERVER", stranger.server().toString(),
                        "FARGA_TOKEN", secrets.getOrDefault(who, ""),
                        "FARGA_PATIENCE_SECONDS", Long.toString(patience.toSeconds())),
                Clock.systemUTC(),
                arguments);
        expect("the command succeeds", code == 0, "exit code " + code + ": " + err.toString(UTF_8));
        return out.toString(UTF_8);
    }

    private void modelKnowsWhereItCameFrom() {
        narrator.step("The model is registered, and can be walked back to its data, code, job, budget and call");
        Api ana = as(Cast.ANA);
        JsonNode registered = await(
                "the model",
                () -> {
                    for (JsonNode each : ana.items(V1 + "/models?project=" + text(project, "id"), 100)) {
                        if (text(each, "name").equals(MODEL)) {
                            return each;
                        }
                    }
                    return null;
                },
                m -> true);
        model = text(registered, "id");
        JsonNode version =
                ana.get(V1 + "/models/" + model).json().path("versions").get(0);
        Set<String> files = texts(version.path("files"), "path");
        expect("its files are kept", files.containsAll(Set.of("model.json", "report.json")), files);
        JsonNode lineage = ana.get(V1 + "/models/" + model + "/versions/" + text(version, "number") + "/lineage")
                .json();
        new LineageTree(lineage).lines().forEach(narrator::tell);
        expect("the job", text(lineage.path("job"), "id").equals(text(job, "id")), lineage.path("job"));
        expect("the run", text(lineage.path("run"), "id").equals(run), lineage.path("run"));
        expect(
                "the allocation",
                text(lineage.path("allocation"), "id").equals(text(allocation, "id")),
                lineage.path("allocation"));
        expect(
                "the proposal",
                text(lineage, "proposal").isEmpty() || text(lineage, "proposal").equals(proposal),
                lineage);
        JsonNode data = lineage.path("datasets").path(0);
        expect(
                "the data with their licence",
                text(data, "slug").equals(DATASET) && text(data, "licence").equals("CC-BY-4.0"),
                data);
        expect("the agreement", !text(data, "agreement").isEmpty(), data);
        String script = ana.get(V1 + "/jobs/" + text(job, "id") + "/script").text();
        expect(
                "the code, byte for byte",
                text(lineage.path("script"), "sha256").equals(sha256(script.getBytes(UTF_8))),
                lineage.path("script"));
        JsonNode kept = Api.JSON.readTree(
                ana.get(V1 + "/runs/" + run + "/files/model.json").body());
        expect(
                "the model is a network of 64, 64 and 10",
                kept.path("layers").toString().equals("[64,64,10]"),
                kept.path("layers"));
        narrator.checked("every link was followed and is right");
        narrator.tell("its card: /models/" + model + "/versions/" + text(version, "number") + "/card");
        narrator.tell("its lineage as a picture: /lineage/model/" + model + "@" + text(version, "number"));
    }

    // And it is accounted for.

    private void statementIsExact() {
        narrator.step("The statement is exact: what was allocated, times how long it was held");
        Api ana = as(Cast.ANA);
        String path = V1 + "/allocations/" + text(allocation, "id") + "/statement";
        JsonNode statement = await(
                "the job on the statement",
                () -> ana.get(path).json(),
                s -> texts(s.path("lines"), "job").contains(text(job, "id")));
        Duration late = Duration.between(instant(job, "endedAt"), Instant.now());
        expect("it is there once", statement.path("lines").size() == 1, statement.path("lines"));
        JsonNode line = statement.path("lines").get(0);
        long held = Duration.between(instant(job, "startedAt"), instant(job, "endedAt"))
                .toMillis();
        long cpu = held * job.path("cpus").asLong();
        long gpu = held * job.path("gpus").asLong();
        expect(
                "CPU time is cores times time",
                line.path("cpuMilliseconds").asLong(-1) == cpu,
                line + " instead of " + cpu);
        expect(
                "GPU time is GPUs times time",
                line.path("gpuMilliseconds").asLong(-1) == gpu,
                line + " instead of " + gpu);
        JsonNode balance = statement.path("balance");
        BigDecimal used = BigDecimal.valueOf(cpu).divide(MILLISECONDS_PER_HOUR, 4, RoundingMode.HALF_UP);
        expect("settled is that, in hours", number(balance, "cpuSettled").compareTo(used) == 0, balance);
        expect(
                "nothing is reserved any more",
                number(balance, "cpuCommitted").signum() == 0
                        && number(balance, "cpuInFlight").signum() == 0,
                balance);
        BigDecimal left =
                BigDecimal.valueOf(20L * 3_600_000 - cpu).divide(MILLISECONDS_PER_HOUR, 4, RoundingMode.HALF_UP);
        expect(
                "left is given less settled",
                number(balance, "cpuLeft").compareTo(left) == 0,
                balance + " instead of " + left);
        narrator.tell(job.path("cpus").asLong() + " cores × " + held + " ms = " + cpu + " core-milliseconds = " + used
                + " CPU-hours; " + hours(balance, "cpuLeft") + " of " + hours(balance, "cpuAwarded") + " left");
        narrator.checked("on the statement once, to the millisecond"
                + (late.toSeconds() < 60 ? ", " + Amounts.time(late) + " after the job's end" : ""));
    }

    private void jobByHandIsSeen(Lab slurm) throws IOException {
        narrator.step("A job given to Slurm by hand is seen and charged like any other");
        Api ana = as(Cast.ANA);
        if (jobNamed(BY_HAND) == null) {
            List<String> command = List.of(
                    "sbatch",
                    "--parsable",
                    "-A",
                    account,
                    "-J",
                    BY_HAND,
                    "-c",
                    "2",
                    "--mem=100",
                    "-t",
                    "2",
                    "-D",
                    "/",
                    "-o",
                    "/dev/null",
                    "--wrap",
                    "sleep 3");
            narrator.typed(
                    unixUser + "$ sbatch -A " + account + " -J \"" + BY_HAND + "\" -c 2 -t 2 --wrap \"sleep 3\"");
            List<String> whole =
                    new ArrayList<>(List.of("setpriv", "--reuid=" + unixUser, "--regid=" + unixUser, "--init-groups"));
            whole.addAll(command);
            narrator.tell("Slurm's job " + String.join(" ", slurm.ask(whole.toArray(String[]::new))));
        }
        JsonNode seen = await("the job", () -> jobNamed(BY_HAND), j -> j.has("endedAt"));
        expect("it completed", text(seen, "state").equals("COMPLETED"), seen);
        expect("it is Ana's", text(seen, "submittedBy").equals(persons.get(Cast.ANA)), seen);
        JsonNode line = await(
                "it on the statement",
                () -> {
                    for (JsonNode each : ana.get(V1 + "/allocations/" + text(allocation, "id") + "/statement")
                            .json()
                            .path("lines")) {
                        if (text(each, "job").equals(text(seen, "id"))) {
                            return each;
                        }
                    }
                    return null;
                },
                l -> true);
        List<String> told = slurm.ask(
                "sacct", "-a", "-X", "-n", "-P", "-S", "now-7days", "--name=" + BY_HAND, "-o", "ElapsedRaw,AllocCPUS");
        String[] run = told.getFirst().split("\\|", -1);
        long charged = Long.parseLong(run[0]) * Long.parseLong(run[1]) * 1_000;
        expect(
                "it is charged what sacct says",
                line.path("cpuMilliseconds").asLong(-1) == charged,
                line + " and sacct " + told);
        narrator.checked("Farga's job " + text(seen, "id") + ", charged " + run[1] + " cores × " + run[0]
                + " s, as sacct has it");
    }

    private void exportOfSlurmCountsNothingTwice(Lab slurm) throws IOException {
        narrator.step("All that sacct knows is imported too, and nothing counts twice");
        Api marta = as(Cast.ADMINISTRATOR);
        String balance = V1 + "/allocations/" + text(allocation, "id") + "/statement";
        JsonNode before = as(Cast.ANA).get(balance).json().path("balance");
        List<String> lines = slurm.ask("sacct", "-a", "-D", "-P", "-S", "now-1days", "-A", account, "-o", "ALL");
        JsonNode opened = marta.post(
                        V1 + "/usage-imports",
                        Api.object(
                                "cluster",
                                Lab.CLUSTER,
                                "zone",
                                ZoneId.systemDefault().getId(),
                                "name",
                                "sacct.txt"))
                .json();
        byte[] text = (String.join("\n", lines) + "\n").getBytes(UTF_8);
        marta.upload(V1 + "/usage-imports/" + text(opened, "id") + "/lines", text, "text/plain");
        JsonNode ended = marta.get(V1 + "/usage-imports/" + text(opened, "id")).json();
        expect("all lines were read", ended.path("lines").asLong() >= 2, ended);
        expect("none was rejected", ended.path("rejected").asLong(-1) == 0, ended);
        expect("none was new", ended.path("entered").asLong(-1) == 0, ended);
        JsonNode after = as(Cast.ANA).get(balance).json().path("balance");
        expect("the balance is what it was", after.equals(before), after + " instead of " + before);
        narrator.checked(ended.path("lines").asLong() + " lines of sacct: "
                + ended.path("unchanged").asLong() + " runs known, "
                + ended.path("skipped").path("steps").asLong() + " steps of them, none counted again");
    }

    private void budgetHolds() {
        narrator.step("A job over budget is refused, with the numbers");
        ObjectNode large = job(Api.object("name", "Too long", "cpus", 1, "timeLimitSeconds", 48 * 3600));
        Problem refusal = refusal("a job of 48 CPU-hours", () -> as(Cast.ANA).post(V1 + "/jobs", large));
        expect("the reason is the budget", refusal.line().contains("48"), refusal.line());
        expect("no job was made", jobNamed("Too long") == null, "one was");
        narrator.refused(firstOf(refusal));
        narrator.checked("nothing was queued");
    }

    private void othersSeeNothing() {
        narrator.step("Another organisation sees none of it");
        Api laia = as(Cast.LAIA);
        List<String> paths = List.of(
                "/organisations/" + forja,
                "/proposals/" + proposal,
                "/projects/" + text(project, "slug"),
                "/allocations/" + text(allocation, "id"),
                "/allocations/" + text(allocation, "id") + "/statement",
                "/jobs/" + text(job, "id"),
                "/jobs/" + text(job, "id") + "/log",
                "/jobs/" + text(job, "id") + "/script",
                "/runs/" + run,
                "/models/" + model);
        for (String path : paths) {
            Problem refusal = refusal("GET " + path, () -> laia.get(V1 + path));
            expect("GET " + path + " by another is 404", refusal.status() == 404, refusal.status());
        }
        Problem cancel = refusal(
                "cancelling another's job", () -> laia.put(V1 + "/jobs/" + text(job, "id") + "/cancellation", null));
        expect("cancelling is 404 too", cancel.status() == 404, cancel.status());
        expect(
                "nothing of it is in the lists",
                laia.items(V1 + "/jobs", 10).isEmpty()
                        && laia.items(V1 + "/models", 10).isEmpty(),
                "something is");
        narrator.checked(paths.size() + " addresses of Forja Vision answer Laia with 404, as if there were nothing");
    }

    private void auditorReads() {
        narrator.step("The auditor reads the log: every decision and every change of rights");
        Set<String> wanted = new TreeSet<>(Set.of("person.signed-up", "proposal.awarded", "model.registered"));
        List<JsonNode> entries = new ArrayList<>();
        as(Cast.AUDITOR).items(V1 + "/audit?limit=200", 1000).forEach(entries::add);
        entries.forEach(e -> wanted.remove(text(e, "action")));
        expect("every kind of decision is there", wanted.isEmpty(), "missing: " + wanted);
        entries.stream()
                .filter(e -> Set.of("proposal.awarded", "model.registered").contains(text(e, "action")))
                .limit(4)
                .forEach(e -> narrator.tell(text(e, "sentence")));
        Problem refusal = refusal("the log, for Ana", () -> as(Cast.ANA).get(V1 + "/audit"));
        expect("others may not read it", refusal.status() == 403 || refusal.status() == 404, refusal.status());
        narrator.checked(entries.size() + " entries; Ana may not read them");
    }

    // How steps are made.

    /** Signs up, if that was not done yet, and in. */
    private void join(Cast one) {
        try {
            stranger.post(
                    V1 + "/persons",
                    Api.object("email", one.email, "name", one.fullName, "password", Cast.PASSWORD, "language", "en"));
        } catch (Problem e) {
            if (!e.name().equals("email-taken")) {
                throw e;
            }
        }
        signIn(one);
    }

    private void signIn(Cast one) {
        String secret = text(
                stranger.post(
                                V1 + "/sign-in",
                                Api.object("email", one.email, "password", Cast.PASSWORD, "tokenName", "demo"))
                        .json(),
                "secret");
        expect(one.fullName + " is signed in", !secret.isEmpty(), "no token");
        Api api = stranger.as(secret);
        secrets.put(one, secret);
        signedIn.put(one, api);
        persons.put(one, text(api.get(V1 + "/me").json(), "id"));
    }

    private Api as(Cast one) {
        Api api = signedIn.get(one);
        if (api == null) {
            throw new IllegalStateException(one + " is not signed in");
        }
        return api;
    }

    private Set<String> roles(Cast one) {
        Set<String> roles = new TreeSet<>();
        as(one).get(V1 + "/me").json().path("centreRoles").forEach(r -> roles.add(r.asString()));
        return roles;
    }

    /** The same at each playing, so that what was done is not done again. */
    private static String key(String what) {
        return "farga-demo-" + what;
    }

    /**
     * Does what may have been done already by a try whose answer was lost: then it is refused as stale or in conflict, and
     * whoever calls looks at how things stand.
     */
    private static void settled(Runnable change) {
        try {
            change.run();
        } catch (Problem e) {
            if (e.status() != 409 && e.status() != 412) {
                throw e;
            }
        }
    }

    private static Problem refusal(String what, Runnable attempt) {
        try {
            attempt.run();
        } catch (Problem e) {
            if (e.status() < 500) {
                return e;
            }
            throw e;
        }
        throw new StepFailed(what + " should have been refused, and was not");
    }

    private static String firstOf(Problem refusal) {
        return refusal.errors().isEmpty()
                ? String.valueOf(refusal.getMessage())
                : refusal.errors().getFirst().detail();
    }

    /** What is at this address, or null. */
    private static @Nullable JsonNode found(Api api, String path) {
        try {
            return api.get(path).json();
        } catch (Problem e) {
            if (e.status() == 404) {
                return null;
            }
            throw e;
        }
    }

    /** Asks until it is there: what follows from an event comes a moment later, and much later where Farga was killed. */
    private JsonNode await(String what, Supplier<@Nullable JsonNode> asked, Predicate<JsonNode> enough) {
        long end = System.nanoTime() + patience.toNanos();
        JsonNode last = null;
        while (System.nanoTime() < end) {
            last = asked.get();
            if (last != null && !last.isMissingNode() && enough.test(last)) {
                return last;
            }
            DemoServer.pause();
        }
        throw new StepFailed("waited " + patience.toSeconds() + " s for " + what + "; there is " + last);
    }

    private static void expect(String what, boolean holds, Object actual) {
        if (!holds) {
            throw new StepFailed("expected: " + what + ". But it is: " + actual);
        }
    }

    private static String text(JsonNode node, String name) {
        JsonNode value = node.path(name);
        return value.isValueNode() && !value.isNull() ? value.asString() : "";
    }

    private static Set<String> texts(JsonNode items, String name) {
        Set<String> texts = new TreeSet<>();
        (items.isArray() ? items : items.path("items")).forEach(i -> texts.add(text(i, name)));
        return texts;
    }

    private static BigDecimal number(JsonNode node, String name) {
        String number = text(node, name);
        return number.isEmpty() ? BigDecimal.ONE.negate() : new BigDecimal(number);
    }

    private static String hours(JsonNode node, String name) {
        return Amounts.hours(number(node, name));
    }

    private static Instant instant(JsonNode node, String name) {
        String instant = text(node, name);
        return instant.isEmpty() ? Instant.EPOCH : Instant.parse(instant);
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** What a training says of itself while it runs. */
    private static final class Metrics {
        private long step;
        private double loss;
        private double accuracy;

        void hear(JsonNode metric) {
            if (text(metric, "name").equals("loss")) {
                step = metric.path("step").asLong();
                loss = metric.path("value").asDouble();
            } else if (text(metric, "name").equals("accuracy")) {
                accuracy = metric.path("value").asDouble();
            }
        }

        double share() {
            return (double) step / EPOCHS;
        }

        String line() {
            return String.format(Locale.ROOT, "epoch %3d/%d   loss %.4f   accuracy %.4f", step, EPOCHS, loss, accuracy);
        }
    }
}
