package dev.hemlock.dataset.validation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** Checks of the images of a snapshot. */
final class ImageChecks {
  private final Policy policy;
  private final List<CheckedSplit> splits;
  private final List<Fingerprint[]> prints;
  private final Optional<KnownImages> known;

  ImageChecks(
      Policy policy,
      List<CheckedSplit> splits,
      List<Fingerprint[]> prints,
      Optional<KnownImages> known) {
    this.policy = policy;
    this.splits = splits;
    this.prints = prints;
    this.known = known;
  }

  List<Finding> findings() {
    LookAlikes alike = new LookAlikes(splits, prints, known);
    List<Finding> findings = new ArrayList<>();
    LookAlikes.Found equal = alike.equal();
    Optional<LookAlikes.Found> near = alike.near();
    findings.add(counted(Check.DUPLICATE_CONFLICTS, Optional.of(equal.conflicts())));
    findings.add(counted(Check.NEAR_DUPLICATE_CONFLICTS, near.map(LookAlikes.Found::conflicts)));
    findings.add(counted(Check.LEAKAGE, Optional.of(equal.leaks())));
    findings.add(counted(Check.NEAR_LEAKAGE, near.map(LookAlikes.Found::leaks)));
    findings.add(counted(Check.CONSTANT_IMAGES, Optional.of(constant())));
    return findings;
  }

  private Finding counted(Check check, Optional<List<Finding.Sample>> samples) {
    Rule rule = policy.rule(check);
    if (samples.isEmpty()) {
      return Finding.notJudged(
          check, "", rule, "so many images look alike that comparing them takes minutes.");
    }
    int count = samples.get().size();
    return Finding.of(check, "", rule, count, sentence(check, count)).withSamples(samples.get());
  }

  private String sentence(Check check, int count) {
    String what =
        switch (check) {
          case DUPLICATE_CONFLICTS -> "the image of another sample that is labelled differently";
          case NEAR_DUPLICATE_CONFLICTS ->
              "nearly the image of another sample that is labelled differently";
          case LEAKAGE -> "the image of a sample in another split";
          case NEAR_LEAKAGE -> "nearly the image of a sample in another split";
          default -> "an image of one value";
        };
    return "%d %s %s%s."
        .formatted(
            count,
            count == 1 ? "sample has" : "samples have",
            what,
            known.isPresent() ? ", which the reference doesn't have" : "");
  }

  private List<Finding.Sample> constant() {
    List<Finding.Sample> found = new ArrayList<>();
    for (int s = 0; s < splits.size(); s++) {
      CheckedSplit split = splits.get(s);
      for (int i = 0; i < split.ids().length; i++) {
        Fingerprint print = prints.get(s)[i];
        if (print.constant() && known.map(k -> k.of(print).isEmpty()).orElse(true)) {
          found.add(alone(split, i));
        }
      }
    }
    return found;
  }

  /** Compares brightness and contrast of a split with those of the reference's. */
  static Finding extremes(
      Rule rule, CheckedSplit split, Fingerprint[] here, Fingerprint[] reference) {
    if (here.length == 0 || reference.length == 0) {
      return Finding.notJudged(
          Check.EXTREME_IMAGES, split.name(), rule, "a split without samples has no images.");
    }
    double[] means = values(here, Fingerprint::mean);
    double[] deviations = values(here, Fingerprint::deviation);
    Exceedance brightness = Exceedance.of(means, values(reference, Fingerprint::mean));
    Exceedance contrast = Exceedance.of(deviations, values(reference, Fingerprint::deviation));
    double p = Math.min(1, 2 * Math.min(brightness.pValue(), contrast.pValue()));
    List<Finding.Sample> found = new ArrayList<>();
    for (int i = 0; i < here.length; i++) {
      if (brightness.beyond(means[i]) || contrast.beyond(deviations[i])) {
        found.add(alone(split, i));
      }
    }
    return Finding.of(
            Check.EXTREME_IMAGES,
            split.name(),
            rule,
            p,
            "Beyond all images of the reference: %d darker, %d brighter, %d flatter, %d of more contrast; %s."
                .formatted(
                    brightness.below(),
                    brightness.above(),
                    contrast.below(),
                    contrast.above(),
                    LabelChecks.pValue(p)))
        .withSamples(found);
  }

  private static double[] values(Fingerprint[] prints, ToDoubleFunction<Fingerprint> of) {
    return Arrays.stream(prints).mapToDouble(of).toArray();
  }

  private static Finding.Sample alone(CheckedSplit split, int i) {
    return new Finding.Sample(split.name(), split.ids()[i], split.label(i), "", 0, "");
  }
}
