package org.transnormer.trainer;

import io.swagger.v3.oas.annotations.OpenAPIDefinition;
import io.swagger.v3.oas.annotations.info.Info;
import java.time.Clock;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.transnormer.support.SupportConfiguration;
import org.transnormer.support.removal.RemovalConfiguration;
import org.transnormer.trainer.sql.Transactions;

/** The service that trains. */
@OpenAPIDefinition(
    info =
        @Info(
            title = "TransNormer Platform: trainer",
            version = "v1",
            description = "Training runs with their figures and logs, checkpoints and aliases."))
@SpringBootApplication(proxyBeanMethods = false)
@Import({SupportConfiguration.class, RemovalConfiguration.class})
public class TrainerServiceApplication {

  public static SpringApplicationBuilder application() {
    return new SpringApplicationBuilder(TrainerServiceApplication.class)
        .properties("spring.config.name=trainer-service");
  }

  public static void main(String[] args) {
    application().run(args);
  }

  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }

  @Bean
  Transactions runTransactions(org.transnormer.support.Transactions transactions) {
    return transactions::inTransaction;
  }
}
