package dev.hemlock.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import dev.hemlock.proto.evaluation.v1.CheckResult;
import dev.hemlock.proto.evaluation.v1.DetectionCounts;
import dev.hemlock.proto.evaluation.v1.DetectionPower;
import dev.hemlock.proto.evaluation.v1.DetectionScore;
import dev.hemlock.proto.evaluation.v1.PowerPoint;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DetectTest {
  @TempDir Path folder;

  @Test
  void readsWhatChecksSaid() throws IOException {
    Path file = file("check,flip_count,statistic\npsi,0,0.001\n\n\"a, b\",2000,833\n");

    assertThat(CheckFile.read(file))
        .extracting(CheckResult::getCheck, CheckResult::getFlipCount, CheckResult::getStatistic)
        .containsExactly(tuple("psi", 0, 0.001), tuple("a, b", 2000, 833.0));
  }

  @Test
  void refusesAFileWithItsLine() throws IOException {
    Path wrongCell = file("check,flip_count,statistic\npsi,many,0.001\n");
    assertThatThrownBy(() -> CheckFile.read(wrongCell)).hasMessageContaining("line 2");
    Path wrongHeading = file("check,statistic\n");
    assertThatThrownBy(() -> CheckFile.read(wrongHeading))
        .hasMessageContaining("must begin with check,flip_count,statistic");
  }

  @Test
  void showsWhatIsUndefined() {
    assertThat(
            DetectionText.of(
                DetectionScore.newBuilder()
                    .setTotal(DetectionCounts.newBuilder().setLabelCount(10).setFalseAlarmRate(0))
                    .build()))
        .contains("false alarms")
        .containsPattern("all +10 +0 +0 +0 +- +- +0\\.0000")
        .doesNotContain("average precision");
    assertThat(
            DetectionText.of(DetectionPower.newBuilder().setCheck("psi").setCleanCount(3).build()))
        .isEqualTo(
            "psi: 3 clean data sets are too few for this false-alarm rate"
                + System.lineSeparator());
  }

  @Test
  void showsThePowerOfACheck() {
    DetectionPower power =
        DetectionPower.newBuilder()
            .setCheck("psi")
            .setCleanCount(19)
            .setThreshold(0.5)
            .setSmallestCaught(40)
            .addCurve(
                PowerPoint.newBuilder()
                    .setFlipCount(40)
                    .setAlarmCount(4)
                    .setRunCount(4)
                    .setPower(1)
                    .setLow(0.51)
                    .setHigh(1))
            .build();

    assertThat(DetectionText.of(power))
        .contains("psi: caught from 40 flipped labels on; alarm above 0.500000, from 19 clean")
        .contains("40 flipped: 4 of 4 noticed, 1.00 (0.51 to 1.00)");
  }

  @Test
  void asksForSnapshotAndDetector() {
    StringWriter errors = new StringWriter();

    int code = Hemlock.commandLine().setErr(new PrintWriter(errors)).execute("detect");

    assertThat(code).isEqualTo(1);
    assertThat(errors.toString()).contains("Give --snapshot and --detector");
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("checks.csv"), text);
  }
}
