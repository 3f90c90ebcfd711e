package dev.hemlock.evaluation.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Contrast by WCAG 2.2, relative luminance of sRGB: 4.5 for text, 3 for what carries meaning. */
class PaletteTest {
  private static final Pattern COLOUR = Pattern.compile("--([a-z-]+): #([0-9a-f]{6});");
  private static final double TEXT = 4.5;
  private static final double GRAPHIC = 3;

  private record Rgb(double red, double green, double blue) {
    static Rgb parse(String hex) {
      int value = Integer.parseInt(hex, 16);
      return new Rgb(value >> 16, value >> 8 & 0xFF, value & 0xFF);
    }

    Rgb over(Rgb paper, double opacity) {
      return new Rgb(
          red * opacity + paper.red * (1 - opacity),
          green * opacity + paper.green * (1 - opacity),
          blue * opacity + paper.blue * (1 - opacity));
    }

    double contrast(Rgb other) {
      double lighter = Math.max(luminance(), other.luminance());
      double darker = Math.min(luminance(), other.luminance());
      return (lighter + 0.05) / (darker + 0.05);
    }

    private double luminance() {
      return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
    }

    private static double linear(double channel) {
      double c = channel / 255;
      return c <= 0.04045 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4);
    }
  }

  @Test
  void textIsReadableInBothThemes() throws Exception {
    for (Map<String, Rgb> theme : themes()) {
      for (String ink : List.of("ink", "quiet", "clean", "poisoned")) {
        for (String paper : List.of("paper", "panel")) {
          assertThat(theme.get(ink).contrast(theme.get(paper)))
              .as("%s on %s", ink, paper)
              .isGreaterThanOrEqualTo(TEXT);
        }
      }
    }
  }

  @Test
  void numbersAreReadableOnEveryCell() throws Exception {
    for (Map<String, Rgb> theme : themes()) {
      for (String colour : List.of("share", "more", "less")) {
        for (int percent = 0; percent <= 100; percent++) {
          double strength = percent / 100.0;
          Rgb cell = theme.get(colour).over(theme.get("paper"), strength);
          assertThat(theme.get("ink-" + ConfusionHeatmap.ink(strength)).contrast(cell))
              .as("%s at %s", colour, strength)
              .isGreaterThanOrEqualTo(TEXT);
        }
      }
    }
  }

  @Test
  void strongestCellsStandOut() throws Exception {
    for (Map<String, Rgb> theme : themes()) {
      for (String colour : List.of("share", "more", "less")) {
        assertThat(theme.get(colour).contrast(theme.get("paper"))).isGreaterThan(GRAPHIC);
      }
    }
  }

  private static List<Map<String, Rgb>> themes() throws Exception {
    try (InputStream in = ReportPage.class.getResourceAsStream("report.css")) {
      String css = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      int dark = css.indexOf("prefers-color-scheme: dark");
      return List.of(colours(css.substring(0, dark)), colours(css.substring(dark)));
    }
  }

  private static Map<String, Rgb> colours(String css) {
    Map<String, Rgb> colours = new HashMap<>();
    Matcher matcher = COLOUR.matcher(css);
    while (matcher.find()) {
      colours.put(matcher.group(1), Rgb.parse(matcher.group(2)));
    }
    return colours;
  }
}
