package dev.hemlock.poison;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import dev.hemlock.common.fuzz.Mutants;
import dev.hemlock.common.grpc.RequestRules;
import dev.hemlock.common.json.ProtoJson;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.storage.InMemoryObjectStore;
import dev.hemlock.proto.poison.v1.CreatePoisoningRequest;
import dev.hemlock.proto.poison.v1.FlipManifest;
import dev.hemlock.proto.poison.v1.PoisoningSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** Specs of attacks, and stored flip manifests. */
class FlipFuzzTest {
  private static final int SAMPLES = 40;
  private static final int CLASSES = 4;
  private static final Set<Reason> REFUSALS = Set.of(Reason.INVALID_ARGUMENT, Reason.DATA_LOSS);
  private static final LabelledSplit SPLIT =
      new LabelledSplit(
          "snapshots/sha256:" + "0".repeat(64),
          "train",
          List.of("airplane", "automobile", "truck", "7"),
          Labels.of(CLASSES, IntStream.range(0, SAMPLES).map(i -> i % CLASSES).toArray()));
  private static final ModelOutputs OUTPUTS =
      new ModelOutputs(
          IntStream.range(0, SAMPLES)
              .boxed()
              .collect(Collectors.toMap(i -> i, i -> new float[] {i % 3, i % 5, i % 7, 1})));

  @Test
  void holdsForDamagedInputs() {
    Mutants.run(FlipFuzzTest.class, 300, this::holds);
  }

  /**
   * A spec is refused, or plans flips that its labels allow; a manifest is refused, or read again
   * from what it is stored as.
   */
  @FuzzTest
  void holds(byte[] input) {
    refusable(() -> plan(input));
    refusable(() -> stored(input, Digest.of(input)));
    refusable(() -> stored(gzip(input), Digest.of(input)));
  }

  private static void refusable(Runnable reading) {
    try {
      reading.run();
    } catch (HemlockException e) {
      if (!REFUSALS.contains(e.reason())) {
        throw e;
      }
    }
  }

  private static void plan(byte[] input) {
    PoisoningSpec spec = ProtoJson.parse(input, PoisoningSpec.newBuilder()).build();
    RequestRules.check(CreatePoisoningRequest.newBuilder().setSpec(spec).build());
    PoisoningSpec complete = PoisoningMapper.withDefaults(spec);
    assertThat(PoisoningMapper.withDefaults(complete)).isEqualTo(complete);
    FlipPlan plan = PoisoningMapper.plan(complete, SPLIT, OUTPUTS);
    assertThat(plan.flips()).isNotEmpty().allMatch(flip -> flip.to() != flip.from());
    Labels after = plan.applyTo(SPLIT.labels());
    long changed =
        IntStream.range(0, SAMPLES).filter(i -> after.label(i) != SPLIT.labels().label(i)).count();
    assertThat(changed).isEqualTo(plan.flips().size());
    assertThat(PoisoningMapper.manifest(complete, SPLIT, plan).getFlipsCount()).isEqualTo(changed);
  }

  private static void stored(byte[] object, Digest digest) {
    InMemoryObjectStore store = new InMemoryObjectStore();
    store.create("default/flips/" + digest.hex(), object);
    FlipManifest manifest = new FlipManifests(store).get(digest);
    FlipManifests manifests = new FlipManifests(new InMemoryObjectStore());
    assertThat(manifests.get(manifests.put(manifest))).isEqualTo(manifest);
  }

  private static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream gzipped = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(gzipped)) {
      out.write(bytes);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return gzipped.toByteArray();
  }
}
