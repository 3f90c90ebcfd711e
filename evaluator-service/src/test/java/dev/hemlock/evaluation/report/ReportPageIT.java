package dev.hemlock.evaluation.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The report in a real browser, with scripts and without. */
class ReportPageIT {
  private static final int TAB = 9;
  private static final int RIGHT = 39;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "1280,light,false",
    "1280,dark,true",
    "360,light,false",
    "360,light,true",
  })
  void opensWithoutNetworkErrorsOrSidewaysScrolling(int width, String scheme, boolean scripts)
      throws Exception {
    // Given
    ReportFixture fixture = ReportFixture.usual();
    Path file = write(ReportPage.render(fixture.report(), fixture.images()));
    try (ChromiumPage page = ChromiumPage.start(chromium(), folder.resolve("profile"))) {
      // When
      page.open(file, width, scheme, scripts);

      // Then
      assertThat(
              List.of("<h1>1 → 7</h1>", fixture.report().getCaveats(0), "deploy/hemlock measure"))
          .allMatch(page.html()::contains);
      assertThat(requests(page))
          .isNotEmpty()
          .allMatch(url -> url.startsWith("data:image/png") || url.equals(file.toUri().toString()));
      assertThat(page.events("Log.entryAdded")).isEmpty();
      assertThat(page.events("Runtime.consoleAPICalled")).isEmpty();
      assertThat(page.events("Runtime.exceptionThrown")).isEmpty();
      assertThat(page.contentWidth()).isLessThanOrEqualTo(width);
    }
  }

  @Test
  void fitsTheDefenceBillOnAPhone() throws Exception {
    // Given
    ReportFixture fixture = ReportFixture.usual();
    Path file = write(ReportPage.render(fixture.withDefences(), fixture.images()));
    try (ChromiumPage page = ChromiumPage.start(chromium(), folder.resolve("profile"))) {
      // When
      page.open(file, 390, "light", false);

      // Then
      assertThat(page.shows("#defences .forest")).isTrue();
      assertThat(page.contentWidth()).isLessThanOrEqualTo(390);
    }
  }

  @Test
  void reportsWhatItsPolicyBlocks() throws Exception {
    // Given
    ReportFixture fixture = ReportFixture.usual();
    String sound = ReportPage.render(fixture.report(), fixture.images());
    Path file =
        write(sound.replace("</main>", "<img alt=\"\" src=\"http://127.0.0.1:9/x.png\"/></main>"));
    try (ChromiumPage page = ChromiumPage.start(chromium(), folder.resolve("profile"))) {
      // When
      page.open(file, 1280, "light", false);

      // Then
      assertThat(page.events("Log.entryAdded").toString()).contains("Content Security Policy");
    }
  }

  @Test
  void sliderChoosesTheShareByKeyboard() throws Exception {
    // Given
    try (ChromiumPage page = ChromiumPage.start(chromium(), folder.resolve("profile"))) {
      page.open(usual(), 1280, "light", true);
      tabTo(page, ".slider");

      // When
      page.press("ArrowRight", RIGHT);

      // Then
      assertThat(page.shows("#dose-0-0")).as("radio buttons").isFalse();
      assertThat(page.has(".slider[aria-valuetext='60\u00a0%']")).isTrue();
      assertThat(shown(page)).containsExactly(2);
    }
  }

  @Test
  void sliderStopsAreLabelsToClick() throws Exception {
    // Given
    try (ChromiumPage page = ChromiumPage.start(chromium(), folder.resolve("profile"))) {
      page.open(usual(), 1280, "light", true);

      // When
      page.click("label[for=dose-0-0]");

      // Then
      assertThat(page.has(".slider[aria-valuetext='20\u00a0%']")).isTrue();
      assertThat(shown(page)).containsExactly(0);
    }
  }

  @Test
  void radioButtonsChooseTheShareWithoutScripts() throws Exception {
    // Given
    try (ChromiumPage page = ChromiumPage.start(chromium(), folder.resolve("profile"))) {
      page.open(usual(), 1280, "light", false);
      assertThat(page.shows(".slider")).isFalse();
      assertThat(shown(page)).containsExactly(1);
      tabTo(page, "#dose-0-1");

      // When
      page.press("ArrowRight", RIGHT);

      // Then
      assertThat(shown(page)).containsExactly(2);
    }
  }

  @Test
  void printsEveryShare() throws Exception {
    // Given
    try (ChromiumPage page = ChromiumPage.start(chromium(), folder.resolve("profile"))) {
      page.open(usual(), 800, "light", true);

      // When
      page.call("Emulation.setEmulatedMedia", new JsonObject().put("media", "print"));

      // Then
      assertThat(shown(page)).containsExactly(0, 1, 2);
      assertThat(page.shows(".slider")).isFalse();
    }
  }

  @Test
  void givesTheFiguresOfADrawingAsFiles() throws Exception {
    // Given
    try (ChromiumPage page = ChromiumPage.start(chromium(), folder.resolve("profile"))) {
      page.open(usual(), 1280, "light", false);
      page.call(
          "Browser.setDownloadBehavior",
          new JsonObject()
              .put("behavior", "allow")
              .put("downloadPath", folder.toString())
              .put("eventsEnabled", true));

      // When
      page.click("a[download='doses-targeted-flip+smallcnn.csv']");

      // Then
      page.await("Browser.downloadProgress", event -> event.getString("state").equals("completed"));
      assertThat(folder.resolve("doses-targeted-flip+smallcnn.csv"))
          .content()
          .startsWith("flip_count,class_share,split_share,effect,seed,poison_seed,value,low,high,")
          .hasLineCount(1 + 3 * 4 * (1 + 5));
    }
  }

  /** Which of the usual report's shares have their panel drawn. */
  private static List<Integer> shown(ChromiumPage page) {
    return IntStream.range(0, 3)
        .filter(i -> page.shows("#dose-0-" + i + " + label + .dose"))
        .boxed()
        .toList();
  }

  private static void tabTo(ChromiumPage page, String selector) {
    for (int i = 0; i < 50 && !page.has(selector + ":focus"); i++) {
      page.press("Tab", TAB);
    }
    assertThat(page.has(selector + ":focus-visible")).isTrue();
  }

  private Path usual() throws Exception {
    ReportFixture fixture = ReportFixture.usual();
    return write(ReportPage.render(fixture.report(), fixture.images()));
  }

  private static List<String> requests(ChromiumPage page) {
    return page.events("Network.requestWillBeSent").stream()
        .map(event -> event.getJsonObject("params").getJsonObject("request"))
        .map((JsonObject request) -> request.getString("url"))
        .toList();
  }

  private static Path chromium() {
    Optional<Path> executable = ChromiumPage.executable();
    assumeTrue(
        executable.isPresent(),
        "skipped: no Chromium on the PATH; install it (apt-get install chromium) to run this test");
    return executable.orElseThrow();
  }

  private Path write(String html) throws Exception {
    return Files.writeString(folder.resolve("report.html"), html);
  }
}
