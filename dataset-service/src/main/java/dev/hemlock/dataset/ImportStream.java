package dev.hemlock.dataset;

import com.google.protobuf.ByteString;
import dev.hemlock.common.error.HemlockException;
import dev.hemlock.proto.dataset.v1.ImportDatasetRequest;
import dev.hemlock.proto.dataset.v1.ImportSpec;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** The requests of one import, in order: the spec, then chunks. */
final class ImportStream {

  private final Iterator<ImportDatasetRequest> requests;

  ImportStream(Iterator<ImportDatasetRequest> requests) {
    this.requests = requests;
  }

  /**
   * Reads the first message.
   *
   * @throws HemlockException INVALID_ARGUMENT when it isn't a spec
   */
  ImportSpec spec() {
    if (!requests.hasNext()) {
      throw HemlockException.invalidArgument(
          "The import stream is empty. Send the spec in the first message.");
    }
    ImportDatasetRequest first = requests.next();
    if (!first.hasSpec()) {
      throw HemlockException.invalidArgument(
              "The first message of an import must carry the spec, not a chunk.")
          .violating("spec", "must be set in the first message");
    }
    return first.getSpec();
  }

  /** The chunks that follow; read as they come. */
  Iterator<ByteString> chunks() {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return requests.hasNext();
      }

      @Override
      public ByteString next() {
        if (!requests.hasNext()) {
          throw new NoSuchElementException();
        }
        ImportDatasetRequest request = requests.next();
        if (!request.hasChunk()) {
          throw HemlockException.invalidArgument(
                  "Only the first message of an import may carry the spec.")
              .violating("chunk", "must be set after the first message");
        }
        return request.getChunk();
      }
    };
  }
}
