package dev.hemlock.evaluation.report;

import dev.hemlock.proto.evaluation.v1.ExperimentReport;
import dev.hemlock.proto.evaluation.v1.ExperimentSpec;
import dev.hemlock.proto.evaluation.v1.LineageStep;
import dev.hemlock.proto.training.v1.Architecture;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The command line that measures the same again, safe to paste into a POSIX shell. */
final class RepeatCommand {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");
  private static final Pattern LIMIT = Pattern.compile("\"limitPerClass\"\\s*:\\s*(\\d+)");

  private RepeatCommand() {}

  static String of(ExperimentReport report) {
    ExperimentSpec spec = report.getSpec();
    List<String> words = new ArrayList<>(List.of("deploy/hemlock", "measure"));
    words.addAll(data(report.getData().getStepsList()));
    option(words, "--source", spec.getSourceClass());
    option(words, "--target", spec.getTargetClass());
    option(
        words,
        "--ratio",
        spec.getRatiosList().stream().map(RepeatCommand::ratio).collect(Collectors.joining(",")));
    option(words, "--seeds", unsigned(spec.getSeedsList()));
    if (!spec.getPoisonSeedsList().isEmpty()
        && !spec.getPoisonSeedsList().equals(spec.getSeedsList())) {
      option(words, "--poison-seeds", unsigned(spec.getPoisonSeedsList()));
    }
    option(words, "--recipe", architecture(spec.getRecipe().getArchitecture()));
    option(words, "--epochs", Integer.toString(spec.getRecipe().getEpochs()));
    option(words, "--out", "hemlock-report");
    return String.join(" ", words);
  }

  static String architecture(Architecture architecture) {
    return architecture.name().replaceFirst("^ARCHITECTURE_", "").toLowerCase(Locale.ROOT);
  }

  private static List<String> data(List<LineageStep> steps) {
    List<String> words = new ArrayList<>();
    String source = steps.isEmpty() ? "" : steps.get(0).getSource();
    if (source.equals("bundled:digits")) {
      words.add("--digits");
    } else {
      option(words, "--archive", source.isEmpty() ? "ARCHIVE" : source);
    }
    steps.stream()
        .map(RepeatCommand::limitPerClass)
        .flatMap(Optional::stream)
        .reduce((first, last) -> last)
        .ifPresent(limit -> option(words, "--limit-per-class", limit));
    return words;
  }

  private static Optional<String> limitPerClass(LineageStep step) {
    Matcher limit = LIMIT.matcher(step.getParametersJson());
    return limit.find() ? Optional.of(limit.group(1)) : Optional.empty();
  }

  private static void option(List<String> words, String name, String value) {
    boolean looksLikeAnOption = value.startsWith("-");
    String quoted =
        PLAIN.matcher(value).matches() ? value : "'" + value.replace("'", "'\\''") + "'";
    words.add(looksLikeAnOption ? name + "=" + quoted : name + " " + quoted);
  }

  private static String ratio(double ratio) {
    return Double.toString(ratio).replaceFirst("\\.0$", "");
  }

  private static String unsigned(List<Integer> seeds) {
    return seeds.stream().map(Integer::toUnsignedString).collect(Collectors.joining(","));
  }
}
