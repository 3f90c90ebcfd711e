package dev.hemlock.bench;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import dev.hemlock.common.images.SelectionBlob;
import dev.hemlock.common.json.ProtoJson;
import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.common.storage.MinioObjectStore;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.embedded.EmbeddedStore;
import dev.hemlock.proto.dataset.v1.Check;
import dev.hemlock.proto.dataset.v1.DatasetServiceGrpc;
import dev.hemlock.proto.dataset.v1.DatasetServiceGrpc.DatasetServiceBlockingStub;
import dev.hemlock.proto.dataset.v1.DeriveSnapshotRequest;
import dev.hemlock.proto.dataset.v1.GetSnapshotRequest;
import dev.hemlock.proto.dataset.v1.Select;
import dev.hemlock.proto.dataset.v1.Split;
import dev.hemlock.proto.dataset.v1.ValidateSnapshotRequest;
import dev.hemlock.proto.dataset.v1.ValidationFinding;
import dev.hemlock.proto.evaluation.v1.ClassIssues;
import dev.hemlock.proto.evaluation.v1.CreateDetectionRequest;
import dev.hemlock.proto.evaluation.v1.Detection;
import dev.hemlock.proto.evaluation.v1.DetectionServiceGrpc;
import dev.hemlock.proto.evaluation.v1.DetectionServiceGrpc.DetectionServiceBlockingStub;
import dev.hemlock.proto.evaluation.v1.DetectionSpec;
import dev.hemlock.proto.evaluation.v1.WatchDetectionRequest;
import dev.hemlock.proto.poison.v1.Attack;
import dev.hemlock.proto.poison.v1.Budget;
import dev.hemlock.proto.poison.v1.CreatePoisoningRequest;
import dev.hemlock.proto.poison.v1.PoisonServiceGrpc;
import dev.hemlock.proto.poison.v1.PoisonServiceGrpc.PoisonServiceBlockingStub;
import dev.hemlock.proto.poison.v1.Poisoning;
import dev.hemlock.proto.poison.v1.PoisoningSpec;
import dev.hemlock.proto.poison.v1.TargetedFlip;
import dev.hemlock.proto.poison.v1.WatchPoisoningRequest;
import dev.hemlock.proto.run.v1.RunState;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * Hemlock's side of {@code power.py}: has every check and detector judge clean and poisoned data sets
 * and writes a line for each. Arguments: {@code ADDRESS DATA PLAN OUT}: a running embedded default and
 * its data directory, a JSON file of the fields of {@link Plan}, and a CSV file. A data set that OUT has
 * already is left out, so that a run that was stopped goes on.
 *
 * <p>A data set is a random part of the training samples. It is checked against another random part,
 * which is clean, and, for changed labels, against itself without flips.
 */
public final class Power {
  private static final String KEY = "bench";
  private static final String HEADING = "data_set,check,flip_count,statistic,alarm\n";
  private static final int AT_ONCE = 2;
  private static final int FIRST_CLEAN = 1001;
  private static final double LEAST_P = 1e-300;

  /**
   * What is measured.
   *
   * @param snapshot whose training samples the data sets are parts of
   * @param samples of a data set
   * @param clean data sets without flips
   * @param repeats data sets a budget
   * @param budgets labels flipped from {@code source} to {@code target}
   * @param checks whether the checks of the dataset-service are made
   * @param detectors protobuf JSON of detection specs, without a snapshot
   */
  private record Plan(
      String snapshot,
      int samples,
      int clean,
      int repeats,
      List<Integer> budgets,
      String source,
      String target,
      boolean checks,
      List<JsonObject> detectors) {}

  private record Part(int seed, int flips) {
    String name() {
      return seed + "/" + flips;
    }
  }

  private final Plan plan;
  private final BlobStore blobs;
  private final DatasetServiceBlockingStub datasets;
  private final PoisonServiceBlockingStub poisonings;
  private final DetectionServiceBlockingStub detections;
  private final int sampleCount;

