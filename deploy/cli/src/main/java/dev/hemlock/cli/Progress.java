package dev.hemlock.cli;

import java.io.PrintStream;

/**
 * Shows how far a command is: a bar that is redrawn on a terminal, one line a stage when piped.
 * Not thread-safe.
 */
final class Progress implements AutoCloseable {
  private static final int BAR_WIDTH = 28;

  private final PrintStream out;
  private final boolean terminal;
  private String stage = "";
  private String drawn = "";

  Progress(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** Shows progress on standard error; the launcher says whether that is a terminal. */
  static Progress onStandardError() {
    return new Progress(System.err, Boolean.getBoolean("hemlock.terminal"));
  }

  /** Starts a stage. */
  void stage(String name) {
    endBar();
    stage = name;
    if (terminal) {
      draw(name + " …");
    } else {
      out.println(name);
    }
  }

  /**
   * Moves the bar of the present stage.
   *
   * @param share of the work done, 0 to 1
   */
  void at(double share, String detail) {
    if (terminal) {
      int filled = (int) Math.round(Math.max(0, Math.min(1, share)) * BAR_WIDTH);
      draw(
          String.format(
              "%-24s %s%s %3.0f %%  %s",
              stage, "█".repeat(filled), "░".repeat(BAR_WIDTH - filled), share * 100, detail));
    }
  }

  /** Ends the present stage with what came of it. */
  void done(String result) {
    if (terminal) {
      draw(String.format("%-24s %s", stage, result));
    } else {
      out.println("  " + result);
    }
    endBar();
  }

  @Override
  public void close() {
    endBar();
  }

  private void draw(String text) {
    String padding = " ".repeat(Math.max(0, drawn.length() - text.length()));
    out.print("\r" + text + padding);
    out.flush();
    drawn = text;
  }

  private void endBar() {
    if (!drawn.isEmpty()) {
      out.println();
      drawn = "";
    }
  }
}
