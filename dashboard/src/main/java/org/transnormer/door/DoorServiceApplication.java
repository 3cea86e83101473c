package org.transnormer.door;

import io.swagger.v3.oas.annotations.OpenAPIDefinition;
import io.swagger.v3.oas.annotations.info.Info;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Import;
import org.transnormer.support.SupportConfiguration;

@OpenAPIDefinition(
    info =
        @Info(
            title = "TransNormer Platform: door",
            version = "v1",
            description =
                "Keys, sessions, the audit, lineage and what is gathered from all services. Every other path is handed on to the service that owns it."))
@SpringBootApplication(proxyBeanMethods = false)
@Import(SupportConfiguration.class)
public class DoorServiceApplication {

  public static SpringApplicationBuilder application() {
    return new SpringApplicationBuilder(DoorServiceApplication.class)
        .properties("spring.config.name=door");
  }

  public static void main(String[] args) {
    application().run(args);
  }
}
