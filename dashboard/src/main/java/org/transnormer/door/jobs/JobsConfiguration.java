package org.transnormer.door.jobs;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.transnormer.door.gather.Questions;

@Configuration(proxyBeanMethods = false)
class JobsConfiguration {

  @Bean
  GatheredJobs gatheredJobs(Questions questions) {
    return new GatheredJobs(questions);
  }
}
