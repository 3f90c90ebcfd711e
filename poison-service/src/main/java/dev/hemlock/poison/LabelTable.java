package dev.hemlock.poison;

import dev.hemlock.proto.poison.v1.Flip;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The true and the poisoned labels of a split as CSV (RFC 4180, with line feeds only). */
final class LabelTable {
  private static final String HEADING = "sample_id,split,label,poisoned_label,flipped\n";

  private LabelTable() {}

  /**
   * Writes one line a sample, by sample id.
   *
   * @param split with its true labels
   * @param flips of that split
   */
  static void write(LabelledSplit split, List<Flip> flips, OutputStream out) throws IOException {
    Map<Integer, String> changed =
        flips.stream().collect(Collectors.toMap(Flip::getSampleId, Flip::getToClass));
    Writer text = new OutputStreamWriter(out, StandardCharsets.UTF_8);
    text.write(HEADING);
    for (int i = 0; i < split.labels().size(); i++) {
      int id = split.labels().sampleId(i);
      String label = split.className(i);
      text.write(
          "%d,%s,%s,%s,%s\n"
              .formatted(
                  id,
                  cell(split.split()),
                  cell(label),
                  cell(changed.getOrDefault(id, label)),
                  changed.containsKey(id)));
    }
    text.flush();
  }

  private static String cell(String text) {
    boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
  }
}
