package dev.hemlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hemlock.proto.dataset.v1.Check;
import dev.hemlock.proto.dataset.v1.SampleFinding;
import dev.hemlock.proto.dataset.v1.ValidationAction;
import dev.hemlock.proto.dataset.v1.ValidationFinding;
import dev.hemlock.proto.dataset.v1.ValidationPolicy;
import dev.hemlock.proto.dataset.v1.ValidationReport;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ValidationTextTest {

  @Test
  void showsAlarmsWithTheirSamples() {
    ValidationReport report =
        ValidationReport.newBuilder()
            .setSentence("Refused, because of: label changes.")
            .addFindings(
                ValidationFinding.newBuilder()
                    .setCheck(Check.CHECK_LABEL_CHANGES)
                    .setAction(ValidationAction.VALIDATION_ACTION_REFUSE)
                    .setAlarm(true)
                    .setFigure(1)
                    .setSentence("1 of 9 samples.")
                    .addSamples(
                        SampleFinding.newBuilder()
                            .setSplit("train")
                            .setSampleId(3)
                            .setClassName("7")
                            .setOtherSplit("train")
                            .setOtherSampleId(3)
                            .setOtherClassName("1")))
            .addFindings(
                ValidationFinding.newBuilder()
                    .setCheck(Check.CHECK_CRAMERS_V)
                    .setSplit("test")
                    .setAction(ValidationAction.VALIDATION_ACTION_ADMIT)
                    .setAlarm(true)
                    .setFigure(0.2)
                    .setSentence("Cramér's V 0.2."))
            .build();

    assertThat(ValidationText.of(report).lines())
        .containsExactly(
            "refuse      label changes                   1 of 9 samples.",
            " ".repeat(44) + "train 3 7 | train 3 1",
            "noted       cramers v                test   Cramér's V 0.2.",
            "",
            "Refused, because of: label changes.");
  }

  @Test
  void readsThePolicyOfTheDocumentation(@TempDir Path folder) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("policy.yaml"),
            """
            rules:
              - {check: label_changes, action: quarantine}
              - {check: near_leakage, action: quarantine, threshold: 100}
            """);
    ValidationPolicy.Builder policy = ValidationPolicy.newBuilder();

    YamlFile.merge(file, "a policy", "docs/validation.md", policy);

    assertThat(policy.getRules(0).getCheck()).isEqualTo(Check.CHECK_LABEL_CHANGES);
    assertThat(policy.getRules(0).hasThreshold()).isFalse();
    assertThat(policy.getRules(1).getThreshold()).isEqualTo(100);
    assertThat(policy.getRules(1).getAction())
        .isEqualTo(ValidationAction.VALIDATION_ACTION_QUARANTINE);
  }
}
