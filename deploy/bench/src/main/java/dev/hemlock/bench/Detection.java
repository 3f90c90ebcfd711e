package dev.hemlock.bench;

import dev.hemlock.evaluation.detection.ConfidentLearning;
import dev.hemlock.evaluation.detection.GivenLabels;
import dev.hemlock.evaluation.detection.Matrix;
import dev.hemlock.evaluation.detection.Suspicion;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Hemlock's side of {@code detection.py}: confident learning on stored probabilities. Arguments:
 * {@code LABELS PROBABILITIES CLASSES ISSUES}. The first two are files of little-endian 32-bit
 * integers and floats. Each line of standard input is answered by the seconds that one judgement took,
 * and its verdicts, a byte a label, are written to ISSUES.
 */
public final class Detection {
  private Detection() {}

  public static void main(String[] arguments) throws IOException {
    ByteBuffer labels = read(arguments[0]);
    int[] given = new int[labels.capacity() / Integer.BYTES];
    labels.asIntBuffer().get(given);
    ByteBuffer values = read(arguments[1]);
    float[] probabilities = new float[values.capacity() / Float.BYTES];
    values.asFloatBuffer().get(probabilities);
    int classes = Integer.parseInt(arguments[2]);
    GivenLabels toJudge = new GivenLabels(given, classes);
    Matrix evidence = new Matrix(probabilities, given.length, classes);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    while (in.readLine() != null) {
      long start = System.nanoTime();
      Suspicion suspicion = new ConfidentLearning().judge(toJudge, evidence);
      double seconds = (System.nanoTime() - start) / 1e9;
      byte[] issues = new byte[given.length];
      for (int i = 0; i < issues.length; i++) {
        issues[i] = (byte) (suspicion.labelIssues()[i] ? 1 : 0);
      }
      Files.write(Path.of(arguments[3]), issues);
      System.out.println(seconds);
    }
  }

  private static ByteBuffer read(String file) throws IOException {
    return ByteBuffer.wrap(Files.readAllBytes(Path.of(file))).order(ByteOrder.LITTLE_ENDIAN);
  }
}
