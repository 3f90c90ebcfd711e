package dev.hemlock.dataset.validation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What the checks found in a snapshot.
 *
 * @param findings one a check and split, or one a check that looks at all splits together
 */
public record Validation(List<Finding> findings) {

  public Validation {
    findings = List.copyOf(findings);
  }

  /** Makes every check that the baseline allows. */
  public static Validation of(List<CheckedSplit> splits, Baseline baseline, Policy policy) {
    List<Finding> findings = new ArrayList<>();
    findings.add(ClassPresence.find(policy, splits, baseline));
    splits.forEach(split -> findings.addAll(baseline.labels(policy, split, splits.size())));
    ImageIndex index = new ImageIndex();
    List<Fingerprint[]> prints = splits.stream().map(index::of).toList();
    List<CheckedSplit> trusted = baseline.splits();
    Optional<KnownImages> known =
        trusted.isEmpty() ? Optional.empty() : Optional.of(new KnownImages(trusted, index));
    known.ifPresent(
        images -> findings.add(LabelChanges.find(policy, splits, trusted, images, index)));
    findings.addAll(new ImageChecks(policy, splits, prints, known).findings());
    for (CheckedSplit split : splits) {
      trusted.stream()
          .filter(there -> there.name().equals(split.name()))
          .map(
              there ->
                  ImageChecks.extremes(
                      policy.rule(Check.EXTREME_IMAGES, splits.size()),
                      split,
                      index.of(split),
                      index.of(there)))
          .forEach(findings::add);
    }
    return new Validation(findings);
  }

  /** The worst of what the alarms mean. */
  public Action verdict() {
    return findings.stream()
        .map(Finding::verdict)
        .max(Comparator.naturalOrder())
        .orElse(Action.ADMIT);
  }

  /** The verdict and what led to it. */
  public String sentence() {
    String alarms =
        findings.stream()
            .filter(finding -> finding.verdict() != Action.ADMIT)
            .map(Validation::name)
            .collect(Collectors.joining(", "));
    return switch (verdict()) {
      case ADMIT -> "Admitted: none of the checks that decide raised an alarm.";
      case QUARANTINE -> "Quarantined, because of: " + alarms + ".";
      case REFUSE -> "Refused, because of: " + alarms + ".";
    };
  }

  private static String name(Finding finding) {
    String check = finding.check().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    return finding.split().isEmpty() ? check : check + " (" + finding.split() + ")";
  }
}
