package dev.hemlock.cli;

import dev.hemlock.proto.poison.v1.ExplicitFlip;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A list of flips: lines of {@code sample_id,to_class} or {@code sample_id,from_class,to_class}, or
 * the table of labels that {@code hemlock labels} writes. A first line that begins with {@code
 * sample_id} is a heading; empty lines don't count.
 */
final class FlipFile {
  private static final int TABLE_CELLS = 5;

  private FlipFile() {}

  static List<ExplicitFlip> read(Path file) {
    List<String> lines = Csv.lines(file);
    List<ExplicitFlip> flips = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (!line.isEmpty() && !(i == 0 && line.startsWith("sample_id"))) {
        List<String> cells = Csv.cells(line);
        if (cells.size() != TABLE_CELLS || cells.get(4).equals("true")) {
          flips.add(flip(cells, line, "Line %d of %s".formatted(i + 1, file)));
        }
      }
    }
    return flips;
  }

  private static ExplicitFlip flip(List<String> cells, String line, String where) {
    ExplicitFlip.Builder flip = ExplicitFlip.newBuilder();
    switch (cells.size()) {
      case 2 -> flip.setToClass(cells.get(1));
      case 3 -> flip.setFromClass(cells.get(1)).setToClass(cells.get(2));
      case TABLE_CELLS -> flip.setFromClass(cells.get(2)).setToClass(cells.get(3));
      default ->
          throw new CliException(
              where
                  + " must read sample_id,to_class or sample_id,from_class,to_class, not "
                  + line);
    }
    try {
      return flip.setSampleId(Integer.parseInt(cells.get(0))).build();
    } catch (NumberFormatException e) {
      throw new CliException(where + " must begin with a sample id, not " + cells.get(0), e);
    }
  }
}
