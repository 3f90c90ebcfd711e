package dev.hemlock.evaluation;

import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.common.work.EmbeddedBackends;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/** A real broker and store, and the other three services pretended behind one port. */
public final class Neighbours implements QuarkusTestResourceLifecycleManager {
  /** Where the pretended services store; the test sets it once the application runs. */
  static final AtomicReference<BlobStore> BLOBS = new AtomicReference<>();

  private final EmbeddedBackends backends = new EmbeddedBackends();
  private Server server;

  @Override
  public Map<String, String> start() {
    FakeServices services = new FakeServices(BLOBS::get);
    try {
      server =
          NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
              .addService(services.new Dataset())
              .addService(services.new Poison())
              .addService(services.new Training())
              .build()
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<String, String> config = new HashMap<>(backends.start());
    for (String client : new String[] {"dataset", "poison", "training"}) {
      config.put("quarkus.grpc.clients." + client + ".host", "127.0.0.1");
      config.put(
          "quarkus.grpc.clients." + client + ".test-port", Integer.toString(server.getPort()));
    }
    config.put("quarkus.http.test-port", "0");
    return config;
  }

  @Override
  public void stop() {
    if (server != null) {
      server.shutdownNow();
    }
    backends.stop();
  }
}
