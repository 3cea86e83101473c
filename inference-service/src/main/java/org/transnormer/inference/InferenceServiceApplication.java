package org.transnormer.inference;

import io.swagger.v3.oas.annotations.OpenAPIDefinition;
import io.swagger.v3.oas.annotations.info.Info;
import java.time.Clock;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.transnormer.support.SupportConfiguration;

/** The service that answers prompts. */
@OpenAPIDefinition(
    info =
        @Info(
            title = "TransNormer Platform: inference",
            version = "v1",
            description = "Deployments, and the /v1 family that clients of OpenAI's API call."))
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
