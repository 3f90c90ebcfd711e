package dev.hemlock.standalone;

import dev.hemlock.common.grpc.RawBytes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Calls whose messages are any bytes, by one caller. */
record RawCalls(Channel channel, String token) {
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final int SECONDS = 60;

  /** Sends messages, ends the request, and waits for the status. */
  Status send(String rpc, byte[]... messages) {
    return send(rpc, "identity", messages);
  }

  /** The same with a compression. */
  Status send(String rpc, String compression, byte[]... messages) {
    Open call = open(rpc, compression, messages);
    call.halfClose();
    return call.status();
  }

  /** Sends messages and leaves the call open. */
  Open open(String rpc, String compression, byte[]... messages) {
    ClientCall<byte[], byte[]> call =
        channel.newCall(
            MethodDescriptor.<byte[], byte[]>newBuilder(new RawBytes(), new RawBytes())
                .setFullMethodName(rpc)
                .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                .build(),
            CallOptions.DEFAULT
                .withCompression(compression)
                .withDeadlineAfter(SECONDS, TimeUnit.SECONDS));
    Open open = new Open(call);
    Metadata headers = new Metadata();
    headers.put(AUTHORIZATION, "Bearer " + token);
    call.start(open, headers);
    call.request(Integer.MAX_VALUE);
    for (byte[] message : messages) {
      call.sendMessage(message);
    }
    return open;
  }

  /** A call under way. */
  static final class Open extends ClientCall.Listener<byte[]> {
    private final ClientCall<byte[], byte[]> call;
    private final CompletableFuture<Status> status = new CompletableFuture<>();
    private final CompletableFuture<byte[]> answer = new CompletableFuture<>();

    Open(ClientCall<byte[], byte[]> call) {
      this.call = call;
    }

    void halfClose() {
      call.halfClose();
    }

    void cancel() {
      call.cancel("enough", null);
    }

    Status status() {
      return status.join();
    }

    /** The first message that came back. */
    byte[] answer() {
      return answer.join();
    }

    @Override
    public void onMessage(byte[] message) {
      answer.complete(message);
    }

    @Override
    public void onClose(Status end, Metadata trailers) {
      status.complete(end);
      answer.completeExceptionally(end.asRuntimeException());
    }
  }
}
