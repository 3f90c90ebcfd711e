package dev.hemlock.common;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LayeringTest {
  private static final String ROOT = "dev.hemlock.common";
  private static final JavaClasses COMMON =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(ROOT);

  static Stream<ArchRule> rules() {
    return Stream.of(
        noClasses()
            .that()
            .haveNameNotMatching("dev\\.hemlock\\.common\\.storage\\.Minio.*")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.minio..")
            .because("the S3 client stops at the adapter: MinioObjectStore and its own parts"),
        noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".storage")
            .should()
            .dependOnClassesThat()
            .haveNameMatching("dev\\.hemlock\\.common\\.storage\\.Minio.*")
            .because("everybody else uses the port ObjectStore"),
        noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".events")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.kafka..")
            .because("Kafka stops at common.events"),
        noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".torch")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ai.djl..")
            .because("DJL stops at common.torch"),
        noClasses()
            .should()
            .dependOnClassesThat(
                new DescribedPredicate<JavaClass>(
                    "belong to a contract other than run.v1 and events.v1") {
                  @Override
                  public boolean test(JavaClass type) {
                    String name = type.getPackageName();
                    return name.startsWith("dev.hemlock.proto.")
                        && !name.equals("dev.hemlock.proto.run.v1")
                        && !name.equals("dev.hemlock.proto.events.v1");
                  }
                })
            .because("common names no domain noun"),
        noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "dev.hemlock.dataset..",
                "dev.hemlock.poison..",
                "dev.hemlock.training..",
                "dev.hemlock.evaluation..",
                "dev.hemlock.embedded..")
            .because("services depend on common, never the other way round"),
        classes()
            .that()
            .resideInAPackage(ROOT + ".random")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", ROOT + ".random")
            .because("randomness is pure"),
        classes()
            .that()
            .resideInAPackage(ROOT + ".statistics")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", ROOT + ".statistics")
            .because("statistics are pure"),
        noClasses()
            .that()
            .resideInAPackage(ROOT + ".error")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.grpc..", "com.google..", ROOT + ".storage..")
            .because("errors know no transport"),
        noClasses()
            .that()
            .resideInAnyPackage(ROOT + ".storage", ROOT + ".images", ROOT + ".json")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                ROOT + ".ledger..", ROOT + ".work..", ROOT + ".events..", ROOT + ".grpc..")
            .because("bytes lie below runs and calls"),
        SlicesRuleDefinition.slices()
            .matching("dev.hemlock.common.(storage|json|random|error|grpc|images)..")
            .should()
            .beFreeOfCycles());
  }

  @ParameterizedTest
  @MethodSource("rules")
  void holds(ArchRule rule) {
    rule.check(COMMON);
  }
}
