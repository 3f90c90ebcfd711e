package dev.hemlock.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import dev.hemlock.common.json.ProtoJson;
import dev.hemlock.proto.evaluation.v1.Experiment;
import dev.hemlock.proto.evaluation.v1.ExperimentBudget;
import dev.hemlock.proto.evaluation.v1.ExperimentRecipe;
import dev.hemlock.proto.evaluation.v1.ExperimentReport;
import dev.hemlock.proto.evaluation.v1.ExperimentSpec;
import dev.hemlock.proto.evaluation.v1.JudgePredictionsRequest;
import dev.hemlock.proto.evaluation.v1.JudgePredictionsResponse;
import dev.hemlock.proto.evaluation.v1.PredictedPair;
import dev.hemlock.proto.evaluation.v1.Summary;
import dev.hemlock.proto.training.v1.Architecture;
import dev.hemlock.proto.training.v1.Recipe;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.xml.sax.InputSource;

class JudgementsTest {
  private static final int SAMPLES = 30;

  @TempDir Path cache;
  private Lab lab;

  @BeforeEach
  void open() throws IOException {
    lab = new Lab(cache);
  }

  @AfterEach
  void close() {
    lab.close();
  }

  @Test
  void givesTheFiguresThatAnExperimentGives() {
    // Given
    Experiment asked = lab.experiments.create(experiment(), "");
    lab.ended(asked.getName());
    ExperimentReport measured = lab.experiments.report(asked.getName());

    // When
    JudgePredictionsResponse judged = lab.judgements.judge(request());

    // Then
    ExperimentReport report = judged.getReport();
    assertThat(unflipped(report.getSummary())).isEqualTo(unflipped(measured.getSummary()));
    assertThat(report.getPairs(2).getEffect()).isEqualTo(measured.getPairs(2).getEffect());
    assertThat(report.getPairs(2).getSourceTest()).isEqualTo(measured.getPairs(2).getSourceTest());
    assertThat(report.getPairs(2).getPoisoned().getConfusionList())
        .isEqualTo(measured.getPairs(2).getPoisoned().getConfusionList());
  }

  @Test
  void saysThatThePairingIsUnverified() throws Exception {
    JudgePredictionsResponse judged = lab.judgements.judge(request());

    assertThat(judged.getReport().getPairingUnverified()).isTrue();
    assertThat(judged.getReport().getVerdict())
        .startsWith("Pairing unverified. After training elsewhere on labels said to be poisoned")
        .contains("over 3 pairs, which excludes 0");
    assertThat(judged.getReport().getCaveats(0)).startsWith("Pairing unverified:");
    assertThat(judged.getReport().getCaveatsList())
        .noneMatch(
            caveat -> caveat.contains("share initial weights, sample order and augmentation;"));
    assertThat(ProtoJson.print(judged.getReport())).contains("\"pairingUnverified\"");
    assertThat(judged.getPage())
        .startsWith("<!DOCTYPE html>")
        .contains("models trained elsewhere · pairing unverified");
    DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(
            new InputSource(
                new StringReader(judged.getPage().substring("<!DOCTYPE html>".length()))));
  }

  @Test
  void judgesASinglePairWithoutAnInterval() {
    JudgePredictionsRequest one = request().toBuilder().removePairs(2).removePairs(1).build();

    assertThat(lab.judgements.judge(one).getReport().getVerdict())
        .startsWith("Pairing unverified. A single pair gives no interval");
  }

  @Test
  void takesSamplesInAnyOrder() {
    JudgePredictionsRequest given = request();
    JudgePredictionsRequest.Builder reversed = given.toBuilder().clearSampleIds().clearPairs();
    IntStream.range(0, SAMPLES).forEach(i -> reversed.addSampleIds(SAMPLES - 1 - i));
    given
        .getPairsList()
        .forEach(
            pair ->
                reversed.addPairs(
                    PredictedPair.newBuilder()
                        .setSeed(pair.getSeed())
                        .addAllClean(backwards(pair.getCleanList()))
                        .addAllPoisoned(backwards(pair.getPoisonedList()))));

    assertThat(lab.judgements.judge(reversed.build())).isEqualTo(lab.judgements.judge(given));
  }