  private Power(Plan plan, BlobStore blobs, ManagedChannel channel) {
    this.plan = plan;
    this.blobs = blobs;
    this.datasets = DatasetServiceGrpc.newBlockingStub(channel);
    this.poisonings = PoisonServiceGrpc.newBlockingStub(channel);
    this.detections = DetectionServiceGrpc.newBlockingStub(channel);
    this.sampleCount =
        datasets
            .getSnapshot(GetSnapshotRequest.newBuilder().setName(plan.snapshot()).build())
            .getSplitsList()
            .stream()
            .filter(split -> split.getName().equals("train"))
            .mapToInt(Split::getSampleCount)
            .sum();
  }

  /** Judges every data set of the plan that OUT lacks. */
  public static void main(String... arguments)
      throws IOException, InterruptedException, ExecutionException {
    Path data = Path.of(arguments[1]);
    Plan plan = new Gson().fromJson(Files.readString(Path.of(arguments[2])), Plan.class);
    ManagedChannel channel =
        Grpc.newChannelBuilder(arguments[0], InsecureChannelCredentials.create()).build();
    ExecutorService workers = Executors.newFixedThreadPool(AT_ONCE);
    try (EmbeddedStore store = EmbeddedStore.start(data.resolve("store"), 0, KEY, KEY)) {
      BlobStore blobs =
          new BlobStore(
              new MinioObjectStore(store.endpoint(), "us-east-1", KEY, KEY, "hemlock"),
              Files.createTempDirectory("power-cache"));
      new Power(plan, blobs, channel).measure(Path.of(arguments[3]), workers);
    } finally {
      workers.shutdownNow();
      channel.shutdownNow();
    }
  }

  private void measure(Path out, ExecutorService workers)
      throws IOException, InterruptedException, ExecutionException {
    Set<String> done = new HashSet<>();
    if (Files.exists(out)) {
      Files.readAllLines(out).forEach(line -> done.add(line.substring(0, line.indexOf(','))));
    } else {
      Files.writeString(out, HEADING);
    }
    List<Future<?>> parts = new ArrayList<>();
    for (Part part : parts()) {
      if (!done.contains(part.name())) {
        parts.add(
            workers.submit(
                () -> {
                  String lines = judge(part);
                  synchronized (this) {
                    Files.writeString(out, lines, StandardOpenOption.APPEND);
                  }
                  return null;
                }));
      }
    }
    for (int i = 0; i < parts.size(); i++) {
      parts.get(i).get();
      System.err.printf("%d of %d data sets%n", i + 1, parts.size());
    }
  }

