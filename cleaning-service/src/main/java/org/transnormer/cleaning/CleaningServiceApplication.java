package org.transnormer.cleaning;

import io.swagger.v3.oas.annotations.OpenAPIDefinition;
import io.swagger.v3.oas.annotations.info.Info;
import java.time.InstantSource;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.transnormer.support.SupportConfiguration;
import org.transnormer.support.batch.BatchSupportConfiguration;
import org.transnormer.support.removal.RemovalConfiguration;

/** Recipes, cleaning runs, review, tokenizers and token sets. */
@OpenAPIDefinition(
    info =
        @Info(
            title = "TransNormer Platform: cleaning",
            version = "v1",
            description =
                "Recipes, cleaning runs with their rounds and review, tokenizers and token sets."))
@SpringBootApplication
@Import({SupportConfiguration.class, BatchSupportConfiguration.class, RemovalConfiguration.class})
@EnableConfigurationProperties(CleaningProperties.class)
public class CleaningServiceApplication {

  public static void main(String[] arguments) {
    application().run(arguments);
  }

  /** As it runs in a process of its own and in the standalone platform alike. */
  public static SpringApplicationBuilder application() {
    return new SpringApplicationBuilder(CleaningServiceApplication.class)
        .properties("spring.config.name=cleaning-service");
  }

  @Bean
  InstantSource clock() {
    return InstantSource.system();
  }
}
