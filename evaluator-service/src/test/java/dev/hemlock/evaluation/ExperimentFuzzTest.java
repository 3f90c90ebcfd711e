package dev.hemlock.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import dev.hemlock.common.fuzz.Mutants;
import dev.hemlock.common.grpc.RequestRules;
import dev.hemlock.common.json.CanonicalJson;
import dev.hemlock.common.json.ProtoJson;
import dev.hemlock.proto.evaluation.v1.CreateExperimentRequest;
import dev.hemlock.proto.evaluation.v1.ExperimentSpec;
import org.junit.jupiter.api.Test;

class ExperimentFuzzTest {
  /** The most that one experiment may train. */
  private static final int MOST_MODELS = 20_000;

  @Test
  void holdsForDamagedInputs() {
    Mutants.run(ExperimentFuzzTest.class, 300, this::holds);
  }

  /**
   * A spec is refused, or has defaults that stay as they are, expands to no more models than are
   * allowed, and is read again from what it is stored as.
   */
  @FuzzTest
  void holds(byte[] input) {
    try {
      ExperimentSpec spec = ProtoJson.parse(input, ExperimentSpec.newBuilder()).build();
      RequestRules.check(CreateExperimentRequest.newBuilder().setSpec(spec).build());
      ExperimentSpec complete = ExperimentDefaults.complete(spec);
      assertThat(ExperimentDefaults.complete(complete)).isEqualTo(complete);
      assertThat(ExperimentPlan.of(complete).models()).hasSizeLessThanOrEqualTo(MOST_MODELS);
      assertThat(ExperimentMapper.spec(CanonicalJson.of(complete))).isEqualTo(complete);
    } catch (HemlockException e) {
      if (e.reason() != Reason.INVALID_ARGUMENT) {
        throw e;
      }
    }
  }
}
