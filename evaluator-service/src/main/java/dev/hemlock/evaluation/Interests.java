package dev.hemlock.evaluation;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import dev.hemlock.common.storage.ObjectStore;
import dev.hemlock.common.storage.StoredObject;
import dev.hemlock.common.storage.Tenant;
import jakarta.inject.Singleton;
import java.util.List;

/**
 * Which experiments and detections want which jobs, so that cancelling one does not stop what another
 * waits for. Advisory: an empty object {@code {tenant}/interest/{run}/{id}} for each, and the same pair
 * the other way round under {@code {tenant}/interest/by/{experiment or detection}/{run}}, since a
 * detection is both wanted and wants jobs.
 *
 * <p>A job that was there a minute before the experiment was asked for outside any experiment; the
 * marker {@code direct} keeps it. Somebody who asks for a job directly while an experiment already
 * runs it leaves no marker, and asks again if the experiment is cancelled.
 */
@Singleton
public class Interests {
  private static final String DIRECT = "direct";
  private static final Duration TOLERANCE = Durations.fromMinutes(1);
  private static final byte[] MARKER = {};

  private final ObjectStore store;

  /** Keeps the markers in {@code store}. */
  public Interests(ObjectStore store) {
    this.store = store;
  }

  /**
   * Notes that an experiment wants a job.
   *
   * @param experimentAsked when the experiment was first asked for
   * @param runAsked when the job was first asked for
   */
  public void add(String experiment, Timestamp experimentAsked, String run, Timestamp runAsked) {
    boolean older = Timestamps.compare(Timestamps.add(runAsked, TOLERANCE), experimentAsked) < 0;
    if (older && store.list(prefix(run)).isEmpty()) {
      store.overwrite(key(run, DIRECT), MARKER);
    }
    store.overwrite(reverseKey(experiment, run), MARKER);
    store.overwrite(key(run, id(experiment)), MARKER);
  }

  /** The jobs that an experiment wants, by name. */
  public List<String> of(String experiment) {
    String prefix = reversePrefix(experiment);
    return store.list(prefix).stream()
        .map(StoredObject::key)
        .map(key -> key.substring(prefix.length()))
        .toList();
  }

  /** Takes an experiment's interest back; returns whether anybody else wants the job. */
  public boolean remove(String experiment, String run) {
    store.delete(key(run, id(experiment)));
    store.delete(reverseKey(experiment, run));
    return !store.list(prefix(run)).isEmpty();
  }

  private static String prefix(String run) {
    return Tenant.current() + "/interest/" + run + "/";
  }

  private static String key(String run, String who) {
    return prefix(run) + who;
  }

  private static String reversePrefix(String experiment) {
    return Tenant.current() + "/interest/by/" + experiment + "/";
  }

  private static String reverseKey(String experiment, String run) {
    return reversePrefix(experiment) + run;
  }

  private static String id(String experiment) {
    return experiment.substring(experiment.indexOf('/') + 1);
  }
}
