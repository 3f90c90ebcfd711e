package dev.hemlock.evaluation.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import dev.hemlock.proto.evaluation.v1.ExperimentReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The files inside a page, as a reader gets them. */
class ReportFilesTest {
  private static final Pattern LINK =
      Pattern.compile("download=\"([^\"]+)\" href=\"data:[^,]+;base64,([^\"]+)\"");
  private static final Path DOCUMENTATION = Path.of("../docs/report.md");

  @Test
  void holdsTheSameRowsAsCsvAndJson() {
    Map<String, String> files = files();

    files.keySet().stream()
        .filter(name -> name.endsWith(".csv"))
        .forEach(
            name -> {
              List<String> lines = files.get(name).lines().toList();
              List<JsonElement> rows =
                  JsonParser.parseString(files.get(name.replace(".csv", ".json")))
                      .getAsJsonArray()
                      .asList();
              assertThat(rows).as(name).isNotEmpty().hasSize(lines.size() - 1);
              assertThat(rows)
                  .allMatch(
                      row -> String.join(",", row.getAsJsonObject().keySet()).equals(lines.get(0)));
            });
  }

  @Test
  void documentsEveryColumn() throws Exception {
    String documentation = Files.readString(DOCUMENTATION);

    assertThat(files())
        .allSatisfy(
            (name, content) -> {
              String kind =
                  name.replaceFirst("-(targeted-flip|symmetric-noise).*|\\.(csv|json)$", "");
              String row =
                  documentation
                      .lines()
                      .filter(line -> line.startsWith("| ") && line.contains("`" + kind))
                      .findFirst()
                      .orElse("");
              assertThat(row).as(name).isNotEmpty();
              if (name.endsWith(".csv")) {
                for (String column : content.lines().findFirst().orElseThrow().split(",")) {
                  assertThat(row).contains("`" + column + "`");
                }
              }
            });
  }

  @Test
  void givesNoTwoFilesOfSeveralArmsOneName() {
    ExperimentReport.Builder report = ReportFixture.usual().twoArms().toBuilder();
    report.getArmsBuilder(0).setAttack("a").setRecipe("b-c");
    report.getArmsBuilder(1).setAttack("a-b").setRecipe("c");

    assertThat(files(report.build())).hasSizeGreaterThan(40);
  }

  /** Of a report with two arms, and of one with one. */
  private static Map<String, String> files() {
    Map<String, String> files = files(ReportFixture.usual().twoArms());
    files.putAll(files(ReportFixture.usual().withDefences()));
    return files;
  }

  private static Map<String, String> files(ExperimentReport report) {
    Matcher matcher = LINK.matcher(ReportPage.render(report, ReportFixture.usual().images()));
    Map<String, String> files = new TreeMap<>();
    while (matcher.find()) {
      String content = new String(Base64.getDecoder().decode(matcher.group(2)), UTF_8);
      assertThat(files.put(matcher.group(1), content)).as(matcher.group(1)).isNull();
    }
    assertThat(files).hasSizeGreaterThan(20);
    return files;
  }
}
