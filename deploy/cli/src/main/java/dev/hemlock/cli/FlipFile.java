package dev.hemlock.cli;

import dev.hemlock.proto.poison.v1.ExplicitFlip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A list of flips: lines of {@code sample_id,to_class} or {@code sample_id,from_class,to_class}. A
 * first line that begins with {@code sample_id} is a heading; empty lines don't count.
 */
final class FlipFile {
  private FlipFile() {}

  static List<ExplicitFlip> read(Path file) {
    List<String> lines = lines(file);
    List<ExplicitFlip> flips = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (!line.isEmpty() && !(i == 0 && line.startsWith("sample_id"))) {
        flips.add(flip(line, "Line %d of %s".formatted(i + 1, file)));
      }
    }
    return flips;
  }

  private static ExplicitFlip flip(String line, String where) {
    String[] cells = line.split(",", -1);
    if (cells.length != 2 && cells.length != 3) {
      throw new CliException(
          where + " must read sample_id,to_class or sample_id,from_class,to_class, not " + line);
    }
    ExplicitFlip.Builder flip =
        ExplicitFlip.newBuilder().setToClass(cells[cells.length - 1].strip());
    if (cells.length == 3) {
      flip.setFromClass(cells[1].strip());
    }
    try {
      return flip.setSampleId(Integer.parseInt(cells[0].strip())).build();
    } catch (NumberFormatException e) {
      throw new CliException(where + " must begin with a sample id, not " + cells[0], e);
    }
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (NoSuchFileException e) {
      throw new CliException("There is no file " + file, e);
    } catch (IOException e) {
      throw new CliException("Can't read %s as UTF-8 text: %s".formatted(file, e.getMessage()), e);
    }
  }
}
