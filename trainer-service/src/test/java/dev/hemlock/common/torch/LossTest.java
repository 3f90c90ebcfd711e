package dev.hemlock.common.torch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.google.gson.Gson;
import dev.hemlock.common.images.ImageShape;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Losses and their gradients beside the formulas of the papers, recorded by {@code losses.py}. */
class LossTest {
  private static final double TOLERANCE = 1e-5;
  private static final Recorded RECORDED = recorded();

  record Case(
      String loss, double[] settings, double[] losses, double[] gradient, double[] targets) {}

  record Recorded(double[] logits, long[] labels, List<List<Double>> transition, List<Case> cases) {
    int rows() {
      return labels.length;
    }

    int classes() {
      return logits.length / labels.length;
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FP32", "FP64"})
  void everyLossIsThatOfItsPaper(Precision precision) {
    for (Case one : RECORDED.cases()) {
      if (!one.loss().equals("ELR")) {
        try (Evaluation evaluation = new Evaluation(precision, loss(one))) {
          evaluation.of(RECORDED.logits()).assertIs(one, precision);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FP32", "FP64"})
  void earlyLearningRemembersPredictions(Precision precision) {
    // Given
    List<Case> steps = RECORDED.cases().stream().filter(one -> one.loss().equals("ELR")).toList();

    // Then
    try (Evaluation evaluation = new Evaluation(precision, loss(steps.get(0)))) {
      for (int step = 0; step < steps.size(); step++) {
        evaluation.of(rolled(step)).assertIs(steps.get(step), precision);
        assertClose(evaluation.memory(), steps.get(step).targets(), "targets");
      }
    }
  }

  @Test
  void everyKindOfLossIsRecorded() {
    Stream<Class<?>> kinds = RECORDED.cases().stream().map(one -> loss(one).getClass());

    assertThat(kinds.distinct()).containsExactlyInAnyOrder(Loss.class.getPermittedSubclasses());
  }

  @Test
  void theFixtureReachesBeyondWhatFloatsCanExponentiate() {
    assertThat(Arrays.stream(RECORDED.logits()).max().orElseThrow()).isGreaterThan(1000);
    assertThat(RECORDED.cases())
        .allSatisfy(
            one -> assertThat(one.losses()).doesNotContain(Double.NaN, Double.POSITIVE_INFINITY));
  }

  private static Loss loss(Case one) {
    double[] s = one.settings();
    return switch (one.loss()) {
      case "CE" -> new Loss.CrossEntropy(s[0]);
      case "GCE" -> new Loss.GeneralisedCrossEntropy(s[0]);
      case "SCE" -> new Loss.SymmetricCrossEntropy(s[0], s[1], s[2]);
      case "FORWARD" -> new Loss.ForwardCorrection(RECORDED.transition());
      case "SOFT", "HARD" -> new Loss.Bootstrapping(s[0], one.loss().equals("HARD"));
      case "NCE_RCE", "NCE_MAE" -> new Loss.ActivePassive(s[0], s[1], s[2]);
      case "ELR" -> new Loss.EarlyLearning(s[0], s[1], RECORDED.rows());
      default -> throw new IllegalArgumentException(one.loss());
    };
  }

  /** Logits grow and move to other classes from step to step, as in losses.py. */
  private static double[] rolled(int step) {
    int classes = RECORDED.classes();
    double[] logits = RECORDED.logits();
    double[] rolled = new double[logits.length];
    for (int i = 0; i < logits.length; i++) {
      int row = i / classes * classes;
      rolled[row + (i - row + step) % classes] = logits[i] * (1 + step);
    }
    return rolled;
  }

  private static void assertClose(double[] actual, double[] expected, String what) {
    assertThat(actual).as(what).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      assertThat(Math.abs(actual[i] - expected[i]))
          .as("%s %d: %s for %s", what, i, actual[i], expected[i])
          .isLessThanOrEqualTo(TOLERANCE * Math.max(1, Math.abs(expected[i])));
    }
  }

  private record Result(double[] losses, double mean, double[] gradient) {
    void assertIs(Case expected, Precision precision) {
      String what = expected.loss() + " " + precision;
      assertClose(losses, expected.losses(), what + " loss");
      assertClose(gradient, expected.gradient(), what + " gradient");
      double average = Arrays.stream(expected.losses()).average().orElseThrow();
      assertClose(new double[] {mean}, new double[] {average}, what + " mean");
    }
  }

  /** One loss with its table. */
  private static final class Evaluation implements AutoCloseable {
    private final Precision precision;
    private final TorchProgram program;
    private final NDList state = new NDList();
    private final NDArray memory;

    Evaluation(Precision precision, Loss loss) {
      this.precision = precision;
      Network network = Network.of(Architecture.SMALLCNN, new ImageShape(8, 8, 1), 4);
      program =
          new TorchProgram(
              TorchEngine.start(1),
              TorchDevice.CPU,
              network,
              precision,
              loss,
              new TrainingMethod.Plain());
      Loss.Memory table = loss.memory(RECORDED.classes());
      memory = program.zeros(new Shape(table.rows(), table.columns()), DataType.FLOAT64);
      if (table.values().length > 0) {
        memory.addi(program.scope().create(table.values(), memory.getShape()));
      }
      double[] settings = Arrays.copyOf(loss.settings(), 3);
      ByteBuffer host = ByteBuffer.allocateDirect(24).order(ByteOrder.nativeOrder());
      host.asDoubleBuffer().put(settings);
      state.add(TorchProgram.named(program.onHost(host, 3), "settings"));
      state.add(TorchProgram.named(memory, "memory"));
    }

    Result of(double[] logits) {
      Shape shape = new Shape(RECORDED.rows(), RECORDED.classes());
      long[] positions = LongStream.range(0, RECORDED.rows()).toArray();
      try (NDManager scope = program.scope()) {
        NDList arguments = new NDList();
        arguments.add(scope.create(logits, shape).toType(precision.stateType(), true));
        arguments.add(scope.create(RECORDED.labels()));
        arguments.add(scope.create(positions));
        arguments.forEach(part -> part.setName("batch[]"));
        arguments.addAll(state);
        NDList found = program.call("loss_gradient", arguments);
        return new Result(doubles(found.get(0)), doubles(found.get(1))[0], doubles(found.get(2)));
      }
    }

    double[] memory() {
      return memory.toDoubleArray();
    }

    private static double[] doubles(NDArray array) {
      return array.toType(DataType.FLOAT64, true).toDoubleArray();
    }

    @Override
    public void close() {
      program.close();
    }
  }

  private static Recorded recorded() {
    try (InputStream in = LossTest.class.getResourceAsStream("losses.json")) {
      return new Gson().fromJson(new InputStreamReader(in, UTF_8), Recorded.class);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
