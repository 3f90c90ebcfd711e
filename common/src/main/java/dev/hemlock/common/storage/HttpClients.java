package dev.hemlock.common.storage;

import dev.hemlock.common.tls.Trust;
import java.time.Duration;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;

/** HTTP clients for the object store. */
final class HttpClients {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final int MAX_REQUESTS = 128;
  private static final int IDLE_CONNECTIONS = 32;

  private HttpClients() {}

  /**
   * A client whose threads don't keep the process alive, with room for many calls to one host.
   *
   * @param trust whose certificates the server may have
   * @param silence how long a server may send nothing, or take nothing
   */
  static OkHttpClient forStore(Trust trust, Duration silence) {
    Dispatcher dispatcher =
        new Dispatcher(
            new ThreadPoolExecutor(
                0,
                Integer.MAX_VALUE,
                30,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                task -> {
                  Thread thread = new Thread(task, "object-store");
                  thread.setDaemon(true);
                  return thread;
                }));
    dispatcher.setMaxRequests(MAX_REQUESTS);
    dispatcher.setMaxRequestsPerHost(MAX_REQUESTS);
    OkHttpClient.Builder builder = new OkHttpClient.Builder();
    trust
        .context()
        .ifPresent(
            context ->
                builder.sslSocketFactory(
                    context.getSocketFactory(), trust.authorities().orElseThrow()));
    return builder
        .dispatcher(dispatcher)
        .connectionPool(new ConnectionPool(IDLE_CONNECTIONS, 5, TimeUnit.MINUTES))
        .connectTimeout(CONNECT)
        .readTimeout(silence)
        .writeTimeout(silence)
        .build();
  }
}
