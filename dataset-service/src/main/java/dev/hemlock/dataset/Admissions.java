package dev.hemlock.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import dev.hemlock.common.json.ProtoJson;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.storage.ObjectStore;
import dev.hemlock.common.storage.StoredObject;
import dev.hemlock.dataset.admission.AuthorisedKeys;
import dev.hemlock.dataset.admission.Envelope;
import dev.hemlock.dataset.admission.Statement;
import dev.hemlock.proto.dataset.v1.Admission;
import dev.hemlock.proto.dataset.v1.AdmissionStep;
import dev.hemlock.proto.dataset.v1.Approval;
import dev.hemlock.proto.dataset.v1.LabelReceipt;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps signed approvals ({@code {tenant}/approvals/{64 hex of the snapshot}/{64 hex of the
 * envelope}}) and says which snapshots they admit. Whatever is stored is believed only as far as the
 * signatures of keys that are authorised now, and the labels read back, bear it out.
 */
@Singleton
public class Admissions {
  private static final Logger log = LoggerFactory.getLogger(Admissions.class);
  private static final int MOST_STEPS = 1000;

  /** Why two snapshots can not be compared. */
  private static final Set<Reason> SAYS_NOTHING =
      Set.of(Reason.INVALID_ARGUMENT, Reason.NOT_FOUND, Reason.FAILED_PRECONDITION);

  private final SnapshotDocuments documents;
  private final LabelReceipts receipts;
  private final ObjectStore store;
  private final AuthorisedKeys keys;

  @Inject
  Admissions(
      SnapshotDocuments documents,
      LabelReceipts receipts,
      ObjectStore store,
      DatasetConfig config) {
    this(
        documents,
        receipts,
        store,
        config.admission().publicKeys().map(AuthorisedKeys::read).orElseGet(AuthorisedKeys::none));
  }

  Admissions(
      SnapshotDocuments documents, LabelReceipts receipts, ObjectStore store, AuthorisedKeys keys) {
    this.documents = documents;
    this.receipts = receipts;
    this.store = store;
    this.keys = keys;
  }

  /** What would be approved; see {@link LabelReceipts#of}. */
  LabelReceipt receipt(String tenant, String snapshot, String parent) {
    return receipts.of(tenant, snapshot, parent);
  }

  /**
   * Checks an approval and keeps it.
   *
   * @throws HemlockException INVALID_ARGUMENT for something else than an approval; PERMISSION_DENIED
   *     unless an authorised key signed it; FAILED_PRECONDITION if it does not describe the stored
   *     labels; NOT_FOUND
   */
  Approval approve(String tenant, String json) {
    Envelope envelope = Envelope.parse(json);
    List<AuthorisedKeys.Signer> signers = keys.signers(envelope);
    if (signers.isEmpty()) {
      throw notAuthorised();
    }
    LabelReceipt receipt = claimed(envelope);
    if (!receipts.of(tenant, receipt.getSnapshot(), receipt.getParent()).equals(receipt)) {
      throw HemlockException.failedPrecondition(
              "The approval does not describe the labels of %s as they are stored. Make it again with `hemlock approve`."
                  .formatted(receipt.getSnapshot()))
          .with("snapshot", receipt.getSnapshot());
    }
    // Written anew, so that variants of one approval don't pile up.
    String kept = envelope.json(signers);
    byte[] bytes = kept.getBytes(UTF_8);
    store.create(prefix(tenant, receipt.getSnapshot()) + Digest.of(bytes).hex(), bytes);
    log.atInfo()
        .addKeyValue("snapshot", receipt.getSnapshot())
        .addKeyValue("parent", receipt.getParent())
        .addKeyValue("key", signers.get(0).keyId())
        .log("snapshot approved");
    return approval(receipt, signers.get(0).keyId(), kept);
  }

  /**
   * Follows a snapshot back to one that was approved as a whole: each step either changes no label or
   * was approved.
   *
   * @throws HemlockException NOT_FOUND; DATA_LOSS
   */
  Admission verify(String tenant, String name) {
    documents.read(tenant, name);
    Search search = new Search(tenant, name);
    List<AdmissionStep> steps = search.run();
    return Admission.newBuilder()
        .setSnapshot(name)
        .setAdmitted(!steps.isEmpty())
        .setSentence(
            steps.isEmpty()
                ? search.refusal
                : "Every label of %s goes back to an approval.".formatted(name))
        .addAllSteps(steps)
        .build();
  }

  private final class Search {
    private final String tenant;
    private final Set<String> seen = new HashSet<>();
    private final Deque<List<AdmissionStep>> open = new ArrayDeque<>();
    private String refusal;
    private boolean changed;

    Search(String tenant, String name) {
      this.tenant = tenant;
      this.refusal =
          "%s is not approved, nor anything that it comes from. Approve it with `hemlock approve`."
              .formatted(name);
      look(name, List.of());
    }

