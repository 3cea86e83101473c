package org.transnormer.door.lineage;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.transnormer.door.gather.Questions;

@Configuration(proxyBeanMethods = false)
class LineageConfiguration {

  @Bean
  AnswerLineage answerLineage(Questions questions) {
    return new AnswerLineage(questions);
  }

  @Bean
  DocumentLineage documentLineage(Questions questions) {
    return new DocumentLineage(questions);
  }
}
