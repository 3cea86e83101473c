package org.transnormer.door.gather;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.transnormer.door.DoorProperties;
import org.transnormer.door.gather.http.HttpQuestions;
import org.transnormer.door.routes.UpstreamProperties;
import org.transnormer.support.security.TokenIssuer;
import tools.jackson.databind.json.JsonMapper;

@Configuration(proxyBeanMethods = false)
class GatherConfiguration {

  @Bean
  Questions questions(
      UpstreamProperties services, TokenIssuer issuer, JsonMapper json, DoorProperties properties) {
    return new HttpQuestions(services, issuer, json, properties.gatherTimeout());
  }
}
