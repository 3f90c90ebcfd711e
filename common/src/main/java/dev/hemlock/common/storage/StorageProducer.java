package dev.hemlock.common.storage;

import dev.hemlock.common.failpoint.Failpoint;
import dev.hemlock.common.tls.Loopback;
import dev.hemlock.common.tls.TlsConfig;
import dev.hemlock.common.tls.Trust;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.arc.DefaultBean;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.slf4j.LoggerFactory;

/** Makes the stores of a process. Another bean of the same type takes their place. */
@ApplicationScoped
public class StorageProducer {
  /** The object store, probed; the process does not start without it. */
  @Produces
  @Singleton
  @DefaultBean
  public ObjectStore objectStore(
      StorageConfig config,
      TlsConfig tls,
      Instance<MeterRegistry> meters,
      @ConfigProperty(name = "quarkus.http.host", defaultValue = "127.0.0.1") String httpHost) {
    Loopback.requireTls(
        tls,
        config.endpoint().getScheme().equals("https"),
        "hemlock.storage.endpoint",
        String.valueOf(config.endpoint().getHost()),
        "an https:// endpoint");
    LoopbackOnly.check(config.secretKey(), Failpoint.enabled(), config.endpoint(), httpHost);
    ObjectStore store = StorageStart.connect(config, Trust.of(tls), config.patience());
    return meters.isResolvable() ? new MeteredStore(store, meters.get()) : store;
  }

  /** The blobs in it. */
  @Produces
  @Singleton
  @DefaultBean
  public BlobStore blobStore(ObjectStore store, StorageConfig config) {
    return new BlobStore(store, config.cacheDir(), config.cacheBytes());
  }

  void probeAtStart(@Observes @Priority(1) StartupEvent event, ObjectStore store) {
    LoggerFactory.getLogger(StorageProducer.class)
        .atDebug()
        .addKeyValue("store", store.getClass().getSimpleName())
        .log("ready");
  }
}
