package dev.hemlock.poison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.images.LabelBlob;
import dev.hemlock.common.json.CanonicalJson;
import dev.hemlock.common.json.ProtoJson;
import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.storage.InMemoryObjectStore;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.common.work.CheckpointStore;
import dev.hemlock.common.work.Work;
import dev.hemlock.proto.dataset.v1.Split;
import dev.hemlock.proto.poison.v1.Attack;
import dev.hemlock.proto.poison.v1.Budget;
import dev.hemlock.proto.poison.v1.CircularNoise;
import dev.hemlock.proto.poison.v1.ExplicitFlip;
import dev.hemlock.proto.poison.v1.Flip;
import dev.hemlock.proto.poison.v1.FlipManifest;
import dev.hemlock.proto.poison.v1.Poisoning;
import dev.hemlock.proto.poison.v1.PoisoningSpec;
import dev.hemlock.proto.poison.v1.ScoreRule;
import dev.hemlock.proto.poison.v1.SymmetricNoise;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PoisonStageTest {
  private static final String NAME = "poisonings/" + "ab".repeat(32);

  @TempDir Path cache;

  private final InMemoryObjectStore store = new InMemoryObjectStore();
  private final FakeDatasetService dataset = new FakeDatasetService();
  private final FakeEvaluationService evaluation = new FakeEvaluationService();
  private BlobStore blobs;
  private Socket socket;
  private FlipManifests manifests;
  private PoisonStage stage;
  private String clean;

  @BeforeEach
  void start() {
    blobs = new BlobStore(store, cache);
    socket = new Socket(dataset, evaluation);
    manifests = new FlipManifests(store);
    stage =
        new PoisonStage(
            new SnapshotLabels(socket.dataset(), blobs),
            new RemoteEvaluations(socket.evaluation()),
            manifests);
    clean = Zoo.addTo(dataset, blobs);
  }

  @AfterEach
  void stop() {
    socket.close();
  }

  @Test
  void derivesASnapshotThatDiffersInTheLabelsOfOneSplit() {
    // When
    Poisoning result = run(spec(0.4));

    // Then
    assertThat(result.getFlipCount()).isEqualTo(8);
    assertThat(result.getEligibleCount()).isEqualTo(20);
    Split before = dataset.split(clean, "train");
    Split after = dataset.split(result.getPoisonedSnapshot(), "train");
    assertThat(after.toBuilder().setLabelDigest(before.getLabelDigest()).build()).isEqualTo(before);
    assertThat(dataset.split(result.getPoisonedSnapshot(), "test"))
        .isEqualTo(dataset.split(clean, "test"));
    assertThat(dataset.derivations())
        .singleElement()
        .satisfies(request -> assertThat(request.getRelabel().getOrigin()).isEqualTo(NAME));
  }

  @Test
  void theManifestListsExactlyTheLabelsThatDiffer() {
    // When
    Poisoning result = run(spec(0.4));

    // Then
    int[] poisoned =
        LabelBlob.decode(
            blobs.get(
                Tenant.current(),
                Digest.parse(
                    dataset.split(result.getPoisonedSnapshot(), "train").getLabelDigest())));
    List<Flip> differences =
        IntStream.range(0, Zoo.CLASSES.length)
            .filter(i -> poisoned[i] != Zoo.CLASSES[i])
            .mapToObj(
                i ->
                    Flip.newBuilder()
                        .setSplit("train")
                        .setSampleId(Zoo.IDS[i])
                        .setFromClass("cat")
                        .setToClass("owl")
                        .build())
            .toList();
    FlipManifest manifest = manifests.get(Digest.parse(result.getFlipManifestDigest()));
    assertThat(manifest.getFlipsList()).isEqualTo(differences).hasSize(8);
    assertThat(manifest.getSpec()).isEqualTo(spec(0.4));
    assertThat(manifest.getEligibleCount()).isEqualTo(20);
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void theManifestOfEveryAttackIsTheDifference(Attack attack, int classSize) {
    // When
    Poisoning result =
        run(
            spec(0.4).toBuilder()
                .setAttack(attack)
                .setBudget(Budget.newBuilder().setCount(8))
                .build());

    // Then
    List<String> names = List.of("cat", "dog", "owl");
    int[] poisoned =
        LabelBlob.decode(
            blobs.get(
                Tenant.current(),
                Digest.parse(
                    dataset.split(result.getPoisonedSnapshot(), "train").getLabelDigest())));
    List<Flip> differences =
        IntStream.range(0, Zoo.CLASSES.length)
            .filter(i -> poisoned[i] != Zoo.CLASSES[i])
            .mapToObj(
                i ->
                    Flip.newBuilder()
                        .setSplit("train")
                        .setSampleId(Zoo.IDS[i])
                        .setFromClass(names.get(Zoo.CLASSES[i]))
                        .setToClass(names.get(poisoned[i]))
                        .build())
            .toList();
    assertThat(manifests.get(Digest.parse(result.getFlipManifestDigest())).getFlipsList())
        .isEqualTo(differences)
        .hasSize(8);
    assertThat(result.getFlipCount()).isEqualTo(8);
    assertThat(result.getClassShare()).isEqualTo(8.0 / classSize);
    assertThat(result.getSplitShare()).isEqualTo(8.0 / 60);
  }

  static Stream<Arguments> attacks() {
    return Stream.of(
        Arguments.of(Zoo.targetedFlip("cat", "owl"), 20),
        Arguments.of(Zoo.manyToOne("owl", "cat", "dog"), 40),
        Arguments.of(Zoo.pairSwap("cat", "dog"), 40),
        Arguments.of(
            Attack.newBuilder().setSymmetricNoise(SymmetricNoise.getDefaultInstance()).build(), 60),
        Arguments.of(
            Attack.newBuilder().setCircularNoise(CircularNoise.getDefaultInstance()).build(), 60),
        Arguments.of(Zoo.classMap("cat", "dog", "dog", "owl"), 40),
        Arguments.of(
            Zoo.explicitFlips(
                IntStream.range(0, 10)
                    .mapToObj(i -> Zoo.flip(Zoo.IDS[3 * i], "cat", "dog"))
                    .toArray(ExplicitFlip[]::new)),
            20));
  }

  @ParameterizedTest
  @MethodSource("scored")
  void theManifestOfAScoredFlipListsTheFirstInRank(ScoreRule rule, int firstCat, int lastCat) {
    // Given
    String evaluated = evaluation.add(clean, "train", Zoo.logits(), Zoo.features());
    Attack attack = Zoo.scoredFlip("cat", "owl", rule, evaluated);

    // When
    Poisoning result = run(spec(0.4).toBuilder().setAttack(attack).build());

    // Then
    FlipManifest manifest = manifests.get(Digest.parse(result.getFlipManifestDigest()));
    assertThat(manifest.getFlipsList())
        .isEqualTo(
            IntStream.range(firstCat, lastCat)
                .mapToObj(
                    cat ->
                        Flip.newBuilder()
                            .setSplit("train")
                            .setSampleId(Zoo.IDS[3 * cat])
                            .setFromClass("cat")
                            .setToClass("owl")
                            .build())
                .toList());
    assertThat(manifest.getSpec().getAttack()).isEqualTo(attack);
    assertThat(result.getClassShare()).isEqualTo(0.4);
  }

  static Stream<Arguments> scored() {
    return Stream.of(
        Arguments.of(ScoreRule.SCORE_RULE_NEAREST_TO_TARGET, 12, 20),
        Arguments.of(ScoreRule.SCORE_RULE_MOST_CONFIDENT, 12, 20),
        Arguments.of(ScoreRule.SCORE_RULE_LEAST_CONFIDENT, 0, 8),
        Arguments.of(ScoreRule.SCORE_RULE_HIGHEST_LOSS, 12, 20));
  }

  @Test
  void keepsTheManifestApartFromTheBlobs() {
    // When
    Poisoning result = run(spec(0.4));

    // Then
    Digest digest = Digest.parse(result.getFlipManifestDigest());
    assertThat(blobs.exists(Tenant.current(), digest)).isFalse();
    assertThat(Digest.of(CanonicalJson.of(manifests.get(digest)))).isEqualTo(digest);
  }

  @Test
  void acceptsAManifestThatAnotherWriterCompressedDifferently() throws IOException {
    // Given
    Poisoning first = run(spec(0.4));
    Digest digest = Digest.parse(first.getFlipManifestDigest());
    store.overwrite("default/flips/" + digest.hex(), stored(manifests.get(digest)));

    // When
    Poisoning second = run(spec(0.4));

    // Then
    assertThat(second).isEqualTo(first);
  }

  /** Gzip without compression. */
  private static byte[] stored(FlipManifest manifest) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out =
        new GZIPOutputStream(bytes) {
          {
            def.setLevel(Deflater.NO_COMPRESSION);
          }
        }) {
      out.write(CanonicalJson.of(manifest));
    }
    return bytes.toByteArray();
  }

  @Test
  void changesNothingWhenRepeated() {
    // Given
    Poisoning first = run(spec(0.4));
    int objects = store.list("").size();

    // When
    Poisoning second = run(spec(0.4));

    // Then
    assertThat(second).isEqualTo(first);
    assertThat(store.list("")).hasSize(objects);
  }

  @Test
  void flipsTheWholeClassAtRatioOne() {
    assertThat(run(spec(1)).getFlipCount()).isEqualTo(20);
  }

  @Test
  void failsForASnapshotThatIsGone() {
    PoisoningSpec gone =
        spec(0.4).toBuilder().setSnapshot("snapshots/sha256:" + "0".repeat(64)).build();

    assertThatThrownBy(() -> run(gone))
        .isInstanceOf(HemlockException.class)
        .hasMessageContaining("there is no snapshots/sha256:000");
  }

  @Test
  void canBeRepeatedWhenTheDatasetServiceIsAway() {
    socket.stopServer();

    assertThatThrownBy(() -> run(spec(0.4)))
        .isInstanceOfSatisfying(HemlockException.class, e -> assertThat(e.retryable()).isTrue())
        .hasMessageContaining("dataset service is not available");
  }

  @Test
  void refusesADamagedManifest() {
    Digest digest = Digest.parse(run(spec(0.4)).getFlipManifestDigest());
    store.overwrite("default/flips/" + digest.hex(), new byte[] {'{', '}'});

    assertThatThrownBy(() -> manifests.get(digest))
        .isInstanceOf(HemlockException.class)
        .hasMessageContaining(digest.toString());
  }

  private Poisoning run(PoisoningSpec spec) {
    byte[] result = stage.run(new PlainWork(CanonicalJson.of(spec)));
    return ProtoJson.parse(result, Poisoning.newBuilder()).build();
  }

  private PoisoningSpec spec(double ratio) {
    return Zoo.catsToOwls(clean, ratio);
  }

  private record PlainWork(byte[] spec) implements Work {
    @Override
    public String name() {
      return NAME;
    }

    @Override
    public int tryNumber() {
      return 1;
    }

    @Override
    public void progress(double share, byte[] document) {}

    @Override
    public void checkpoint() {}

    @Override
    public CheckpointStore checkpoints() {
      throw new UnsupportedOperationException("a poisoning keeps no checkpoints");
    }
  }
}
