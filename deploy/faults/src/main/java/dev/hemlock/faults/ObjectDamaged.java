package dev.hemlock.faults;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.hemlock.proto.run.v1.RunState;
import dev.hemlock.proto.run.v1.RunStatus;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * Damages an image shard on the store's disk: what needs it must end FAILED with DATA_LOSS and the
 * digest, and succeed when it is asked for again after the disk was restored.
 */
record ObjectDamaged() implements Injection {
  @Override
  public void inject(Round round) throws Exception {
    Cluster cluster = round.cluster();
    String hex = shard(cluster.bucket(), round.work().digits());
    DamagedFile damaged =
        DamagedFile.of(cluster, "default/blobs/sha256/" + hex.substring(0, 2) + "/" + hex);
    cluster.emptyCaches();
    round.injected(1);
    String training = round.work().train(round.work().slow(), "");
    Oracle oracle = new Oracle(cluster);
    try {
      Await.until(Cluster.PATIENCE, training + " ends", () -> oracle.ended(Set.of(training)));
      RunStatus end = oracle.runs().get(training).terminal(cluster.bucket());
      if (end.getState() != RunState.RUN_STATE_FAILED
          || end.getError().getCode() != Status.Code.DATA_LOSS.value()
          || !end.getError().getMessage().contains(hex)) {
        round.complain("a damaged shard " + hex + " gave " + end);
      }
    } finally {
      damaged.restore();
    }
    round.mended();
    round.ask();
  }

  /** The first image shard of the training split. */
  private static String shard(Bucket bucket, String snapshot) throws Exception {
    byte[] manifest =
        bucket.read("default/snapshots/" + snapshot.substring(snapshot.indexOf(':') + 1));
    for (JsonElement element :
        JsonParser.parseString(new String(manifest, StandardCharsets.UTF_8))
            .getAsJsonObject()
            .getAsJsonArray("splits")) {
      JsonObject split = element.getAsJsonObject();
      if (split.get("name").getAsString().equals("train")) {
        String digest = split.getAsJsonArray("shardDigests").get(0).getAsString();
        return digest.substring(digest.indexOf(':') + 1);
      }
    }
    throw new IllegalStateException(snapshot + " has no split train");
  }
}
