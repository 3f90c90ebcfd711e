package dev.hemlock.common.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.hemlock.common.error.HemlockException;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads request messages; gives {@link Unreadable} for bytes that are none. The server drops a
 * message whose reading fails, and answers nothing.
 */
final class RequestMarshaller<Q> implements Marshaller<Q> {
  private final Marshaller<Q> marshaller;
  private final String type;
  private final int mostBytes;

  /**
   * A reader.
   *
   * @param type for people
   * @param mostBytes of a message that came compressed
   */
  RequestMarshaller(Marshaller<Q> marshaller, String type, int mostBytes) {
    this.marshaller = marshaller;
    this.type = type;
    this.mostBytes = mostBytes;
  }

  @Override
  public InputStream stream(Q message) {
    return marshaller.stream(message);
  }

  @Override
  public Q parse(InputStream stream) {
    try {
      // The transport has measured what isn't compressed.
      return stream instanceof KnownLength ? marshaller.parse(stream) : unpacked(stream);
    } catch (IOException e) {
      return unreadable(malformed(e));
    } catch (StatusRuntimeException e) {
      return unreadable(
          malformed(e.getCause() instanceof InvalidProtocolBufferException cause ? cause : e));
    }
  }

  private Q unpacked(InputStream stream) throws IOException {
    byte[] bytes = stream.readNBytes(mostBytes + 1);
    if (bytes.length > mostBytes) {
      return unreadable(
          HemlockException.resourceExhausted(
              "The message unpacks to more than %d bytes; send less at a time"
                  .formatted(mostBytes)));
    }
    return marshaller.parse(new ByteArrayInputStream(bytes));
  }

  private HemlockException malformed(Exception cause) {
    return HemlockException.invalidArgument(
            "The message is no %s (%s); encode it by Hemlock's protos"
                .formatted(type, cause.getMessage()))
        .because(cause);
  }

  /** Only interceptors see it, to whom a message is an object. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <Q> Q unreadable(HemlockException refusal) {
    return (Q) new Unreadable(refusal);
  }
}
