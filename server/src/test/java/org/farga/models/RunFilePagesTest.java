package org.farga.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.farga.shared.RunId;
import org.junit.jupiter.api.Test;

class RunFilePagesTest extends TrainedRuns {
    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private RunId run(Startup startup) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("plots/loss.png", new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n', 0, 0});
        files.put("plots/evil.svg", utf8("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"));
        files.put("plots/fake.png", utf8("<html><script>alert(1)</script>"));
        files.put(
                "README.md",
                utf8(
                        "---\nlicense: mit\n---\n# Hi\n<script>alert(1)</script>\n\n[plot](plots/loss.png) [x](javascript:alert(1)) ![far](https://example.org/x.png)\n"));
        files.put("table.csv", utf8("name,value\n<b>bold</b>,2\n"));
        files.put("big.log", utf8("line\n".repeat(30_000)));
        return trained(job(startup), "", files);
    }

    @Test
    void filesAreBrowsedAsFolders() throws IOException {
        Startup startup = startup();
        RunId run = run(startup);
        String top = startup.ana().get("/runs/" + run + "/folder").body();
        assertThat(top).contains("folder?path=plots\"", "file?path=README.md").doesNotContain("loss.png");
        assertThat(startup.ana().get("/runs/" + run + "/folder?path=plots").body())
                .contains("file?path=plots%2Floss.png");
        assertThat(startup.ana().get("/runs/" + run + "/folder?path=none").status())
                .isEqualTo(404);
        assertThat(startup.ana().get("/runs/" + run).body()).contains("folder?path=plots");
    }

    @Test
    void whatAJobWroteIsShownAndNeverRun() throws IOException {
        Startup startup = startup();
        String run = "/runs/" + run(startup);
        String readme = startup.ana().get(run + "/file?path=README.md").body();
        assertThat(readme)
                .contains("license: mit", "&lt;script&gt;", "/file?path=plots%2Floss.png", "https://example.org/x.png")
                .doesNotContain("<script>alert", "javascript:", "<img class=\"picture\"", "src=\"https://example.org");
        assertThat(startup.ana().get(run + "/file?path=plots/evil.svg").body())
                .contains("&lt;svg")
                .doesNotContain("<script>alert");
        assertThat(startup.ana().get(run + "/file?path=table.csv").body()).contains("<td>&lt;b&gt;bold&lt;/b&gt;</td>");
        String log = startup.ana().get(run + "/file?path=big.log").body();
        assertThat(log.length()).isLessThan(100_000);
        assertThat(log).contains("64 KiB");
    }

    @Test
    void onlyAPictureIsServedAsOneAndItCanDoNothing() throws IOException {
        Startup startup = startup();
        String run = "/runs/" + run(startup);
        assertThat(startup.ana().get(run + "/file?path=plots/loss.png").body())
                .contains("/image?path=plots%2Floss.png");
        var picture = startup.ana().get(run + "/image?path=plots/loss.png");
        assertThat(picture.status()).isEqualTo(200);
        assertThat(picture.header("Content-Type")).isEqualTo("image/png");
        assertThat(picture.header("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(picture.http().headers().allValues("Content-Security-Policy"))
                .containsExactly("default-src 'none'; sandbox");
        assertThat(startup.ana().get(run + "/image?path=plots/evil.svg").status())
                .isEqualTo(404);
        assertThat(startup.ana().get(run + "/image?path=plots/fake.png").status())
                .isEqualTo(404);
        var part = startup.ana().get(run + "/content?path=big.log", "Range", "bytes=5-8");
        assertThat(part.status()).isEqualTo(206);
        assertThat(part.body()).isEqualTo("line");
        assertThat(part.header("Content-Disposition")).startsWith("attachment");
    }

    @Test
    void othersFindNoFile() throws IOException {
        Startup startup = startup();
        String run = "/runs/" + run(startup);
        Client eve = startup().ana();
        for (String page :
                List.of("/folder", "/file?path=README.md", "/image?path=plots/loss.png", "/content?path=README.md")) {
            assertThat(eve.get(run + page).status()).as(page).isEqualTo(404);
        }
    }
}
