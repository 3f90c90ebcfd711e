package dev.hemlock.dataset;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  @Test
  void checksSeeNoClockStoreOrContract() {
    classes()
        .that()
        .resideInAPackage("dev.hemlock.dataset.validation")
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(
                    "dev.hemlock.dataset.validation",
                    "dev.hemlock.common.statistics",
                    "java.lang..",
                    "java.util",
                    "java.util.function",
                    "java.util.stream",
                    "org.apache.commons.statistics..")
                .or(
                    describe(
                        "are digests and shapes",
                        type ->
                            type.getFullName().equals("dev.hemlock.common.storage.Digest")
                                || type.getFullName()
                                    .equals("dev.hemlock.common.images.ImageShape"))))
        .check(
            new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.hemlock.dataset"));
  }
}
