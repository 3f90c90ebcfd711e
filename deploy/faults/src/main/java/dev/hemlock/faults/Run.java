package dev.hemlock.faults;

import dev.hemlock.common.json.ProtoJson;
import dev.hemlock.proto.evaluation.v1.Experiment;
import dev.hemlock.proto.run.v1.RunState;
import dev.hemlock.proto.run.v1.RunStatus;
import dev.hemlock.proto.training.v1.TrainingRun;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** One run as its objects in the store show it. */
record Run(String name, Set<String> keys) {
  private static final Pattern BLOB =
      Pattern.compile(
          "\"(?:certificates|weights|card|logits|features|labels|reportJson|reportHtml)Digest\":\\s*"
              + "\"sha256:([0-9a-f]{64})\"");

  static final String PREFIX = "default/runs/";

  /** The name in a key below {@link #PREFIX}. */
  static String nameOf(String key) {
    String[] path = key.substring(PREFIX.length()).split("/", -1);
    return path[0] + "/" + path[1];
  }

  boolean accepted() {
    return keys.contains(PREFIX + name + "/spec");
  }

  /** The terminal object of the present try. */
  Optional<String> terminalKey() {
    int present =
        keys.stream()
            .filter(key -> key.endsWith("/requested"))
            .mapToInt(Run::tryOf)
            .max()
            .orElse(1);
    return keys.stream()
        .filter(key -> key.endsWith("/terminal") && tryOf(key) == present)
        .findFirst();
  }

  /** The terminal objects of all tries. */
  List<String> terminalKeys() {
    return keys.stream().filter(key -> key.endsWith("/terminal")).toList();
  }

  static int tryOf(String key) {
    String[] path = key.split("/", -1);
    return Integer.parseInt(path[path.length - 2]);
  }

  List<String> resultKeys() {
    return keys.stream().filter(key -> key.endsWith("/result")).toList();
  }

  RunState state(Bucket bucket) throws Exception {
    return stateAt(bucket, terminalKey().orElseThrow());
  }

  static RunState stateAt(Bucket bucket, String terminalKey) throws Exception {
    return ProtoJson.parse(bucket.read(terminalKey), RunStatus.newBuilder()).getState();
  }

  RunStatus terminal(Bucket bucket) throws Exception {
    return ProtoJson.parse(bucket.read(terminalKey().orElseThrow()), RunStatus.newBuilder())
        .build();
  }

  /** What its result says, without times and without the machine: equal for equal specs. */
  String facts(Bucket bucket) throws Exception {
    byte[] result = bucket.read(resultKeys().get(0));
    if (name.startsWith("trainingRuns/")) {
      TrainingRun.Builder run = ProtoJson.parse(result, TrainingRun.newBuilder());
      run.clearEnvironment();
      run.getEpochsBuilderList().forEach(epoch -> epoch.clearSeconds());
      return ProtoJson.print(run);
    }
    if (name.startsWith("experiments/")) {
      return ProtoJson.print(ProtoJson.parse(result, Experiment.newBuilder()).getVerdict());
    }
    return new String(result, StandardCharsets.UTF_8);
  }

  /** The digests of the blobs that its result names. */
  Stream<String> blobs(Bucket bucket) throws Exception {
    String result = new String(bucket.read(resultKeys().get(0)), StandardCharsets.UTF_8);
    return BLOB.matcher(result).results().map(match -> match.group(1));
  }
}
