package dev.hemlock.common.ledger;

import dev.hemlock.common.storage.StoredObject;
import java.time.Instant;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What one listing of a run's objects says, without reading any of them.
 *
 * @param name the run
 * @param createTime when the spec was stored
 * @param askTime when the present try was asked for
 * @param tryNumber the present try, from 1
 * @param cancelRequested whether the present try is to be cancelled
 * @param endTime when the present try ended; empty: it has not
 * @param result whether the stage has committed its result
 * @param claims when each epoch was claimed, of all tries
 * @param attempts the epochs whose claim was given up with a reason
 * @param checkpointEpoch the newest epoch that saved a checkpoint, 0 for none
 * @param heartbeatTime when the newest claim's heartbeat was last written
 */
public record RunFold(
    String name,
    Instant createTime,
    Instant askTime,
    int tryNumber,
    boolean cancelRequested,
    Optional<Instant> endTime,
    boolean result,
    NavigableMap<Integer, Instant> claims,
    NavigableSet<Integer> attempts,
    int checkpointEpoch,
    Optional<Instant> heartbeatTime) {

  /** The newest claim's epoch, 0 for none. */
  public int epoch() {
    return claims.isEmpty() ? 0 : claims.lastKey();
  }

  /** Whether the present try has its terminal object. */
  public boolean ended() {
    return endTime.isPresent();
  }

  /** Whether the newest claim was given up with a reason, so that nobody needs to wait for it. */
  public boolean givenUp() {
    return attempts.contains(epoch());
  }

  /** Folds a listing; empty if it holds no spec. */
  static Optional<RunFold> of(
      String name, String prefix, String stage, List<StoredObject> objects) {
    Folding folding = new Folding(stage);
    for (StoredObject object : objects) {
      folding.add(object.key().substring(prefix.length()).split("/", -1), object.lastModified());
    }
    return folding.fold(name);
  }

  private static final class Folding {
    private final String stage;
    private Optional<Instant> createTime = Optional.empty();
    private int tryNumber = 1;
    private Optional<Instant> askTime = Optional.empty();
    private final TreeSet<Integer> cancels = new TreeSet<>();
    private final TreeMap<Integer, Instant> terminals = new TreeMap<>();
    private boolean result;
    private final TreeMap<Integer, Instant> claims = new TreeMap<>();
    private final TreeMap<Integer, Instant> heartbeats = new TreeMap<>();
    private final TreeSet<Integer> attempts = new TreeSet<>();
    private int checkpointEpoch;

    Folding(String stage) {
      this.stage = stage;
    }

    void add(String[] path, Instant time) {
      if (path.length == 1 && path[0].equals("spec")) {
        createTime = Optional.of(time);
      } else if (path.length == 3 && path[0].equals("tries") && RunKeys.isNumber(path[1])) {
        addToTry(Integer.parseInt(path[1]), path[2], time);
      } else if (path.length >= 3 && path[0].equals("stages") && path[1].equals(stage)) {
        addToStage(path, time);
      }
    }

    private void addToTry(int number, String what, Instant time) {
      switch (what) {
        case "requested" -> {
          if (number > tryNumber) {
            tryNumber = number;
            askTime = Optional.of(time);
          }
        }
        case "cancel" -> cancels.add(number);
        case "terminal" -> terminals.put(number, time);
        default -> {}
      }
    }

    private void addToStage(String[] path, Instant time) {
      if (path.length == 3) {
        result = result || path[2].equals("result");
        return;
      }
      if (!RunKeys.isNumber(path[3])) {
        return;
      }
      switch (path[2]) {
        case "claims" -> claims.put(Integer.valueOf(path[3]), time);
        case "heartbeat" -> heartbeats.put(Integer.valueOf(path[3]), time);
        case "attempts" -> attempts.add(Integer.valueOf(path[3]));
        case "checkpoints" -> {
          if (path[path.length - 1].equals("manifest")) {
            checkpointEpoch = Math.max(checkpointEpoch, Integer.parseInt(path[3]));
          }
        }
        default -> {}
      }
    }

    Optional<RunFold> fold(String name) {
      return createTime.map(
          created ->
              new RunFold(
                  name,
                  created,
                  askTime.orElse(created),
                  tryNumber,
                  cancels.contains(tryNumber),
                  Optional.ofNullable(terminals.get(tryNumber)),
                  result,
                  claims,
                  attempts,
                  checkpointEpoch,
                  claims.isEmpty()
                      ? Optional.empty()
                      : Optional.ofNullable(heartbeats.get(claims.lastKey()))));
    }
  }
}
