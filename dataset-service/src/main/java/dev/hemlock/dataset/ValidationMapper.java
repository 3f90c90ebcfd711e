package dev.hemlock.dataset;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.dataset.validation.Action;
import dev.hemlock.dataset.validation.Check;
import dev.hemlock.dataset.validation.Finding;
import dev.hemlock.dataset.validation.Policy;
import dev.hemlock.dataset.validation.Rule;
import dev.hemlock.dataset.validation.Validation;
import dev.hemlock.proto.dataset.v1.ClassFinding;
import dev.hemlock.proto.dataset.v1.ExpectedClass;
import dev.hemlock.proto.dataset.v1.SampleFinding;
import dev.hemlock.proto.dataset.v1.ValidationAction;
import dev.hemlock.proto.dataset.v1.ValidationExpectations;
import dev.hemlock.proto.dataset.v1.ValidationFinding;
import dev.hemlock.proto.dataset.v1.ValidationPolicy;
import dev.hemlock.proto.dataset.v1.ValidationReport;
import dev.hemlock.proto.dataset.v1.ValidationRule;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Between the messages of validations and the domain. */
final class ValidationMapper {
  private static final String CHECK = "CHECK_";
  private static final String ACTION = "VALIDATION_ACTION_";

  /** With fewer than 2³¹ samples a smaller one is as good as none. */
  private static final double SMALLEST_SHARE = 1e-9;

  private ValidationMapper() {}

  /**
   * The rules of a policy.
   *
   * @throws HemlockException INVALID_ARGUMENT for two rules of one check
   */
  static Policy policy(ValidationPolicy proto) {
    Map<Check, Rule> rules = new EnumMap<>(Check.class);
    for (ValidationRule rule : proto.getRulesList()) {
      Check check = Check.valueOf(rule.getCheck().name().substring(CHECK.length()));
      double threshold =
          rule.hasThreshold() ? rule.getThreshold() : check.defaultRule().threshold();
      Action action = Action.valueOf(rule.getAction().name().substring(ACTION.length()));
      if (rules.put(check, new Rule(action, threshold)) != null) {
        throw HemlockException.invalidArgument(
                "The policy has two rules for %s; give each check one.".formatted(rule.getCheck()))
            .violating("policy.rules", "must name each check once");
      }
    }
    return new Policy(rules);
  }

  /**
   * The declared shares by class.
   *
   * @throws HemlockException INVALID_ARGUMENT for a class given twice, or a share too small to occur
   */
  static Map<String, Double> shares(ValidationExpectations proto) {
    Map<String, Double> shares = new LinkedHashMap<>();
    for (ExpectedClass expected : proto.getClassesList()) {
      if (shares.put(expected.getClassName(), expected.getShare()) != null) {
        throw HemlockException.invalidArgument(
                "The class \"%s\" is expected twice; give each class one share."
                    .formatted(EntryPath.quoted(expected.getClassName())))
            .violating("expectations.classes", "must name each class once");
      }
    }
    double sum = shares.values().stream().mapToDouble(Double::doubleValue).sum();
    shares.forEach(
        (name, share) -> {
          if (!(share / sum >= SMALLEST_SHARE)) {
            throw HemlockException.invalidArgument(
                    "The class \"%s\" has a share of %s of a sum of %s, which no data set can show; leave it out or give it more."
                        .formatted(EntryPath.quoted(name), share, sum))
                .violating(
                    "expectations.classes", "must have shares of at least 1e-9 of their sum");
          }
        });
    return shares;
  }

  static ValidationReport report(String snapshot, String reference, Validation validation) {
    return ValidationReport.newBuilder()
        .setSnapshot(snapshot)
        .setReference(reference)
        .setVerdict(action(validation.verdict()))
        .setSentence(validation.sentence())
        .addAllFindings(validation.findings().stream().map(ValidationMapper::finding).toList())
        .build();
  }

  private static ValidationFinding finding(Finding finding) {
    ValidationFinding.Builder proto =
        ValidationFinding.newBuilder()
            .setCheck(dev.hemlock.proto.dataset.v1.Check.valueOf(CHECK + finding.check().name()))
            .setSplit(finding.split())
            .setAction(action(finding.rule().action()))
            .setAlarm(finding.alarm())
            .setThreshold(finding.rule().threshold())
            .setSentence(finding.sentence())
            .setSampleCount(finding.sampleCount());
    finding.figure().ifPresent(proto::setFigure);
    finding.statistic().ifPresent(proto::setStatistic);
    finding.degreesOfFreedom().ifPresent(proto::setDegreesOfFreedom);
    finding
        .classes()
        .forEach(
            found ->
                proto.addClasses(
                    ClassFinding.newBuilder()
                        .setClassName(found.name())
                        .setCount(found.count())
                        .setReferenceCount(found.referenceCount())
                        .setAdjustedPValue(found.adjustedPValue())));
    finding
        .samples()
        .forEach(
            sample ->
                proto.addSamples(
                    SampleFinding.newBuilder()
                        .setSplit(sample.split())
                        .setSampleId(sample.id())
                        .setClassName(sample.label())
                        .setOtherSplit(sample.otherSplit())
                        .setOtherSampleId(sample.otherId())
                        .setOtherClassName(sample.otherLabel())));
    return proto.build();
  }

  private static ValidationAction action(Action action) {
    return ValidationAction.valueOf(ACTION + action.name());
  }
}
