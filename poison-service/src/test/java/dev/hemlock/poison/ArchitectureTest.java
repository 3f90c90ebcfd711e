package dev.hemlock.poison;

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
          .importPackages("dev.hemlock.poison");

  @Test
  void planningSeesNoClockStoreOrGlobalRandomness() {
    classes()
        .that()
        .areAssignableTo(Attack.class)
        .or()
        .areAssignableTo(FlipBudget.class)
        .or()
        .belongToAnyOf(
            ExplicitFlip.class,
            FlipPlanner.class,
            FlipPlan.class,
            FlipRatio.class,
            FlipScope.class,
            LabelFlip.class,
            Labels.class,
            CrossEntropy.class,
            ModelOutputs.class,
            ScoreRule.class,
            NearestToTarget.class,
            MostConfident.class,
            LeastConfident.class,
            HighestLoss.class,
            Seed.class)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "dev.hemlock.poison",
            "dev.hemlock.common.random",
            "dev.hemlock.common.error",
            "java.lang..",
            "java.math",
            "java.util",
            "java.util.function",
            "java.util.stream")
        .andShould()
        .onlyDependOnClassesThat()
        .doNotHaveFullyQualifiedName("java.util.Random")
        .andShould()
        .onlyDependOnClassesThat()
        .doNotHaveFullyQualifiedName(PoisoningMapper.class.getName())
        .check(CLASSES);
  }

  @Test
  void knowsOnlyTheContractsItUses() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.minio..",
            "org.apache.kafka..",
            "ai.djl..",
            "dev.hemlock.dataset..",
            "dev.hemlock.training..",
            "dev.hemlock.evaluation..",
            "dev.hemlock.proto.training..")
        .check(CLASSES);
  }
}
