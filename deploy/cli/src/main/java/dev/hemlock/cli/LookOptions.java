package dev.hemlock.cli;

import dev.hemlock.proto.evaluation.v1.ExperimentSpec;
import dev.hemlock.proto.evaluation.v1.JudgeHarmRequest;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** At which numbers of seeds to judge, and how wrong the judgement may be. */
final class LookOptions {
  @Option(
      names = "--looks",
      split = ",",
      paramLabel = "SEEDS",
      converter = CountConverter.class,
      description =
          "Numbers of seeds to judge at, declared before any is seen (default: a quarter, half and"
              + " all of the file's seeds).")
  private List<Integer> looks = List.of();

  @Option(
      names = "--error-rate",
      paramLabel = "RATE",
      defaultValue = "0.05",
      description =
          "The most that the whole judgement may be wrong in, all looks together (default: 0.05).")
  private double errorRate;

  JudgeHarmRequest request(ExperimentSpec spec) {
    return JudgeHarmRequest.newBuilder()
        .setSpec(spec)
        .addAllLooks(looks.isEmpty() ? usual(spec.getSeedsCount()) : looks)
        .setErrorRate(errorRate)
        .build();
  }

  private static List<Integer> usual(int seeds) {
    return Stream.of((seeds + 3) / 4, (seeds + 1) / 2, seeds)
        .filter(look -> look >= 2)
        .distinct()
        .toList();
  }
}
