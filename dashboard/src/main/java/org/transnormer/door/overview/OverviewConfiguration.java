package org.transnormer.door.overview;

import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.transnormer.door.gather.Questions;
import org.transnormer.door.system.Parts;

@Configuration(proxyBeanMethods = false)
class OverviewConfiguration {

  @Bean
  LookAround lookAround(Questions questions, Parts parts) {
    return new LookAround(questions, parts, Clock.systemUTC());
  }
}
