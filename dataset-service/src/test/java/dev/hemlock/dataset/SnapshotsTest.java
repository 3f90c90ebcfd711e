package dev.hemlock.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import dev.hemlock.common.events.EventPublisher;
import dev.hemlock.common.events.RecordingPublisher;
import dev.hemlock.common.images.LabelBlob;
import dev.hemlock.common.images.SelectionBlob;
import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.storage.Page;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotsTest {
  private static final String TENANT = Workbench.TENANT;

  @TempDir Path directory;

  private Workbench bench;
  private NamedSnapshot digits;

  @BeforeEach
  void importDigits() {
    bench = new Workbench(directory);
    digits = bench.imports.digits(TENANT, Workbench.options(), (i, b) -> {});
  }

  @Test
  void isNamedByItsCanonicalManifest() {
    byte[] manifest = bench.store.read("default/snapshots/" + digits.digest().hex()).orElseThrow();

    assertThat(Digest.of(manifest)).isEqualTo(digits.digest());
    assertThat(new String(manifest, StandardCharsets.UTF_8))
        .startsWith("{\"classNames\":[\"0\",\"1\"")
        .contains("\"imageShape\":{\"channels\":1,\"height\":8,\"width\":8}")
        .doesNotContain("\"name\":\"\"");
    assertThat(bench.snapshots.get(TENANT, digits.name())).isEqualTo(digits);
  }

  @Test
  void keepsTheFirstProvenance() {
    var before = bench.snapshots.provenance(TENANT, digits.name());

    bench.imports.digits(TENANT, Workbench.options(), (i, b) -> {});

    assertThat(bench.snapshots.provenance(TENANT, digits.name())).isEqualTo(before);
    assertThat(before.getSource()).isEqualTo("bundled:digits");
    assertThat(before.getTransformation()).isEqualTo("import");
  }

  @Test
  void tellsTheWorldNothingButItsName() {
    // When
    NamedSnapshot derived = subset(digits, 5, 3);

    // Then
    RecordingPublisher.Published told = bench.events.published().get(1);
    assertThat(told.id()).isEqualTo(derived.name() + "/created");
    assertThat(told.json().replaceAll("\\s", ""))
        .isEqualTo("{\"snapshot\":\"" + derived.name() + "\"}");
    assertThat(told.attributes()).isEmpty();
  }

  @Test
  void isStoredThoughTheBrokerIsAway() {
    // Given
    EventPublisher away =
        (topic, id, type, subject, data, attributes) -> {
          throw HemlockException.unavailable("The broker is away.");
        };

    // When
    NamedSnapshot again =
        new SnapshotDocuments(bench.store, away)
            .create(TENANT, digits.snapshot(), new Origin("", "import", "{}", "", ""));

    // Then
    assertThat(again).isEqualTo(digits);
    assertThat(bench.snapshots.get(TENANT, again.name())).isEqualTo(digits);
  }

  @Test
  void countsClassesBySplit() {
    Statistics statistics = bench.snapshots.statistics(TENANT, digits.name());

    assertThat(statistics.splits())
        .extracting(Statistics.OfSplit::name)
        .containsExactly("test", "train");
    assertThat(statistics.imageBytes()).isEqualTo(1797 * 64);
    assertThat(statistics.splits().get(0).classCounts().stream().mapToInt(i -> i).sum())
        .isEqualTo(359);
  }

  @Test
  void nestsSubsetsAcrossLimits() {
    // When
    NamedSnapshot five = subset(digits, 5, 3);
    NamedSnapshot twenty = subset(digits, 20, 3);

    // Then
    assertThat(ids(twenty)).hasSize(200).containsAll(ids(five));
    assertThat(ids(five)).hasSize(50);
    assertThat(ClassNames.counts(bench.labels(five, "train"), 10)).containsOnly(5);
    assertThat(five.snapshot().split("train").shards())
        .isEqualTo(digits.snapshot().split("train").shards());
    assertThat(five.snapshot().split("test")).isEqualTo(digits.snapshot().split("test"));
    assertThat(subset(twenty, 5, 3).name()).isEqualTo(five.name());
    assertThat(subset(digits, 5, 4).name()).isNotEqualTo(five.name());
  }

  @Test
  void isItselfWhenTheSubsetKeepsEverything() {
    assertThat(subset(digits, 100_000, 0).name()).isEqualTo(digits.name());
  }

  @Test
  void keepsTheLabelOfEachSampleInASubset() {
    NamedSnapshot some = subset(digits, 5, 3);

    int[] labels = bench.labels(some, "train");
    int[] all = bench.labels(digits, "train");

    assertThat(ids(some).stream().map(id -> all[id]).toList())
        .isEqualTo(IntStream.of(labels).boxed().toList());
  }

  @Test
  void keepsChosenSamplesWithTheirLabels() {
    NamedSnapshot some = select(digits, 3, 5, 1437);

    assertThat(ids(some)).containsExactly(3, 5, 1437);
    int[] all = bench.labels(digits, "train");
    assertThat(bench.labels(some, "train")).containsExactly(all[3], all[5], all[1437]);
    assertThat(bench.labels(some, "test")).isEqualTo(bench.labels(digits, "test"));
    assertThat(ids(select(some, 5))).containsExactly(5);
    assertThat(select(digits, IntStream.range(0, 1438).toArray()).name()).isEqualTo(digits.name());
  }

  @Test
  void refusesAChoiceOfNothingOrOfUnknownSamples() {
    assertRefused(() -> select(digits), Reason.INVALID_ARGUMENT, "no sample");
    assertRefused(() -> select(digits, 1438), Reason.INVALID_ARGUMENT, "no sample 1438");
    assertRefused(() -> select(select(digits, 3, 5), 4), Reason.INVALID_ARGUMENT, "no sample 4");
  }

  @Test
  void relabelsAndListsTheDifferenceInPages() {
    // Given
    int[] labels = bench.labels(digits, "train");
    List<Integer> flipped = new ArrayList<>();
    for (int i = 0; i < labels.length && flipped.size() < 25; i++) {
      if (labels[i] == 1) {
        labels[i] = 7;
        flipped.add(i);
      }
    }

    // When
    NamedSnapshot poisoned = relabel(digits, labels);
    List<LabelDiff.Change> changes = new ArrayList<>();
    String token = "";
    do {
      LabelDiff page = bench.snapshots.diff(TENANT, digits.name(), poisoned.name(), 10, token);
      assertThat(page.total()).isEqualTo(25);
      changes.addAll(page.changes());
      token = page.nextToken();
    } while (!token.isEmpty());

    // Then
    assertThat(changes).extracting(LabelDiff.Change::sampleId).isEqualTo(flipped);
    assertThat(changes).allMatch(c -> c.fromClass().equals("1") && c.toClass().equals("7"));
    assertThat(poisoned.snapshot().split("train").shards())
        .isEqualTo(digits.snapshot().split("train").shards());
    assertThat(relabel(poisoned, bench.labels(digits, "train")).name()).isEqualTo(digits.name());
    assertThat(bench.upload(bench.export(poisoned)).name()).isEqualTo(poisoned.name());
  }

  @Test
  void takesLabelsThatLeaveAClassEmpty() {
    int[] labels = Arrays.stream(bench.labels(digits, "train")).map(l -> l == 3 ? 4 : l).toArray();

    NamedSnapshot poisoned = relabel(digits, labels);

    assertThat(bench.snapshots.statistics(TENANT, poisoned.name()).splits().get(1).classCounts())
        .element(3)
        .isEqualTo(0);
  }

  @Test
  void refusesToCompareDifferentSamples() {
    assertRefused(
        () -> bench.snapshots.diff(TENANT, digits.name(), subset(digits, 3, 1).name(), 0, ""),
        Reason.FAILED_PRECONDITION,
        "different samples");
    assertRefused(
        () -> bench.snapshots.diff(TENANT, digits.name(), digits.name(), 0, "x"),
        Reason.INVALID_ARGUMENT,
        "page token");
  }

  @Test
  void refusesLabelsThatDontFit() {
    int[] labels = bench.labels(digits, "train");
    int[] outOfRange = labels.clone();
    outOfRange[0] = 10;

    assertRefused(() -> relabel(digits, outOfRange), Reason.INVALID_ARGUMENT, "label 10");
    assertRefused(
        () -> relabel(digits, new int[] {1, 2}), Reason.INVALID_ARGUMENT, "has 1438 samples");
    assertRefused(
        () ->
            bench.snapshots.relabel(
                TENANT, digits.name(), "train", new Digest("0".repeat(64)), "{}"),
        Reason.NOT_FOUND,
        "000");
    assertRefused(
        () -> bench.snapshots.subset(TENANT, digits.name(), "val", 1, 0, "{}"),
        Reason.NOT_FOUND,
        "test, train");
  }

  @Test
  void verifiesEveryBlob() {
    // When
    List<Snapshots.Verified> progress = new ArrayList<>();
    bench.snapshots.verify(TENANT, digits.name(), progress::add);

    // Then
    assertThat(progress).hasSize(4);
    assertThat(progress.get(3).bytes()).isEqualTo(1797 * 66);
    assertThat(progress.get(3).total()).isEqualTo(4);
  }

  @Test
  void namesTheBlobThatIsDamagedOrMissing() {
    Digest labels = digits.snapshot().split("test").labels();
    Digest shard = digits.snapshot().split("train").shards().get(0);

    bench.store.delete(BlobStore.key(TENANT, labels));
    assertRefused(
        () -> bench.snapshots.verify(TENANT, digits.name(), at -> {}),
        Reason.DATA_LOSS,
        labels.hex());
    bench.blobs.put(TENANT, LabelBlob.encode(new int[0]));
    bench.store.corrupt(BlobStore.key(TENANT, shard));
    bench.store.create(BlobStore.key(TENANT, labels), new byte[0]);
    bench.store.corrupt("default/snapshots/" + digits.digest().hex());
    assertRefused(
        () -> bench.snapshots.verify(TENANT, digits.name(), at -> {}),
        Reason.DATA_LOSS,
        digits.name());
  }

  @Test
  void namesADamagedShard() {
    Digest shard = digits.snapshot().split("train").shards().get(0);
    bench.store.corrupt(BlobStore.key(TENANT, shard));

    assertRefused(
        () -> bench.snapshots.verify(TENANT, digits.name(), at -> {}),
        Reason.DATA_LOSS,
        shard.hex());
  }

  @Test
  void listsInPages() {
    for (int i = 1; i <= 4; i++) {
      subset(digits, i, 0);
    }

    Page<NamedSnapshot> first = bench.snapshots.list(TENANT, 3, "");
    Page<NamedSnapshot> second = bench.snapshots.list(TENANT, 3, first.nextToken());

    assertThat(first.items()).hasSize(3);
    assertThat(second.items()).hasSize(2);
    assertThat(second.nextToken()).isEmpty();
    assertThat(first.items()).doesNotContainAnyElementsOf(second.items());
    assertRefused(
        () -> bench.snapshots.list(TENANT, 3, "sha256:\0"), Reason.INVALID_ARGUMENT, "page token");
  }

  @Test
  void showsSamplesByClassAndById() {
    // When
    List<SampleImages.Sample> sevens = show("7", List.of(), 4);
    List<SampleImages.Sample> byId = show("", List.of(9, 2), 0);

    // Then
    assertThat(sevens).hasSize(4).allMatch(sample -> sample.className().equals("7"));
    assertThat(byId).extracting(SampleImages.Sample::id).containsExactly(9, 2);
    assertRefused(() -> show("x", List.of(), 0), Reason.INVALID_ARGUMENT, "0, 1, 2");
    assertRefused(() -> show("", List.of(99_999), 0), Reason.INVALID_ARGUMENT, "99999");
    assertRefused(() -> show("7", List.of(1), 0), Reason.INVALID_ARGUMENT, "not both");
  }

  @Test
  void saysThatASnapshotIsUnknown() {
    assertRefused(
        () -> bench.snapshots.get(TENANT, "snapshots/sha256:" + "0".repeat(64)),
        Reason.NOT_FOUND,
        "There is no snapshot");
  }

  private List<SampleImages.Sample> show(String className, List<Integer> ids, int limit) {
    List<SampleImages.Sample> samples = new ArrayList<>();
    bench.images.show(
        TENANT, digits.name(), new SampleImages.Choice("", className, ids, limit), samples::add);
    return samples;
  }

  private NamedSnapshot subset(NamedSnapshot parent, int limit, int seed) {
    return bench.snapshots.subset(TENANT, parent.name(), "", limit, seed, "{}");
  }

  private NamedSnapshot select(NamedSnapshot parent, int... ids) {
    Digest digest = bench.blobs.put(TENANT, SelectionBlob.encode(ids));
    return bench.snapshots.select(TENANT, parent.name(), "", digest, "{}");
  }

  private NamedSnapshot relabel(NamedSnapshot parent, int[] labels) {
    Digest digest = bench.blobs.put(TENANT, LabelBlob.encode(labels));
    return bench.snapshots.relabel(TENANT, parent.name(), "", digest, "{}");
  }

  private List<Integer> ids(NamedSnapshot snapshot) {
    return IntStream.of(bench.samples(snapshot, "train").ids()).boxed().toList();
  }

  private static void assertRefused(Runnable action, Reason reason, String message) {
    assertThatThrownBy(action::run)
        .isInstanceOf(HemlockException.class)
        .hasMessageContaining(message)
        .extracting(e -> ((HemlockException) e).reason())
        .isEqualTo(reason);
  }
}
