package dev.hemlock.cli;

import dev.hemlock.proto.evaluation.v1.AuditCertificationRequest;
import dev.hemlock.proto.evaluation.v1.Certification;
import dev.hemlock.proto.evaluation.v1.CertificationAudit;
import dev.hemlock.proto.evaluation.v1.CertificationSpec;
import dev.hemlock.proto.evaluation.v1.CreateCertificationRequest;
import dev.hemlock.proto.evaluation.v1.DownloadCertificationRequest;
import dev.hemlock.proto.evaluation.v1.DownloadCertificationResponse;
import dev.hemlock.proto.evaluation.v1.GetCertificationRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "certify",
    description = {
      "Trains an ensemble whose predictions provably withstand a number of flipped labels, and writes"
          + " certificates.csv.",
      "docs/certification.md says against whom that holds."
    },
    mixinStandardHelpOptions = true)
final class CertifyCommand implements Callable<Integer> {
  @Mixin private AddressOptions address;
  @Mixin private RecipeOptions recipe;

  @Option(names = "--snapshot", description = "snapshots/sha256:…")
  private Optional<String> snapshot = Optional.empty();

  @Option(
      names = "--partitions",
      paramLabel = "K",
      description = "Each model learns from about one in K samples.")
  private Optional<Integer> partitions = Optional.empty();

  @Option(
      names = "--spread",
      paramLabel = "D",
      defaultValue = "1",
      description =
          "K × D models, D of which learn from each sample: finite aggregation (default: 1).")
  private int spread;

  @Option(names = "--source", description = "True class that an attack is about.")
  private String source = "";

  @Option(names = "--target", description = "What the attack wants it to be read as.")
  private String target = "";

  @Option(
      names = "--seed",
      defaultValue = "0",
      converter = SeedConverter.class,
      description = "Seed of the trainings (default: 0).")
  private int seed;

  @Option(
      names = "--red-team",
      description =
          "Certify a snapshot that is not admitted, or audit with one; the models are marked"
              + " untrusted.")
  private boolean redTeam;

  @Option(
      names = "--out",
      defaultValue = "certificates.csv",
      description = "File (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Option(names = "--json", description = "Print the certification as JSON.")
  private boolean json;

  @Override
  public Integer call() {
    CertificationSpec spec = spec();
    try (Connection connection = address.connect();
        Progress progress = Progress.onStandardError()) {
      Certification done = certify(spec, connection, progress);
      Downloads.write(
          out,
          connection
              .certifications()
              .downloadCertification(
                  DownloadCertificationRequest.newBuilder().setName(done.getName()).build()),
          DownloadCertificationResponse::getChunk);
      if (json) {
        System.out.println(Printer.json(done));
      } else {
        System.out.println(done.getName());
        System.out.print(CertificationText.of(done));
        System.out.println(out);
      }
      return 0;
    }
  }

  private CertificationSpec spec() {
    if (snapshot.isEmpty() || partitions.isEmpty()) {
      throw new CliException("Give --snapshot and --partitions; see `hemlock certify --help`.");
    }
    CertificationSpec.Builder spec =
        CertificationSpec.newBuilder()
            .setSnapshot(snapshot.get())
            .setRecipe(recipe.recipe())
            .setPartitions(partitions.get())
            .setSpread(spread)
            .setSeed(seed)
            .setSourceClass(source)
            .setTargetClass(target);
    if (redTeam) {
      spec.setRedTeam(true);
    }
    return spec.build();
  }

  private static Certification certify(
      CertificationSpec spec, Connection connection, Progress progress) {
    Certification created =
        connection
            .certifications()
            .createCertification(CreateCertificationRequest.newBuilder().setSpec(spec).build());
    return new Watcher(connection, progress).certification(created.getName());
  }

  @Command(
      name = "audit",
      description = {
        "Trains the ensemble again on poisoned snapshots and counts the certified predictions that"
            + " changed, which must be none.",
        "Only models whose partitions were hit are trained anew. Exit code 1 if any changed."
      },
      mixinStandardHelpOptions = true)
  int audit(
      @Mixin AddressOptions address,
      @Parameters(paramLabel = "CERTIFICATION", description = "certifications/…")
          String certification,
      @Parameters(
              paramLabel = "SNAPSHOT",
              arity = "1..*",
              description = "snapshots/sha256:… with the same images and other training labels")
          List<String> snapshots) {
    try (Connection connection = address.connect();
        Progress progress = Progress.onStandardError()) {
      CertificationSpec spec =
          connection
              .certifications()
              .getCertification(GetCertificationRequest.newBuilder().setName(certification).build())
              .getSpec();
      System.out.print(CertificationText.AUDIT_HEADING);
      int broken = 0;
      for (String snapshot : snapshots) {
        Certification attacked =
            certify(spec.toBuilder().setSnapshot(snapshot).build(), connection, progress);
        CertificationAudit audit =
            connection
                .certifications()
                .auditCertification(
                    AuditCertificationRequest.newBuilder()
                        .setCertification(certification)
                        .setAttacked(attacked.getName())
                        .build());
        System.out.print(CertificationText.of(audit, attacked));
        broken += audit.getBrokenCount();
      }
      return broken == 0 ? 0 : 1;
    }
  }
}
