package org.transnormer.door.system;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.transnormer.door.gather.Questions;

@Configuration(proxyBeanMethods = false)
class SystemConfiguration {

  @Bean
  Parts parts(Questions questions) {
    String version = SystemConfiguration.class.getPackage().getImplementationVersion();
    return new Parts(questions, version == null ? "from source" : version);
  }
}
