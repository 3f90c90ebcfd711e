package dev.hemlock.evaluation.report;

import java.util.regex.Pattern;

/** A command line under construction, safe to paste into a POSIX shell whatever its values hold. */
final class ShellLine {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");

  private final StringBuilder line;

  ShellLine(String command) {
    line = new StringBuilder(command);
  }

  ShellLine flag(String name) {
    line.append(' ').append(name);
    return this;
  }

  /** Joins name and value by {@code =} where the value would otherwise pass for an option. */
  ShellLine option(String name, String value) {
    line.append(' ').append(name).append(value.startsWith("-") ? '=' : ' ').append(quoted(value));
    return this;
  }

  @Override
  public String toString() {
    return line.toString();
  }

  private static String quoted(String value) {
    return PLAIN.matcher(value).matches() ? value : "'" + value.replace("'", "'\\''") + "'";
  }
}
