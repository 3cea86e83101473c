package org.transnormer.support.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.EvaluationResult;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HouseRulesTest {
  private static final String CANARY = "org.transnormer.support.architecture.canary";
  private static final JavaClasses BROKEN = new ClassFileImporter().importPackages(CANARY);

  static Stream<String> names() {
    return HouseRules.all(CANARY).keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("names")
  void eachRuleCanFail(String name) {
    ArchRule rule = Objects.requireNonNull(HouseRules.all(CANARY).get(name));

    EvaluationResult result = rule.evaluate(BROKEN);

    assertThat(result.hasViolation()).as(name).isTrue();
    assertThat(result.getFailureReport().getDetails())
        .noneMatch(detail -> detail.contains("JdbcOrders"));
  }

  @Test
  void supportKeepsTheRulesThatAreMeantForIt() {
    JavaClasses support =
        new ClassFileImporter()
            .withImportOption(
                new com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests())
            .importPackages("org.transnormer.support");
    HouseRules.tellingNames().check(support);
    HouseRules.noFieldInjection().check(support);
    HouseRules.noPrinting().check(support);
    HouseRules.kubernetesInItsPlace().check(support);
  }
}