    /** The steps to a snapshot that was approved as a whole; none if there is no such way. */
    List<AdmissionStep> run() {
      while (!open.isEmpty()) {
        List<AdmissionStep> way = open.pop();
        String parent = way.get(way.size() - 1).getReceipt().getParent();
        if (parent.isEmpty()) {
          return way;
        }
        look(parent, way);
      }
      return List.of();
    }

    private void look(String name, List<AdmissionStep> way) {
      if (way.size() >= MOST_STEPS || !seen.add(name)) {
        return;
      }
      List<Approval> approvals = approvals(tenant, name);
      unchanged(tenant, name, approvals).ifPresent(step -> open.push(then(way, step)));
      for (Approval approval : approvals) {
        open.push(
            then(
                way,
                AdmissionStep.newBuilder()
                    .setReceipt(approval.getReceipt())
                    .setKeyId(approval.getKeyId())
                    .build()));
      }
    }

    private List<AdmissionStep> then(List<AdmissionStep> way, AdmissionStep step) {
      List<AdmissionStep> longer = new ArrayList<>(way);
      longer.add(step);
      return longer;
    }

    /** The step to the recorded parent, which needs no approval if it changes no label. */
    private Optional<AdmissionStep> unchanged(
        String tenant, String name, List<Approval> approvals) {
      String parent = documents.provenance(tenant, name).getParent();
      if (parent.isEmpty()) {
        return Optional.empty();
      }
      Optional<LabelReceipt> compared = comparable(tenant, name, parent);
      if (compared.isPresent() && compared.get().getChangeCount() > 0) {
        if (!changed && approvals.stream().noneMatch(a -> isAgainst(parent, a))) {
          changed = true;
          refusal =
              "%d labels of %s differ from its parent %s without an approval. Approve them with `hemlock approve --snapshot %s --parent %s`."
                  .formatted(compared.get().getChangeCount(), name, parent, name, parent);
        }
        return Optional.empty();
      }
      return compared.map(receipt -> AdmissionStep.newBuilder().setReceipt(receipt).build());
    }
  }

  private static boolean isAgainst(String parent, Approval approval) {
    return approval.getReceipt().getParent().equals(parent);
  }

  /** The receipt against a parent, if there is such a snapshot and it has all samples. */
  private Optional<LabelReceipt> comparable(String tenant, String name, String parent) {
    try {
      return Optional.of(receipts.of(tenant, name, parent));
    } catch (HemlockException e) {
      if (SAYS_NOTHING.contains(e.reason())) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** The stored approvals of a snapshot that are good. */
  private List<Approval> approvals(String tenant, String name) {
    List<Approval> good = new ArrayList<>();
    for (StoredObject object : store.list(prefix(tenant, name))) {
      String json = new String(store.read(object.key()).orElse(new byte[0]), UTF_8);
      try {
        Envelope envelope = Envelope.parse(json);
        List<AuthorisedKeys.Signer> signers = keys.signers(envelope);
        if (!signers.isEmpty()) {
          LabelReceipt receipt = claimed(envelope);
          if (receipt.getSnapshot().equals(name)
              && comparable(tenant, name, receipt.getParent()).equals(Optional.of(receipt))) {
            good.add(approval(receipt, signers.get(0).keyId(), json));
          }
        }
      } catch (HemlockException e) {
        if (e.reason() != Reason.INVALID_ARGUMENT) {
          throw e;
        }
        log.atWarn()
            .addKeyValue("object", object.key())
            .addKeyValue("error", e.getMessage())
            .log("stored approval passed over");
      }
    }
    return good;
  }

  private static LabelReceipt claimed(Envelope envelope) {
    Statement statement = Statement.parse(envelope.payload());
    LabelReceipt receipt =
        ProtoJson.parse(statement.predicateJson(), LabelReceipt.newBuilder()).build();
    if (!statement.snapshot().equals(receipt.getSnapshot())) {
      throw HemlockException.invalidArgument(
              "The approval's subject is %s, its predicate is about %s. Make it again with `hemlock approve`."
                  .formatted(statement.snapshot(), receipt.getSnapshot()))
          .violating("envelope", "must speak of one snapshot");
    }
    return receipt;
  }

  private HemlockException notAuthorised() {
    return new HemlockException(
        Reason.PERMISSION_DENIED,
        keys.isEmpty()
            ? "This server authorises no key to approve snapshots: set hemlock.dataset.admission.public-keys to a PEM file of Ed25519 public keys."
            : "No authorised key signed this approval. Sign it with a key whose public half is in hemlock.dataset.admission.public-keys.");
  }

  private static Approval approval(LabelReceipt receipt, String key, String envelope) {
    return Approval.newBuilder().setReceipt(receipt).setKeyId(key).setEnvelope(envelope).build();
  }

  private static String prefix(String tenant, String snapshot) {
    return tenant + "/approvals/" + NamedSnapshot.digest(snapshot).hex() + "/";
  }
}
