package org.farga.journeys;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Takes the pictures of the README from the running product: {@code -Dtest=PictureTest -Dfarga.pictures=true}. */
@EnabledIfSystemProperty(named = "farga.pictures", matches = "true")
class PictureTest {
    private static final Path IMAGES = FargaProcess.ROOT.resolve("docs/images");
    private static final int MOST_BYTES = 200_000;

    @Test
    void thePicturesOfTheReadmeShowTheRealProduct(@TempDir Path data) throws IOException {
        Files.createDirectories(IMAGES);
        try (Browser browser = Browser.start();
                FargaProcess farga = FargaProcess.start(data)) {
            Story story = Story.tell(farga);
            Page desktop = browser.window(farga, 1280, 800);
            Story.signIn(desktop, Story.ANA);
            Page phone = browser.phone(farga);
            Story.signIn(phone, Story.ANA);

            take(desktop, "/", "home.png");
            take(desktop, "/datasets/digits", "dataset.png");

            // Tall enough for the log, and long enough to be caught in the middle.
            desktop.setViewportSize(1280, 1080);
            String job = story.submitTraining("digits", 300);
            for (Page page : new Page[] {desktop, phone}) {
                page.navigate("/jobs/" + job);
                Locator loss = page.locator("#metrics figure").first();
                assertThat(loss).isVisible(new LocatorAssertions.IsVisibleOptions().setTimeout(40_000));
                assertThat(loss.locator("tbody tr").nth(59))
                        .isAttached(new LocatorAssertions.IsAttachedOptions().setTimeout(40_000));
            }
            take(desktop, "", "job.png");
            phone.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
            phone.locator("#metrics").scrollIntoViewIfNeeded();
            take(phone, "", "job-phone.png");

            story.awaitEnd(job);
            String model = story.ana
                    .get("/models")
                    .done()
                    .path("items")
                    .path(0)
                    .path("id")
                    .asString();
            take(desktop, "/models/" + model, "model.png");
            story.end();
            browser.assertNothingWentWrong();
        }
    }

    /** What the window shows of an address, or of where it is. */
    private static void take(Page page, String address, String name) throws IOException {
        if (!address.isEmpty()) {
            page.navigate(address);
        }
        Path image = IMAGES.resolve(name);
        page.screenshot(new Page.ScreenshotOptions().setPath(image));
        assertThat(Files.size(image)).as(name).isLessThanOrEqualTo(MOST_BYTES);
    }
}
