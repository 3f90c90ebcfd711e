package dev.hemlock.evaluation.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The report in a real browser with scripts off. */
class ReportPageIT {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"1280,light", "1280,dark", "360,light"})
  void opensWithoutScriptsNetworkErrorsOrSidewaysScrolling(int width, String scheme)
      throws Exception {
    // Given
    ReportFixture fixture = ReportFixture.usual();
    Path file = write(ReportPage.render(fixture.report(), fixture.images()));
    try (ChromiumPage page = ChromiumPage.start(chromium(), folder.resolve("profile"))) {
      // When
      page.open(file, width, scheme);

      // Then
      assertThat(
              List.of(
                  "<h1>1 → 7, 40&nbsp;% flipped</h1>",
                  fixture.report().getCaveats(0), "deploy/hemlock measure"))
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
  void reportsWhatItsPolicyBlocks() throws Exception {
    // Given
    ReportFixture fixture = ReportFixture.usual();
    String sound = ReportPage.render(fixture.report(), fixture.images());
    Path file =
        write(sound.replace("<main>", "<main><img alt=\"\" src=\"http://127.0.0.1:9/x.png\"/>"));
    try (ChromiumPage page = ChromiumPage.start(chromium(), folder.resolve("profile"))) {
      // When
      page.open(file, 1280, "light");

      // Then
      assertThat(page.events("Log.entryAdded").toString()).contains("Content Security Policy");
    }
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
