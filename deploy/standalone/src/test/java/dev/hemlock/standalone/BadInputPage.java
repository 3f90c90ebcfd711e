package dev.hemlock.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** docs/bad-input.md, of which tests hold parts to what they have seen. */
final class BadInputPage {
  private static final Path FILE = SecuredHemlock.ROOT.resolve("docs/bad-input.md");
  private static final String END = "<!-- to here -->\n";

  private BadInputPage() {}

  /** Compares the part of a test; {@code -Dhemlock.docs=write} writes it instead. */
  static void hold(Class<?> test, String part) throws IOException {
    String page = Files.readString(FILE);
    String mark = "<!-- %s writes from here -->\n".formatted(test.getSimpleName());
    assertThat(page).contains(mark);
    int begin = page.indexOf(mark) + mark.length();
    String seen = page.substring(0, begin) + part + "\n" + page.substring(page.indexOf(END, begin));
    if ("write".equals(System.getProperty("hemlock.docs"))) {
      Files.writeString(FILE, seen);
    } else {
      assertThat(page).as("docs/bad-input.md; -Dhemlock.docs=write writes it").isEqualTo(seen);
    }
  }
}
