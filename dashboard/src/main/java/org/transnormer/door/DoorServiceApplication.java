package org.transnormer.door;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Import;
import org.transnormer.support.SupportConfiguration;

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
