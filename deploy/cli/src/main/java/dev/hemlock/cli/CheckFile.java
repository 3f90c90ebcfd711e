package dev.hemlock.cli;

import dev.hemlock.proto.evaluation.v1.CheckResult;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** Reads what checks said of data sets: CSV with the heading check,flip_count,statistic. */
final class CheckFile {
  private static final List<String> HEADING = List.of("check", "flip_count", "statistic");

  private CheckFile() {}

  /**
   * The results in a file.
   *
   * @throws CliException naming the line that is wrong
   */
  static List<CheckResult> read(Path file) {
    List<String> lines = Csv.lines(file);
    if (lines.isEmpty() || !Csv.cells(lines.get(0)).equals(HEADING)) {
      throw new CliException("%s must begin with %s".formatted(file, String.join(",", HEADING)));
    }
    return IntStream.range(1, lines.size())
        .filter(i -> !lines.get(i).isBlank())
        .mapToObj(i -> result(file, i + 1, Csv.cells(lines.get(i))))
        .toList();
  }

  private static CheckResult result(Path file, int line, List<String> cells) {
    try {
      if (cells.size() == HEADING.size()) {
        return CheckResult.newBuilder()
            .setCheck(cells.get(0))
            .setFlipCount(Integer.parseInt(cells.get(1)))
            .setStatistic(Double.parseDouble(cells.get(2)))
            .build();
      }
    } catch (NumberFormatException e) {
      throw wrong(file, line, e);
    }
    throw wrong(file, line, null);
  }

  private static CliException wrong(Path file, int line, Throwable cause) {
    return new CliException(
        "%s, line %d: give a name, a whole number and a number, for example psi,2000,0.034"
            .formatted(file, line),
        cause);
  }
}
