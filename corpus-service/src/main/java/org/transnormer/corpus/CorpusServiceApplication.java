package org.transnormer.corpus;

import io.swagger.v3.oas.annotations.OpenAPIDefinition;
import io.swagger.v3.oas.annotations.info.Info;
import java.time.Clock;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.transnormer.support.SupportConfiguration;
import org.transnormer.support.removal.RemovalConfiguration;

/** Corpora, sources, ingestions, documents and snapshots. */
@OpenAPIDefinition(
    info =
        @Info(
            title = "TransNormer Platform: corpus",
            version = "v1",
            description =
                "Corpora, their sources and ingestions, documents, snapshots and exports."))
@SpringBootApplication(proxyBeanMethods = false)
@Import({SupportConfiguration.class, RemovalConfiguration.class})
public class CorpusServiceApplication {

  static void main(String[] args) {
    application().run(args);
  }

  /** The service as it runs alone and in the standalone platform. */
  public static SpringApplicationBuilder application() {
    return new SpringApplicationBuilder(CorpusServiceApplication.class)
        .properties("spring.config.name=corpus-service");
  }

  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }
}
