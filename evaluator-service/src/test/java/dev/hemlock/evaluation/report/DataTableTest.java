package dev.hemlock.evaluation.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.gson.JsonParser;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class DataTableTest {
  private static final DataTable TABLE =
      new DataTable("a/b c", "class_name", "count", "share")
          .row("tall, \"dark\"", 3, 1 / 3.0)
          .row("two\nlines", 4294967295L, Double.NaN)
          .row("=1+1", 0, 1e-12)
          .row("plain", 200, 1e9);

  @Test
  void quotesWhatRfc4180AsksFor() {
    assertThat(TABLE.csv())
        .isEqualTo(
            "class_name,count,share\r\n"
                + "\"tall, \"\"dark\"\"\",3,0.333333333\r\n"
                + "\"two\nlines\",4294967295,\r\n"
                + "=1+1,0,1E-12\r\n"
                + "plain,200,1000000000\r\n");
  }

  @Test
  void isTheSameAsJsonWithNullForWhatIsAbsent() {
    assertThat(JsonParser.parseString(TABLE.json()))
        .isEqualTo(
            JsonParser.parseString(
                """
                [{"class_name": "tall, \\"dark\\"", "count": 3, "share": 0.333333333},
                 {"class_name": "two\\nlines", "count": 4294967295, "share": null},
                 {"class_name": "=1+1", "count": 0, "share": 1E-12},
                 {"class_name": "plain", "count": 200, "share": 1000000000}]
                """));
  }

  @Test
  void linksHoldTheFiles() {
    String links = TABLE.links().toString();

    assertThat(links)
        .contains("download=\"a-b-c.csv\"", "download=\"a-b-c.json\"")
        .contains("base64," + base64(TABLE.csv()), "base64," + base64(TABLE.json()));
  }

  @Test
  void refusesARowOfAnotherWidth() {
    assertThatIllegalArgumentException().isThrownBy(() -> new DataTable("x", "a", "b").row(1));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
