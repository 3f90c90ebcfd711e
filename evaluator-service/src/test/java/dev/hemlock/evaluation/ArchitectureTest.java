package dev.hemlock.evaluation;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.hemlock.evaluation");

  @Test
  void statisticsSeeNoClockStoreOrContract() {
    classes()
        .that()
        .resideInAPackage("dev.hemlock.evaluation.statistics")
        .or()
        .resideInAPackage("dev.hemlock.evaluation.detection")
        .or()
        .resideInAPackage("dev.hemlock.evaluation.certification")
        .or()
        .belongToAnyOf(
            Caveats.class,
            ClassMetrics.class,
            ConfusionMatrix.class,
            Estimate.class,
            Metrics.class,
            PairEffect.class,
            Percent.class,
            Summary.class,
            VerdictSentence.class)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "dev.hemlock.evaluation",
            "dev.hemlock.evaluation.statistics",
            "dev.hemlock.evaluation.detection",
            "dev.hemlock.evaluation.certification",
            "dev.hemlock.common.random",
            "dev.hemlock.common.statistics",
            "java.lang..",
            "java.math",
            "java.util",
            "java.util.function",
            "java.util.stream",
            "org.apache.commons.statistics..")
        .check(CLASSES);
  }

  @Test
  void vendorsStayBehindCommon() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.minio..",
            "org.apache.kafka..",
            "ai.djl..",
            "dev.hemlock.dataset..",
            "dev.hemlock.poison..",
            "dev.hemlock.training..")
        .check(CLASSES);
  }
}
