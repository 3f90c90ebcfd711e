package dev.hemlock.dataset;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.events.EventPublisher;
import dev.hemlock.common.events.Topics;
import dev.hemlock.common.json.ProtoJson;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.storage.ObjectStore;
import dev.hemlock.common.storage.Page;
import dev.hemlock.proto.dataset.v1.Provenance;
import dev.hemlock.proto.events.v1.SnapshotCreated;
import jakarta.inject.Singleton;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stored manifests ({@code {tenant}/snapshots/{64 hex}}) and provenance records ({@code
 * {tenant}/provenance/{64 hex}}, first writer wins).
 */
@Singleton
public class SnapshotDocuments {

  private static final Logger log = LoggerFactory.getLogger(SnapshotDocuments.class);
  private static final String CREATED = "dev.hemlock.snapshot.created.v1";
  private static final String CALLER = "anonymous";

  private final ObjectStore store;
  private final EventPublisher events;
  private final Clock clock = Clock.systemUTC();

  SnapshotDocuments(ObjectStore store, EventPublisher events) {
    this.store = store;
    this.events = events;
  }

  /**
   * Stores a snapshot whose blobs are stored already, and tells the world if the broker is there.
   * Doing it again gives the same snapshot and tells again.
   */
  NamedSnapshot create(String tenant, Snapshot snapshot, Origin origin) {
    byte[] manifest = SnapshotMapper.manifest(snapshot);
    NamedSnapshot named = new NamedSnapshot(Digest.of(manifest), snapshot);
    String hex = named.digest().hex();
    Provenance provenance =
        SnapshotMapper.provenance(named.name(), origin, CALLER, clock.instant());
    store.create(provenanceKey(tenant, hex), ProtoJson.bytes(provenance));
    if (!store.create(key(tenant, hex), manifest)) {
      throw damaged(named.name());
    }
    announce(named.name());
    return named;
  }

  /** Names the snapshot only: from what and how it was made would give a poisoned one away. */
  private void announce(String name) {
    try {
      events.publish(
          Topics.EVENTS,
          name + "/created",
          CREATED,
          name,
          SnapshotCreated.newBuilder().setSnapshot(name).build());
    } catch (HemlockException e) {
      log.atWarn()
          .addKeyValue("snapshot", name)
          .addKeyValue("error", e.getMessage())
          .log("snapshot is stored but not announced; asking for it again announces it");
    }
  }

  /**
   * Reads a snapshot.
   *
   * @throws HemlockException NOT_FOUND; DATA_LOSS when the manifest doesn't match its name
   */
  NamedSnapshot read(String tenant, String name) {
    Digest digest = NamedSnapshot.digest(name);
    byte[] manifest = store.read(key(tenant, digest.hex())).orElseThrow(() -> missing(name));
    if (!Digest.of(manifest).equals(digest)) {
      throw damaged(name);
    }
    return new NamedSnapshot(digest, SnapshotMapper.fromManifest(manifest));
  }

  /**
   * Reads where a snapshot came from.
   *
   * @throws HemlockException NOT_FOUND
   */
  Provenance provenance(String tenant, String name) {
    byte[] json =
        store
            .read(provenanceKey(tenant, NamedSnapshot.digest(name).hex()))
            .orElseThrow(() -> missing(name));
    return ProtoJson.parse(json, Provenance.newBuilder()).build();
  }

  /** A page of names, sorted. */
  Page<String> names(String tenant, int pageSize, String pageToken) {
    return store
        .folders(tenant + "/snapshots/", Page.requireDigestToken(pageToken), pageSize)
        .map(hex -> NamedSnapshot.PREFIX + new Digest(hex));
  }

  private static String key(String tenant, String hex) {
    return tenant + "/snapshots/" + hex;
  }

  private static String provenanceKey(String tenant, String hex) {
    return tenant + "/provenance/" + hex;
  }

  private static HemlockException missing(String name) {
    return HemlockException.notFound(
            "There is no snapshot %s. List the snapshots to see which there are.".formatted(name))
        .with("snapshot", name);
  }

  private static HemlockException damaged(String name) {
    return HemlockException.dataLoss(
            "The stored manifest of %s does not match its name; restore the object."
                .formatted(name))
        .with("snapshot", name);
  }
}
