package org.transnormer.support.architecture;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The rules of the house. A module's test: {@code HouseRules.check("org.transnormer.corpus")}. A
 * test in this module proves of each rule that it can fail.
 */
public final class HouseRules {
  private static final Set<String> ADAPTERS =
      Set.of("web", "jdbc", "kafka", "batch", "kubernetes", "files", "jobs");

  private HouseRules() {}

  /** Checks every rule on the main classes of a service. */
  public static void check(String rootPackage) {
    JavaClasses classes =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(new ImportOption.DoNotIncludeJars())
            .importPackages(rootPackage);
    if (classes.isEmpty()) {
      throw new IllegalArgumentException("no classes below " + rootPackage);
    }
    all(rootPackage).values().forEach(rule -> rule.allowEmptyShould(true).check(classes));
  }

  /** Every rule by its name. */
  public static Map<String, ArchRule> all(String rootPackage) {
    Map<String, ArchRule> rules = new LinkedHashMap<>();
    rules.put("plain-roots", plainRoots(rootPackage));
    rules.put("telling-names", tellingNames());
    rules.put("no-field-injection", noFieldInjection());
    rules.put("no-printing", noPrinting());
    rules.put("kubernetes-in-its-place", kubernetesInItsPlace());
    rules.put("batch-in-its-place", batchInItsPlace());
    rules.put("no-cycles", noCycles(rootPackage));
    return rules;
  }

  /** A feature's root is plain Java: adapters lie one level deeper, wiring in configurations. */
  public static ArchRule plainRoots(String rootPackage) {
    return noClasses()
        .that(areFeatureRoots(rootPackage))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.springframework.jdbc..",
            "org.springframework.web..",
            "org.springframework.http..",
            "org.springframework.kafka..",
            "org.springframework.batch..",
            "org.springframework.boot..",
            "org.apache.kafka..",
            "jakarta.servlet..",
            "java.sql..")
        .as("feature roots are plain Java");
  }

  private static DescribedPredicate<JavaClass> areFeatureRoots(String rootPackage) {
    return DescribedPredicate.describe(
        "lie in the root of a feature",
        type -> {
          String name = type.getPackageName();
          if (!name.startsWith(rootPackage + ".")) {
            return false;
          }
          String top = outermost(type).getSimpleName();
          return !ADAPTERS.contains(name.substring(name.lastIndexOf('.') + 1))
              && !top.endsWith("Configuration")
              && !top.endsWith("Properties")
              && !top.endsWith("Settings")
              && !top.endsWith("Application");
        });
  }

  private static JavaClass outermost(JavaClass type) {
    JavaClass outer = type;
    while (outer.getEnclosingClass().isPresent()) {
      outer = outer.getEnclosingClass().get();
    }
    return outer;
  }

  /** These endings say nothing about what a class is. */
  public static ArchRule tellingNames() {
    return noClasses()
        .should()
        .haveNameMatching(".*(Impl|Utils?|Helper|Manager)")
        .as("no class is an Impl, Util, Helper or Manager");
  }

  public static ArchRule noFieldInjection() {
    return noFields()
        .should()
        .beAnnotatedWith("org.springframework.beans.factory.annotation.Autowired")
        .orShould()
        .beAnnotatedWith("org.springframework.beans.factory.annotation.Value")
        .orShould()
        .beAnnotatedWith("jakarta.inject.Inject")
        .as("what a class needs comes through its constructor");
  }

  /** Logs are logs; standard output belongs to command lines. */
  public static ArchRule noPrinting() {
    return noClasses()
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .orShould()
        .callMethodWhere(
            target(owner(JavaClass.Predicates.assignableTo(Throwable.class)))
                .and(target(nameMatching("printStackTrace"))))
        .as("nothing prints");
  }

  public static ArchRule kubernetesInItsPlace() {
    return noClasses()
        .that()
        .resideOutsideOfPackage("..kubernetes..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.fabric8..")
        .as("the Kubernetes client stays in ..kubernetes");
  }

  /** Jobs are made and read in few places, so that Spring Batch can be replaced. */
  public static ArchRule batchInItsPlace() {
    return noClasses()
        .that()
        .resideOutsideOfPackages("..batch..", "..jobs..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.springframework.batch..")
        .as("Spring Batch stays in ..batch and ..jobs");
  }

  public static ArchRule noCycles(String rootPackage) {
    return slices()
        .matching(rootPackage + ".(*)..")
        .should()
        .beFreeOfCycles()
        .as("features do not depend on each other in circles");
  }
}
