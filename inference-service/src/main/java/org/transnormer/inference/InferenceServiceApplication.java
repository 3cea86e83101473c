package org.transnormer.inference;

import java.time.Clock;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.transnormer.support.SupportConfiguration;

/** The service that answers prompts. */
@SpringBootApplication(proxyBeanMethods = false)
@Import(SupportConfiguration.class)
public class InferenceServiceApplication {

  public static SpringApplicationBuilder application() {
    return new SpringApplicationBuilder(InferenceServiceApplication.class)
        .properties("spring.config.name=inference-service");
  }

  public static void main(String[] args) {
    application().run(args);
  }

  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }
}
