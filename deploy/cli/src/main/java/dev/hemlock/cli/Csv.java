package dev.hemlock.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads CSV files (RFC 4180) whose cells hold no line breaks. */
final class Csv {
  private Csv() {}

  /** The lines of a UTF-8 file, without the mark that spreadsheets put in front. */
  static List<String> lines(Path file) {
    try {
      return Files.readString(file).replaceFirst("^\uFEFF", "").lines().toList();
    } catch (NoSuchFileException e) {
      throw new CliException("There is no file " + file, e);
    } catch (IOException e) {
      throw new CliException("Can't read %s as UTF-8 text: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** The cells of a line, without their quotes and without spaces around unquoted ones. */
  static List<String> cells(String line) {
    List<String> cells = new ArrayList<>();
    int at = 0;
    while (at <= line.length()) {
      StringBuilder cell = new StringBuilder();
      if (at < line.length() && line.charAt(at) == '"') {
        at = quoted(line, at + 1, cell);
      } else {
        int comma = line.indexOf(',', at);
        int end = comma < 0 ? line.length() : comma;
        cell.append(line.substring(at, end).strip());
        at = end;
      }
      cells.add(cell.toString());
      at++;
    }
    return cells;
  }

  /** Adds what stands between quotes to the cell; returns where it ends. */
  private static int quoted(String line, int from, StringBuilder cell) {
    int at = from;
    while (at < line.length()) {
      if (line.charAt(at) != '"') {
        cell.append(line.charAt(at++));
      } else if (line.startsWith("\"\"", at)) {
        cell.append('"');
        at += 2;
      } else {
        int comma = line.indexOf(',', at);
        return comma < 0 ? line.length() : comma;
      }
    }
    return at;
  }
}
