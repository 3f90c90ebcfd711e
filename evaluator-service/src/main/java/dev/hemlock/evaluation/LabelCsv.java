package dev.hemlock.evaluation;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hemlock.evaluation.detection.Suspicion;

/** Judged labels as the CSV file that {@code DetectionService.DownloadDetection} documents. */
final class LabelCsv {
  private static final String HEADING =
      "sample_id,is_label_issue,label_score,given_label,predicted_label\n";

  private LabelCsv() {}

  static byte[] write(JudgedSplit judged, Suspicion suspicion) {
    String[] names = judged.classNames().stream().map(LabelCsv::cell).toArray(String[]::new);
    StringBuilder text = new StringBuilder(HEADING);
    for (int i = 0; i < judged.sampleIds().length; i++) {
      text.append(judged.sampleIds()[i])
          .append(',')
          .append(suspicion.labelIssues()[i])
          .append(',')
          .append(suspicion.labelScores()[i])
          .append(',')
          .append(names[judged.labels().given()[i]])
          .append(',')
          .append(names[suspicion.predictedLabels()[i]])
          .append('\n');
    }
    return text.toString().getBytes(UTF_8);
  }

  /** Scores and verdicts; the given label stands for the predicted one, which no score needs. */
  static Suspicion read(byte[] file, JudgedSplit judged) {
    double[] scores = new double[judged.sampleIds().length];
    boolean[] issues = new boolean[scores.length];
    String text = new String(file, UTF_8);
    int from = HEADING.length();
    for (int i = 0; i < scores.length; i++) {
      String[] cells = text.substring(from, text.indexOf('\n', from)).split(",", 4);
      issues[i] = Boolean.parseBoolean(cells[1]);
      scores[i] = Double.parseDouble(cells[2]);
      from = text.indexOf('\n', from) + 1;
    }
    return new Suspicion(judged.labels().given(), scores, issues);
  }

  /** A cell, quoted where RFC 4180 asks for it. */
  static String cell(String text) {
    return text.matches("(?s).*[\",\\r\\n].*") ? '"' + text.replace("\"", "\"\"") + '"' : text;
  }
}
