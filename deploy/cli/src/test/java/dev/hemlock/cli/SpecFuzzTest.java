package dev.hemlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.util.JsonFormat;
import dev.hemlock.common.fuzz.Mutants;
import dev.hemlock.proto.dataset.v1.ValidationPolicy;
import dev.hemlock.proto.evaluation.v1.ExperimentSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files with experiments and with policies. */
class SpecFuzzTest {
  @TempDir Path folder;

  @Test
  void holdsForDamagedInputs() {
    Mutants.run(SpecFuzzTest.class, 300, this::holds);
  }

  /** A file is refused with a reason, or gives a message that its own JSON form gives again. */
  @FuzzTest
  void holds(byte[] input) throws IOException {
    Path file = Files.write(folder.resolve("spec.yaml"), input);
    try {
      ExperimentFile.read(file);
      ExperimentSpec.Builder spec = ExperimentSpec.newBuilder();
      YamlFile.merge(file, "a spec", "its documentation", spec);
      assertThat(again(spec.build())).isEqualTo(spec.build());
    } catch (CliException e) {
      assertThat(e).message().isNotBlank();
    }
    try {
      YamlFile.merge(file, "a policy", "its documentation", ValidationPolicy.newBuilder());
    } catch (CliException e) {
      assertThat(e).message().isNotBlank();
    }
  }

  private ExperimentSpec again(ExperimentSpec spec) throws IOException {
    ExperimentSpec.Builder again = ExperimentSpec.newBuilder();
    Path file = Files.writeString(folder.resolve("spec.json"), JsonFormat.printer().print(spec));
    YamlFile.merge(file, "a spec", "its documentation", again);
    return again.build();
  }
}
