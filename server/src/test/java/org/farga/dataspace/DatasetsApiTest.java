package org.farga.dataspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.farga.HttpTest;
import org.farga.shared.AgreementId;
import org.farga.shared.CentreRole;
import org.farga.shared.DatasetVersionId;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

class DatasetsApiTest extends HttpTest {
    static final Path EXAMPLE = Path.of("../examples/digits");
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @Autowired
    private Datasets datasets;

    @Autowired
    private DatasetStore store;

    private Client steward;
    private String slug;

    @BeforeEach
    void someoneProvidesData() {
        steward = staff(CentreRole.DATA_STEWARD);
        slug = "digits-" + UUID.randomUUID().toString().substring(0, 8);
    }

    /** A client that sends and takes bytes; the one of {@link HttpTest} speaks JSON. */
    private HttpResponse<byte[]> send(
            Client client, String method, String path, byte @Nullable [] body, String... headers) {
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address() + path))
                    .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
            if (!client.token().isEmpty()) {
                request.header("Authorization", "Bearer " + client.token());
            }
            if (headers.length > 0) {
                request.headers(headers);
            }
            return HTTP.send(request.build(), BodyHandlers.ofByteArray());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String problem(HttpResponse<byte[]> response) {
        return response.statusCode() + " "
                + JSON.readTree(response.body()).path("type").asString().replaceFirst("^/problems/", "");
    }

    private String described(String terms) throws IOException {
        return JSON.writeValueAsString(java.util.Map.of(
                "slug",
                slug,
                "title",
                "Handwritten digits",
                "summary",
                "1,797 images of single handwritten digits, each with the digit it shows.",
                "licence",
                "CC-BY-4.0",
                "terms",
                terms,
                "card",
                Files.readString(EXAMPLE.resolve("CARD.md"))));
    }

    private JsonNode create() throws IOException {
        return steward.post("/api/v1/datasets", described("Name the authors.\r\nUse it well."))
                .expect(201);
    }

    private String at() {
        return "/api/v1/datasets/" + slug;
    }

    private HttpResponse<byte[]> put(String path, byte[] body, String... headers) {
        return send(steward, "PUT", at() + "/versions/1/files/" + path, body, headers);
    }

    private static byte[] digits() throws IOException {
        return Files.readAllBytes(EXAMPLE.resolve("digits.csv"));
    }

    /** The example, published as version 1. */
    private void published() throws IOException {
        create();
        steward.post(at() + "/versions", null).expect(201);
        assertThat(put("digits.csv", digits()).statusCode()).isEqualTo(201);
        assertThat(put("LICENCE.md", Files.readAllBytes(EXAMPLE.resolve("LICENCE.md")))
                        .statusCode())
                .isEqualTo(201);
        steward.put(at() + "/versions/1/publication", null).expect(200);
    }

    private String termsSha256() {
        return stranger().get(at()).expect(200).path("terms").path("sha256").asString();
    }

    private Answered accept(Client client, String organisation, String sha256) {
        return client.post(at() + "/agreements", """
                {"organisation": "%s", "termsSha256": "%s"}""".formatted(organisation, sha256));
    }

    private static String name(Outcome<?> outcome) {
        return outcome instanceof Outcome.Refused<?>(Refusal refusal) ? refusal.name() : "done";
    }

    @Test
    void aDatasetGoesFromItsDescriptionToAJobsFolder() throws IOException {
        JsonNode created = create();
        assertThat(created.path("licence").asString()).isEqualTo("CC-BY-4.0");
        JsonNode draft = steward.post(at() + "/versions", null).expect(201);
        assertThat(draft.path("number").asInt()).isEqualTo(1);
        HttpResponse<byte[]> put = put("digits.csv", digits());
        assertThat(put.statusCode()).isEqualTo(201);
        JsonNode file = JSON.readTree(put.body());
        assertThat(file.path("bytes").asLong()).isEqualTo(265358);
        assertThat(file.path("mediaType").asString()).isEqualTo("text/csv");
        JsonNode published = steward.put(at() + "/versions/1/publication", null).expect(200);
        assertThat(published.path("rows").asLong()).isEqualTo(1797);
        assertThat(published.path("files").asInt()).isEqualTo(1);

        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        OrganisationId id = OrganisationId.valueOf(organisation);
        assertThat(name(datasets.mount(id, slug))).isEqualTo("terms-not-accepted");
        JsonNode agreement = accept(ana, organisation, termsSha256()).expect(201);
        Datasets.Mountable mountable = datasets.mount(id, slug).orThrow();
        assertThat(mountable.number()).isEqualTo(1);
        assertThat(mountable.agreement().toString())
                .isEqualTo(agreement.path("agreement").asString());
        assertThat(Files.readAllBytes(mountable.folder().resolve("digits.csv"))).isEqualTo(digits());
        assertThat(Files.getPosixFilePermissions(mountable.folder().resolve("digits.csv")))
                .noneMatch(p -> p.name().endsWith("WRITE"));
        assertThat(datasets.mount(id, slug + "@1")).isEqualTo(datasets.mount(id, slug));
        assertThat(datasets.mountUnder(mountable.agreement(), mountable.version()))
                .isEqualTo(datasets.mount(id, slug));
        assertThat(datasets.summaries(List.of(mountable.version(), DatasetVersionId.create())))
                .hasSize(1)
                .containsValue(new Datasets.VersionSummary(
                        mountable.version(), mountable.dataset(), slug, 1, "Handwritten digits", "CC-BY-4.0"));
        JsonNode accepted = ana.get(at()).expect(200).path("accepted");
        assertThat(accepted).hasSize(1);
        assertThat(accepted.get(0).path("organisation").asString()).isEqualTo(organisation);
    }

    @Test
    void aJobIsToldWhyADatasetIsNotForIt() throws IOException {
        published();
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        OrganisationId id = OrganisationId.valueOf(organisation);
        assertThat(name(datasets.mount(id, "no-such-thing"))).isEqualTo("dataset-unknown");
        assertThat(name(datasets.mount(id, "../etc"))).isEqualTo("dataset-unknown");
        assertThat(name(datasets.mount(id, ""))).isEqualTo("dataset-unknown");
        for (String number : List.of("2", "0", "", "x", "-1", "99999999999999999999", "1@1")) {
            assertThat(name(datasets.mount(id, slug + "@" + number))).as(number).isEqualTo("dataset-version-unknown");
        }
        accept(ana, organisation, termsSha256()).expect(201);
        assertThat(name(datasets.mount(id, slug))).isEqualTo("done");
        assertThat(name(datasets.mountUnder(AgreementId.create(), DatasetVersionId.create())))
                .isEqualTo("dataset-unknown");
    }

    @Test
    void strangersSeeTheCatalogueButNoDrafts() throws IOException {
        create();
        stranger().get(at()).expectProblem(404, "not-found");
        signUp("Eve").get(at()).expectProblem(404, "not-found");
        steward.post(at() + "/versions", null).expect(201);
        stranger().get(at()).expectProblem(404, "not-found");
        put("digits.csv", digits());
        steward.put(at() + "/versions/1/publication", null).expect(200);
        stranger().get(at()).expect(200);
        steward.post(at() + "/versions", null).expect(201);
        assertThat(stranger().get(at()).expect(200).path("versions")).hasSize(1);
        assertThat(steward.get(at()).expect(200).path("versions")).hasSize(2);
        stranger().get(at() + "/versions/2").expectProblem(404, "not-found");
        stranger().get(at() + "/versions/x").expectProblem(404, "not-found");
        stranger().get(at() + "/versions/1/files/digits.csv").expectProblem(401, "sign-in-required");
        stranger().post("/api/v1/datasets", "{}").expectProblem(401, "sign-in-required");
    }

    @Test
    void theCatalogueIsSearchedByBeginningsOfWordsWithoutAccents() throws IOException {
        String word =
                "zq" + UUID.randomUUID().toString().replaceAll("[^a-f]", "").toLowerCase(java.util.Locale.ROOT);
        published();
        steward.patch(at(), "{\"title\": \"Dígits %sens\"}".formatted(word), "If-Match", "\"1\"")
                .expect(200);
        for (String q : List.of(word, word + "%20digits", "D%C3%8DGITS%20" + word, word + "%20pixel")) {
            assertThat(stranger().get("/api/v1/datasets?q=" + q).expect(200).path("items"))
                    .as(q)
                    .hasSize(1);
        }
        for (String q : List.of(word + "%20zebra", word + "x", word + "%20%7C%20zebra")) {
            assertThat(stranger().get("/api/v1/datasets?q=" + q).expect(200).path("items"))
                    .as(q)
                    .isEmpty();
        }
        JsonNode latest = stranger()
                .get("/api/v1/datasets?q=" + word)
                .expect(200)
                .path("items")
                .get(0)
                .path("latest");
        assertThat(latest.path("rows").asLong()).isEqualTo(1797);
        stranger().get("/api/v1/datasets?q=" + "x".repeat(201)).expectProblem(422, "invalid-fields");
        stranger().get("/api/v1/datasets?cursor=nonsense").expectProblem(422, "bad-cursor");
    }

    @Test
    void theCatalogueIsAPage() throws IOException {
        String word = "yq" + UUID.randomUUID().toString().replaceAll("[^a-f]", "");
        for (int i = 0; i < 3; i++) {
            slug = word + "-" + i;
            published();
        }
        var first = stranger().get("/api/v1/datasets?limit=2&q=" + word).expect(200);
        var second = stranger()
                .get("/api/v1/datasets?limit=2&q=" + word + "&cursor="
                        + first.path("next").asString())
                .expect(200);
        assertThat(first.path("items")).hasSize(2);
        assertThat(second.path("items")).hasSize(1);
        assertThat(second.path("items").get(0).path("slug").asString())
                .isNotEqualTo(first.path("items").get(0).path("slug").asString())
                .isNotEqualTo(first.path("items").get(1).path("slug").asString());
        assertThat(second.has("next")).isFalse();
    }

    @Test
    void onlyDataStewardsProvide() throws IOException {
        published();
        Client ana = signUp("Ana");
        Client auditor = staff(CentreRole.AUDITOR);
        for (Client client : List.of(ana, auditor, staff(CentreRole.ADMINISTRATOR))) {
            client.post("/api/v1/datasets", described("x")).expectProblem(403, "stewards-only");
            client.patch(at(), "{}", "If-Match", "\"1\"").expectProblem(403, "stewards-only");
            client.post(at() + "/versions", null).expectProblem(403, "stewards-only");
            client.put(at() + "/versions/1/publication", null).expectProblem(403, "stewards-only");
            client.put(at() + "/versions/1/retirement", "{\"reason\": \"x\"}").expectProblem(403, "stewards-only");
            assertThat(problem(send(client, "PUT", at() + "/versions/1/files/a.csv", new byte[1])))
                    .isEqualTo("403 stewards-only");
            client.delete(at() + "/versions/1/files/digits.csv").expectProblem(403, "stewards-only");
        }
        assertThat(problem(send(stranger(), "PUT", at() + "/versions/1/files/a.csv", new byte[1])))
                .isEqualTo("401 sign-in-required");
    }

    @Test
    void aDescriptionIsCheckedAndASlugIsTakenOnce() throws IOException {
        create();
        steward.post("/api/v1/datasets", described("x")).expectProblem(409, "slug-taken");
        JsonNode problem = steward.post("/api/v1/datasets", """
                        {"slug": "No Slug", "title": " ", "licence": "Free-Beer-1.0"}""").expectProblem(422, "invalid-fields");
        assertThat(problem.path("errors").findValuesAsString("field"))
                .containsExactly("slug", "title", "summary", "licence", "terms", "card");
    }

    @Test
    void aDescriptionIsChangedByTheVersionThatWasRead() throws IOException {
        published();
        steward.patch(at(), "{\"summary\": \"Short.\"}").expectProblem(428, "version-required");
        var changed = steward.patch(at(), "{\"summary\": \"Short.\"}", "If-Match", "\"1\"");
        assertThat(changed.expect(200).path("summary").asString()).isEqualTo("Short.");
        assertThat(changed.header("ETag")).isEqualTo("\"2\"");
        steward.patch(at(), "{\"summary\": \"Other.\"}", "If-Match", "\"1\"").expectProblem(412, "stale");
        assertThat(changed.json().path("terms").path("version").asInt()).isEqualTo(1);
        steward.patch(at(), "{\"language\": \"Spanish\"}", "If-Match", "\"2\"").expectProblem(422, "invalid-fields");
    }

    @Test
    void aDescriptionIsMarkedWithItsLanguage() throws IOException {
        published();
        assertThat(steward.get(at()).expect(200).has("language")).isFalse();
        steward.patch(at(), "{\"language\": \"es\"}", "If-Match", "\"1\"").expect(200);
        assertThat(steward.get(at()).expect(200).path("language").asString()).isEqualTo("es");
        steward.patch(at(), "{\"language\": \"\"}", "If-Match", "\"2\"").expect(200);
        assertThat(steward.get(at()).expect(200).has("language")).isFalse();
    }

    @Test
    void aBadUploadLeavesNothing() throws IOException {
        create();
        steward.post(at() + "/versions", null).expect(201);
        byte[] bytes = "a,b\n1,%s\n".formatted(slug).getBytes(StandardCharsets.UTF_8);
        String right = Sha256.of(Sha256.newDigest().digest(bytes)).digestField();
        String wrong = Sha256.ofText("else").digestField();
        assertThat(problem(put("a.csv", bytes, "Content-Digest", wrong))).isEqualTo("422 digest-mismatch");
        assertThat(problem(put("a.csv", bytes, "Content-Digest", "sha-256=:aGk=:")))
                .isEqualTo("422 bad-digest");
        assertThat(problem(put("a.csv", bytes, "Content-Type", "application/x-www-form-urlencoded")))
                .isEqualTo("422 upload-as-form");
        assertThat(steward.get(at() + "/versions/1").expect(200).path("files")).isEmpty();
        assertThat(store.holds(Sha256.of(Sha256.newDigest().digest(bytes)))).isFalse();
        assertThat(put("a.csv", bytes, "Content-Digest", "sha-512=:aGk=:, " + right)
                        .statusCode())
                .isEqualTo(201);
        assertThat(problem(put("A.CSV", bytes))).isEqualTo("409 path-collides");
        assertThat(problem(put("a.csv/b.csv", bytes))).isEqualTo("409 path-collides");
        assertThat(problem(put("aux.csv", bytes))).isEqualTo("422 path-reserved");
        assertThat(problem(put("b.", bytes))).isEqualTo("422 path-edge");
        assertThat(problem(put("a.csv", bytes, "If-None-Match", "*"))).isEqualTo("409 file-exists");
        for (String trick : List.of("..%2fup.csv", "%2e%2e/up.csv", "a%00b", "a%5cb", "a//b", "a;b", "a%0ab")) {
            assertThat(put(trick, bytes).statusCode()).as(trick).isBetween(400, 422);
        }
        assertThat(steward.get(at() + "/versions/1").expect(200).path("files")).hasSize(1);
    }

    @Test
    void aFileInADraftMayBeReplacedAndRemoved() throws IOException {
        create();
        steward.post(at() + "/versions", null).expect(201);
        assertThat(put("données/a b.csv".replace(" ", "%20").replace("é", "%C3%A9"), new byte[] {'1'})
                        .statusCode())
                .isEqualTo(201);
        HttpResponse<byte[]> second = put("donn%C3%A9es/a%20b.csv", new byte[] {'2', '2'});
        assertThat(second.statusCode()).isEqualTo(200);
        JsonNode files = steward.get(at() + "/versions/1").expect(200).path("files");
        assertThat(files).hasSize(1);
        assertThat(files.get(0).path("path").asString()).isEqualTo("données/a b.csv");
        assertThat(files.get(0).path("bytes").asInt()).isEqualTo(2);
        assertThat(send(steward, "DELETE", at() + "/versions/1/files/donn%C3%A9es/a%20b.csv", null)
                        .statusCode())
                .isEqualTo(204);
        assertThat(problem(send(steward, "DELETE", at() + "/versions/1/files/donn%C3%A9es/a%20b.csv", null)))
                .isEqualTo("404 not-found");
        steward.put(at() + "/versions/1/publication", null).expectProblem(409, "version-empty");
    }

    @Test
    void aPublishedVersionNeverChanges() throws IOException {
        published();
        assertThat(problem(put("digits.csv", new byte[1]))).isEqualTo("409 version-published");
        assertThat(problem(put("more.csv", new byte[1]))).isEqualTo("409 version-published");
        steward.delete(at() + "/versions/1/files/digits.csv").expectProblem(409, "version-published");
        // Publishing again changes nothing.
        JsonNode first = steward.get(at()).expect(200).path("versions").get(0);
        assertThat(steward.put(at() + "/versions/1/publication", null).expect(200))
                .isEqualTo(first);
        assertThat(steward.post(at() + "/versions", null)
                        .expect(201)
                        .path("number")
                        .asInt())
                .isEqualTo(2);
        steward.post(at() + "/versions", null).expectProblem(409, "draft-exists");
    }

    @Test
    void twoPublicationsAtOnceArePublishedOnce() throws Exception {
        create();
        steward.post(at() + "/versions", null).expect(201);
        put("digits.csv", digits());
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Answered> publish = () -> steward.put(at() + "/versions/1/publication", null);
            List<Future<Answered>> answers = threads.invokeAll(List.of(publish, publish, publish, publish));
            for (Future<Answered> answer : answers) {
                assertThat(answer.get().expect(200))
                        .isEqualTo(answers.getFirst().get().json());
            }
        }
        assertThat(jdbc.sql("""
                        SELECT count(*) FROM audit_entry
                        WHERE action = 'dataset-version.published' AND details ->> 'dataset' = :slug""").param("slug", slug).query(Integer.class).single())
                .isEqualTo(1);
    }

    @Test
    void aPublicationThatWasCutOffIsDoneAgainWhole() throws IOException {
        create();
        JsonNode draft = steward.post(at() + "/versions", null).expect(201);
        put("digits.csv", digits());
        // As a crash leaves it between the folder's rename and the commit: the folder is there, the version is a draft.
        Path folder = store.folder(DatasetVersionId.valueOf(draft.path("id").asString()));
        Files.createDirectories(folder.resolve("inner"));
        Files.writeString(folder.resolve("inner/stale.csv"), "stale");
        steward.put(at() + "/versions/1/publication", null).expect(200);
        try (var files = Files.list(folder)) {
            assertThat(files.map(f -> f.getFileName().toString())).containsExactly("digits.csv");
        }
    }

    @Test
    void aDownloadNeedsALiveAgreement() throws IOException {
        published();
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        String file = at() + "/versions/1/files/digits.csv";
        assertThat(problem(send(ana, "GET", file, null))).isEqualTo("403 terms-not-accepted");
        String agreement = accept(ana, organisation, termsSha256())
                .expect(201)
                .path("agreement")
                .asString();
        HttpResponse<byte[]> got = send(ana, "GET", file, null);
        assertThat(got.statusCode()).isEqualTo(200);
        assertThat(got.body()).isEqualTo(digits());
        assertThat(problem(send(ana, "GET", at() + "/versions/1/files/other.csv", null)))
                .isEqualTo("404 not-found");
        assertThat(problem(send(signUp("Eve"), "GET", file, null))).isEqualTo("403 terms-not-accepted");
        assertThat(send(ana, "DELETE", "/api/v1/agreements/" + agreement, null).statusCode())
                .isEqualTo(204);
        assertThat(problem(send(ana, "GET", file, null))).isEqualTo("403 terms-not-accepted");
    }

    @Test
    void aDownloadCanBeResumedAndChecked() throws IOException {
        published();
        String file = at() + "/versions/1/files/digits.csv";
        byte[] all = digits();
        Sha256 sha256 = Sha256.of(Sha256.newDigest().digest(all));
        HttpResponse<byte[]> whole = send(steward, "GET", file, null);
        String etag = whole.headers().firstValue("ETag").orElseThrow();
        assertThat(etag).isEqualTo("\"" + sha256 + "\"");
        assertThat(whole.headers().firstValue("Content-Digest")).contains(sha256.digestField());
        assertThat(whole.headers().firstValue("Repr-Digest")).contains(sha256.digestField());
        assertThat(whole.headers().firstValue("Content-Type")).contains("text/csv");
        assertThat(whole.headers().firstValue("Content-Disposition").orElse(""))
                .startsWith("attachment")
                .contains("digits.csv");

        HttpResponse<byte[]> first = send(steward, "GET", file, null, "Range", "bytes=0-99");
        assertThat(first.statusCode()).isEqualTo(206);
        assertThat(first.body()).isEqualTo(Arrays.copyOf(all, 100));
        assertThat(first.headers().firstValue("Content-Range")).contains("bytes 0-99/" + all.length);
        assertThat(first.headers().firstValue("Content-Digest")).isEmpty();
        assertThat(first.headers().firstValue("Repr-Digest")).contains(sha256.digestField());
        HttpResponse<byte[]> last = send(steward, "GET", file, null, "Range", "bytes=-7");
        assertThat(last.body()).isEqualTo(Arrays.copyOfRange(all, all.length - 7, all.length));
        // Large enough that the kernel sends it.
        HttpResponse<byte[]> rest = send(steward, "GET", file, null, "Range", "bytes=1000-", "If-Range", etag);
        assertThat(rest.statusCode()).isEqualTo(206);
        assertThat(rest.body()).isEqualTo(Arrays.copyOfRange(all, 1000, all.length));
        HttpResponse<byte[]> other = send(steward, "GET", file, null, "Range", "bytes=1000-", "If-Range", "\"other\"");
        assertThat(other.statusCode()).isEqualTo(200);
        assertThat(other.body()).isEqualTo(all);
        HttpResponse<byte[]> beyond = send(steward, "GET", file, null, "Range", "bytes=265358-");
        assertThat(problem(beyond)).isEqualTo("416 range-not-satisfiable");
        assertThat(beyond.headers().firstValue("Content-Range")).contains("bytes */265358");
        assertThat(problem(send(steward, "GET", file, null, "Range", "bytes=0-1,3-4")))
                .isEqualTo("416 multiple-ranges");

        assertThat(send(steward, "GET", file, null, "If-None-Match", etag).statusCode())
                .isEqualTo(304);
        assertThat(send(steward, "GET", file, null, "If-None-Match", "\"a\", W/" + etag)
                        .statusCode())
                .isEqualTo(304);
        assertThat(send(steward, "GET", file, null, "If-None-Match", "\"a\"").statusCode())
                .isEqualTo(200);
        HttpResponse<byte[]> head = send(steward, "HEAD", file, null, "Range", "bytes=0-99");
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.headers().firstValue("Content-Length")).contains("265358");
        assertThat(head.body()).isEmpty();
    }

    @Test
    void anybodySeesColumnsAndFirstRowsWhereTheProviderLetsThem() throws IOException {
        published();
        JsonNode version = stranger().get(at() + "/versions/1").expect(200);
        assertThat(version.path("columnsOf").asString()).isEqualTo("digits.csv");
        assertThat(version.path("columns")).hasSize(65);
        JsonNode digit = version.path("columns").get(64);
        assertThat(digit.path("name").asString()).isEqualTo("digit");
        assertThat(digit.path("type").asString()).isEqualTo("INTEGER");
        assertThat(digit.path("min").asString()).isEqualTo("0");
        assertThat(digit.path("max").asString()).isEqualTo("9");
        assertThat(digit.path("distinct").asInt()).isEqualTo(10);
        assertThat(digit.path("histogram")).hasSize(10);
        assertThat(digit.path("histogram").get(0).path("count").asInt()).isEqualTo(178);
        JsonNode preview =
                stranger().get(at() + "/versions/1/preview?file=digits.csv").expect(200);
        assertThat(preview.path("rows")).hasSize(20);
        assertThat(preview.path("rows").get(0)).hasSize(65);
        assertThat(preview.path("whole").asBoolean()).isTrue();
        stranger().get(at() + "/versions/1/preview?file=LICENCE.md").expectProblem(422, "no-table");
        stranger().get(at() + "/versions/1/preview?file=../x").expectProblem(404, "not-found");

        steward.patch(at(), "{\"previewPublic\": false}", "If-Match", "\"1\"").expect(200);
        stranger().get(at() + "/versions/1/preview").expectProblem(403, "preview-not-public");
        assertThat(stranger().get(at() + "/versions/1").expect(200).path("columns"))
                .isEmpty();
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        ana.get(at() + "/versions/1/preview").expectProblem(403, "preview-not-public");
        accept(ana, organisation, termsSha256()).expect(201);
        assertThat(ana.get(at() + "/versions/1/preview").expect(200).path("rows"))
                .hasSize(20);
    }

    @Test
    void aRetiredVersionIsATombstone() throws IOException {
        published();
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        accept(ana, organisation, termsSha256()).expect(201);
        OrganisationId id = OrganisationId.valueOf(organisation);
        Datasets.Mountable before = datasets.mount(id, slug).orThrow();
        steward.put(at() + "/versions/1/retirement", "{}").expectProblem(422, "invalid-fields");
        steward.put(at() + "/versions/1/retirement", "{\"reason\": \"Two rows were wrong.\"}")
                .expect(200);
        JsonNode version = stranger().get(at() + "/versions/1").expect(200);
        assertThat(version.path("state").asString()).isEqualTo("RETIRED");
        assertThat(version.path("retirementReason").asString()).isEqualTo("Two rows were wrong.");
        assertThat(problem(send(ana, "GET", at() + "/versions/1/files/digits.csv", null)))
                .isEqualTo("409 version-retired");
        stranger().get(at() + "/versions/1/preview").expectProblem(409, "version-retired");
        assertThat(name(datasets.mount(id, slug))).isEqualTo("dataset-unknown");
        assertThat(name(datasets.mountUnder(before.agreement(), before.version())))
                .isEqualTo("version-retired");
        assertThat(datasets.summaries(List.of(before.version()))).hasSize(1);
    }

    @Test
    void onlyAnOwnerAcceptsAndOnlyWhatTheyHaveRead() throws IOException {
        published();
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        String terms = termsSha256();
        accept(stranger(), organisation, terms).expectProblem(401, "sign-in-required");
        accept(signUp("Eve"), organisation, terms).expectProblem(404, "not-found");
        Client bo = signUp("Bo");
        jdbc.sql("""
                        INSERT INTO membership (organisation_id, person_id, role, since)
                        VALUES (:organisation, :person, 'MEMBER', now())""")
                .param("organisation", UUID.fromString(organisation))
                .param("person", bo.person().value())
                .update();
        accept(bo, organisation, terms).expectProblem(403, "owners-only");
        accept(ana, organisation, "f".repeat(64)).expectProblem(409, "terms-changed");
        accept(ana, organisation, "nonsense").expectProblem(422, "invalid-fields");
        ana.post(at() + "/agreements", "{}").expectProblem(422, "invalid-fields");
        JsonNode agreement = accept(ana, organisation, terms).expect(201);
        assertThat(accept(ana, organisation, terms).expect(201).path("agreement"))
                .isEqualTo(agreement.path("agreement"));

        String path = "/api/v1/agreements/" + agreement.path("agreement").asString();
        assertThat(bo.get(path).expect(200).path("acceptedBy").asString()).isEqualTo("Ana");
        signUp("Eve").get(path).expectProblem(404, "not-found");
        signUp("Eve").delete(path).expectProblem(404, "not-found");
        bo.delete(path).expectProblem(403, "owners-only");
        staff(CentreRole.AUDITOR).delete(path).expectProblem(403, "stewards-only");
        steward.delete(path).expectProblem(422, "invalid-fields");
        assertThat(steward.delete(path + "?reason=The%20subjects%20withdrew%20consent.")
                        .status())
                .isEqualTo(204);
        ana.delete(path).expectProblem(409, "agreement-ended");
        assertThat(ana.get(path).expect(200).path("endingReason").asString())
                .isEqualTo("The subjects withdrew consent.");
        assertThat(ana.get("/api/v1/agreements").expect(200).path("items")).hasSize(1);
        assertThat(accept(ana, organisation, terms).expect(201).path("agreement"))
                .isNotEqualTo(agreement.path("agreement"));
    }

    @Test
    void newTermsAreAcceptedAnewAndTheRightGoesOn() throws IOException {
        published();
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        String old = termsSha256();
        accept(ana, organisation, old).expect(201);
        Datasets.Mountable before =
                datasets.mount(OrganisationId.valueOf(organisation), slug).orThrow();
        steward.patch(at(), "{\"terms\": \"Name the authors.\\nUse it very well.\"}", "If-Match", "\"1\"")
                .expect(200);
        // What was agreed stays agreed until the new wording is.
        assertThat(datasets.mountUnder(before.agreement(), before.version()).orThrow())
                .isEqualTo(before);
        accept(ana, organisation, old).expectProblem(409, "terms-changed");
        JsonNode renewed = accept(ana, organisation, termsSha256()).expect(201);
        assertThat(renewed.path("termsVersion").asInt()).isEqualTo(2);
        assertThat(datasets.mountUnder(before.agreement(), before.version())
                        .orThrow()
                        .agreement()
                        .toString())
                .isEqualTo(renewed.path("agreement").asString());
        ana.delete("/api/v1/agreements/" + renewed.path("agreement").asString());
        assertThat(name(datasets.mountUnder(before.agreement(), before.version())))
                .isEqualTo("agreement-over");
    }
}
