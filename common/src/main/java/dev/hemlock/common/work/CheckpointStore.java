package dev.hemlock.common.work;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The saved states of one run. They outlive the attempt and the try, until the run has SUCCEEDED;
 * the newest two are kept.
 */
public interface CheckpointStore {
  /**
   * Saves a state. It counts only once all its parts are stored.
   *
   * @param step how far the work is, growing, from 0; for example the epochs done
   * @param parts by name (letters, digits, dot, hyphen, underscore)
   * @throws Work.Stopped if another worker took over or the run was cancelled, looked up freshly in
   *     the ledger; not because the process shuts down, so that work can be saved before it is handed
   *     back
   */
  void save(int step, Map<String, Part> parts);

  /**
   * The newest state whose parts are all there and match their digests, downloaded to local files.
   * A damaged one is passed over for the one before.
   */
  Optional<Checkpoint> latest();

  /** One part of a state to be saved. */
  sealed interface Part {
    /** A small part. */
    static Part of(byte[] bytes) {
      return new Bytes(bytes);
    }

    /** A large part. */
    static Part of(Path file) {
      return new File(file);
    }

    /** A part in memory. */
    @SuppressWarnings("ArrayRecordComponent")
    record Bytes(byte[] bytes) implements Part {}

    /** A part in a file. */
    record File(Path path) implements Part {}
  }

  /** A saved state in local files; closing it deletes them. */
  interface Checkpoint extends AutoCloseable {
    /** The step it was saved with. */
    int step();

    /** A part as a file. NOT_FOUND if it has no such part. */
    Path file(String part);

    /** A part in memory. NOT_FOUND if it has no such part. */
    byte[] bytes(String part);

    @Override
    void close();
  }
}
