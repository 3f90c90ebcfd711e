package dev.hemlock.evaluation;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hemlock.evaluation.detection.Suspicion;

/** Judged labels as the CSV file that {@code DetectionService.DownloadDetection} documents. */
final class LabelCsv {
  private static final String HEADING =
      "sample_id,is_label_issue,label_score,given_label,predicted_label\n";

  private LabelCsv() {}

  static byte[] write(JudgedSplit judged, Suspicion suspicion) {
    String[] names = cells(judged);
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

  /** Reads back what {@link #write} wrote of the same labels. */
  static Suspicion read(byte[] file, JudgedSplit judged) {
    String[] names = cells(judged);
    int[] predicted = new int[judged.sampleIds().length];
    double[] scores = new double[predicted.length];
    boolean[] issues = new boolean[predicted.length];
    String text = new String(file, UTF_8);
    int from = HEADING.length();
    for (int i = 0; i < predicted.length; i++) {
      int issue = text.indexOf(',', from) + 1;
      int score = text.indexOf(',', issue) + 1;
      int given = text.indexOf(',', score) + 1;
      int last = given + names[judged.labels().given()[i]].length() + 1;
      issues[i] = Boolean.parseBoolean(text.substring(issue, score - 1));
      scores[i] = Double.parseDouble(text.substring(score, given - 1));
      while (!text.startsWith(names[predicted[i]] + '\n', last)) {
        predicted[i]++;
      }
      from = last + names[predicted[i]].length() + 1;
    }
    return new Suspicion(predicted, scores, issues);
  }

  private static String[] cells(JudgedSplit judged) {
    return judged.classNames().stream().map(LabelCsv::cell).toArray(String[]::new);
  }

  /** A cell, quoted where RFC 4180 asks for it. */
  static String cell(String text) {
    return text.matches("(?s).*[\",\\r\\n].*") ? '"' + text.replace("\"", "\"\"") + '"' : text;
  }
}