  private List<Part> parts() {
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < plan.clean(); i++) {
      parts.add(new Part(FIRST_CLEAN + i, 0));
    }
    for (int seed = 1; seed <= plan.repeats(); seed++) {
      for (int budget : plan.budgets()) {
        parts.add(new Part(seed, budget));
      }
    }
    return parts;
  }

  private String judge(Part part) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, sampleCount).boxed().toList());
    Collections.shuffle(order, new Random(part.seed()));
    int end = Math.min(sampleCount, 2 * plan.samples());
    String clean = select(order.subList(0, plan.samples()));
    Poisoning poisoning = part.flips() == 0 ? Poisoning.getDefaultInstance() : poison(clean, part);
    String judged = part.flips() == 0 ? clean : poisoning.getPoisonedSnapshot();
    StringBuilder lines = new StringBuilder();
    if (plan.checks()) {
      String reference = select(order.subList(plan.samples(), end));
      for (ValidationFinding finding : validate(judged, reference)) {
        if (finding.getCheck() != Check.CHECK_LABEL_CHANGES) {
          add(lines, part, finding);
        }
      }
      for (ValidationFinding finding : validate(judged, clean)) {
        if (finding.getCheck() == Check.CHECK_LABEL_CHANGES) {
          add(lines, part, finding);
        }
      }
    }
    List<Detection> asked =
        plan.detectors().stream().map(detector -> ask(detector, judged, poisoning)).toList();
    asked.forEach(detection -> add(lines, part, ended(detection.getName())));
    return lines.toString();
  }

  private String select(List<Integer> chosen) {
    int[] ids = chosen.stream().mapToInt(Integer::intValue).sorted().toArray();
    String digest = blobs.put(Tenant.current(), SelectionBlob.encode(ids)).toString();
    return datasets
        .deriveSnapshot(
            DeriveSnapshotRequest.newBuilder()
                .setParent(plan.snapshot())
                .setSelect(Select.newBuilder().setSelectionDigest(digest))
                .build())
        .getName();
  }

  private Poisoning poison(String snapshot, Part part) {
    Attack.Builder attack =
        Attack.newBuilder()
            .setTargetedFlip(
                TargetedFlip.newBuilder()
                    .setSourceClass(plan.source())
                    .setTargetClass(plan.target()));
    PoisoningSpec.Builder spec =
        PoisoningSpec.newBuilder()
            .setSnapshot(snapshot)
            .setAttack(attack)
            .setBudget(Budget.newBuilder().setCount(part.flips()))
            .setSeed(part.seed());
    String name =
        poisonings
            .createPoisoning(CreatePoisoningRequest.newBuilder().setSpec(spec).build())
            .getName();
    Poisoning ended =
        last(poisonings.watchPoisoning(WatchPoisoningRequest.newBuilder().setName(name).build()));
    requireSuccess(name, ended.getStatus().getState());
    return ended;
  }

  private List<ValidationFinding> validate(String snapshot, String reference) {
    return datasets
        .validateSnapshot(
            ValidateSnapshotRequest.newBuilder()
                .setSnapshot(snapshot)
                .setReference(reference)
                .build())
        .getFindingsList();
  }

  private Detection ask(JsonObject detector, String snapshot, Poisoning poisoning) {
    DetectionSpec.Builder spec = ProtoJson.parse(detector.toString(), DetectionSpec.newBuilder());
    if (spec.hasOracle()) {
      spec.getOracleBuilder().setPoisoning(poisoning.getName());
    }
    return detections.createDetection(
        CreateDetectionRequest.newBuilder().setSpec(spec.setSnapshot(snapshot)).build());
  }

  private Detection ended(String name) {
    Detection ended =
        last(detections.watchDetection(WatchDetectionRequest.newBuilder().setName(name).build()));
    requireSuccess(name, ended.getStatus().getState());
    return ended;
  }

  /** Of a p value minus its decimal logarithm, so that the larger is the more alarming. */
  private static void add(StringBuilder lines, Part part, ValidationFinding finding) {
    boolean judged = finding.hasFigure() && (finding.getSplit().isEmpty() || isTrain(finding));
    if (judged) {
      boolean pValue =
          switch (finding.getCheck()) {
            case CHECK_CHI_SQUARED, CHECK_G_TEST, CHECK_CLASS_SHARES, CHECK_EXTREME_IMAGES -> true;
            default -> false;
          };
      double statistic =
          pValue ? -Math.log10(Math.max(LEAST_P, finding.getFigure())) : finding.getFigure();
      String name = finding.getCheck().name().substring("CHECK_".length());
      add(lines, part, words(name), statistic, finding.getAlarm());
    }
  }

  private static boolean isTrain(ValidationFinding finding) {
    return finding.getSplit().equals("train");
  }

  private static void add(StringBuilder lines, Part part, Detection detection) {
    String name = words(detection.getSpec().getDetectorCase().name());
    boolean alarm = detection.getIssueCount() > 0;
    double worst =
        detection.getPerClassList().stream()
            .filter(row -> row.getLabelCount() > 0)
            .mapToDouble(Power::share)
            .max()
            .orElse(0);
    double all = (double) detection.getIssueCount() / detection.getLabelCount();
    add(lines, part, name, all, alarm);
    add(lines, part, name + " in a class", worst, alarm);
  }

  private static double share(ClassIssues row) {
    return (double) row.getIssueCount() / row.getLabelCount();
  }

  private static void add(
      StringBuilder lines, Part part, String check, double statistic, boolean alarm) {
    lines
        .append(part.name())
        .append(',')
        .append(check)
        .append(',')
        .append(part.flips())
        .append(',')
        .append(statistic)
        .append(',')
        .append(alarm)
        .append('\n');
  }

  private static String words(String constant) {
    return constant.toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static void requireSuccess(String name, RunState state) {
    if (state != RunState.RUN_STATE_SUCCEEDED) {
      throw new IllegalStateException(name + " is " + state);
    }
  }

  private static <T> T last(Iterator<T> states) {
    T last = states.next();
    while (states.hasNext()) {
      last = states.next();
    }
    return last;
  }
}