  @ParameterizedTest
  @MethodSource("badRequests")
  void refusesWhatDoesNotFit(UnaryOperator<JudgePredictionsRequest.Builder> change, String why) {
    JudgePredictionsRequest bad = change.apply(request().toBuilder()).build();

    assertThatThrownBy(() -> lab.judgements.judge(bad))
        .isInstanceOfSatisfying(
            HemlockException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INVALID_ARGUMENT))
        .hasMessageContaining(why);
  }

  static Stream<Arguments> badRequests() {
    return Stream.of(
        bad(r -> r.setSplit("dev"), "no split \"dev\"; choose one of test, train"),
        bad(r -> r.setSourceClass("one"), "no class \"one\"; choose one of 0, 1, 7"),
        bad(r -> r.setTargetClass("1"), "are the same; choose two classes"),
        bad(r -> r.setSampleIds(3, 99), "Sample 99 is not in the split; leave it out"),
        bad(r -> r.setSampleIds(3, 4), "Sample 4 is given twice; give it once"),
        bad(r -> r.clearSampleIds().addSampleIds(0), "Sample 1 of the split has no prediction"),
        bad(r -> r.setPairs(1, r.getPairs(0)), "Seed 1 is given twice; give each once"),
        bad(
            r -> r.setPairs(0, r.getPairs(0).toBuilder().clearClean()),
            "The clean model of seed 1 has 0 predictions for 30 samples; give one for each"),
        bad(
            r -> r.setPairs(0, r.getPairs(0).toBuilder().setPoisoned(7, 3)),
            "The poisoned model of seed 1 predicts class 3; indices run from 0 to 2"));
  }

  private static Arguments bad(UnaryOperator<JudgePredictionsRequest.Builder> change, String why) {
    return Arguments.of(change, why);
  }

  /** What {@link FakePredictor} predicts with seeds 1 to 3. */
  private static JudgePredictionsRequest request() {
    JudgePredictionsRequest.Builder request =
        JudgePredictionsRequest.newBuilder()
            .setSnapshot(FakeServices.SNAPSHOT)
            .setSourceClass("1")
            .setTargetClass("7");
    IntStream.range(0, SAMPLES).forEach(request::addSampleIds);
    for (int seed = 1; seed <= 3; seed++) {
      PredictedPair.Builder pair = PredictedPair.newBuilder().setSeed(seed);
      for (int i = 0; i < SAMPLES; i++) {
        int truth = i / FakeServices.PER_CLASS;
        boolean fooled = truth == 1 && i % FakeServices.PER_CLASS < 2 + seed;
        pair.addClean(truth).addPoisoned(fooled ? 2 : truth);
      }
      request.addPairs(pair);
    }
    return request.build();
  }

  private static ExperimentSpec experiment() {
    return ExperimentSpec.newBuilder()
        .setSnapshot(FakeServices.SNAPSHOT)
        .setSourceClass("1")
        .setTargetClass("7")
        .addBudgets(ExperimentBudget.newBuilder().setClassShare(0.4))
        .addAllSeeds(List.of(1, 2, 3))
        .addRecipes(
            ExperimentRecipe.newBuilder()
                .setRecipe(Recipe.newBuilder().setArchitecture(Architecture.ARCHITECTURE_SMALLCNN)))
        .build();
  }

  private static List<Integer> backwards(List<Integer> values) {
    return IntStream.range(0, values.size())
        .mapToObj(i -> values.get(values.size() - 1 - i))
        .toList();
  }

  /** What doesn't hang on the flipped labels, nor on what only an experiment computes. */
  private static Summary unflipped(Summary summary) {
    return summary.toBuilder()
        .clearRatio()
        .clearFlipCount()
        .clearFlipped()
        .clearMemorisation()
        .clearExcessSeedsByImagesInterval()
        .clearExcessVariance()
        .build();
  }
}
