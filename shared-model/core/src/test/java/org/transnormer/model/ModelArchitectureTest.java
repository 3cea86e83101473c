package org.transnormer.model;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.transnormer.model.backend.cpu.CpuBackend;
import org.transnormer.model.lm.tnl.TnlFamily;

/** The seams that later families and devices come in by. */
class ModelArchitectureTest {

  private static final JavaClasses PRODUCTION =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("org.transnormer.model");

  static Stream<ArchRule> rules() {
    return Stream.of(
        familiesStayBehindTheirInterface(),
        whatEveryFamilyUsesKnowsNoConfigurationOfOne(),
        devicesStayBehindTheirInterface());
  }

  private static ArchRule familiesStayBehindTheirInterface() {
    return noClasses()
        .that()
        .resideOutsideOfPackage("..lm.tnl..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("..lm.tnl..")
        .because("trainers and servers know no family");
  }

  private static ArchRule whatEveryFamilyUsesKnowsNoConfigurationOfOne() {
    return noClasses()
        .that()
        .resideInAnyPackage("..model.checkpoint..", "..model.lm", "..train..", "..layer..")
        .and()
        .doNotHaveSimpleName("TnlTensors")
        .should()
        .dependOnClassesThat()
        .haveSimpleNameStartingWith("Tnl")
        .because("another family would have to change them");
  }

  private static ArchRule devicesStayBehindTheirInterface() {
    return noClasses()
        .that()
        .resideInAnyPackage("..layer..", "..lm.tnl..", "..train..", "..generate..", "..tensor..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("..backend.cpu..")
        .because("mathematics above the backend runs on every device");
  }

  @ParameterizedTest
  @MethodSource("rules")
  void seamsHold(ArchRule rule) {
    rule.check(PRODUCTION);
  }

  @Test
  void eachRuleCanFail() {
    JavaClasses offenders = new ClassFileImporter().importClasses(Canary.class);

    JavaClasses withTests = new ClassFileImporter().importPackages("org.transnormer.model.train");

    assertThat(familiesStayBehindTheirInterface().evaluate(offenders).hasViolation()).isTrue();
    assertThat(whatEveryFamilyUsesKnowsNoConfigurationOfOne().evaluate(withTests).hasViolation())
        .isTrue();
    assertThat(
            noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("..backend.cpu..")
                .evaluate(offenders)
                .hasViolation())
        .isTrue();
  }

  /** Breaks both rules. */
  private static final class Canary {
    Object offend() {
      return new Object[] {TnlFamily.class.getName(), CpuBackend.open(1, false)};
    }
  }
}
