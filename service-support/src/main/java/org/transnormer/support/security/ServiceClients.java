package org.transnormer.support.security;

import java.net.http.HttpClient;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpHeaders;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.converter.json.JacksonJsonHttpMessageConverter;
import org.springframework.web.client.RestClient;
import org.transnormer.support.web.HttpProperties;
import org.transnormer.support.web.RequestIdFilter;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * HTTP clients for the other services: base URL from {@code tnl.services.<name>}, this service's
 * own token on each request, the request id passed on, unknown fields of answers ignored.
 */
public final class ServiceClients {
  private static final String BASE_URL = "tnl.services.";

  private final RestClient.Builder builder;
  private final TokenIssuer issuer;
  private final Environment environment;

  ServiceClients(
      RestClient.Builder builder,
      JsonMapper json,
      TokenIssuer issuer,
      HttpProperties http,
      Environment environment) {
    this.issuer = issuer;
    this.environment = environment;
    HttpClient client = HttpClient.newBuilder().connectTimeout(http.connectTimeout()).build();
    JdkClientHttpRequestFactory requests = new JdkClientHttpRequestFactory(client);
    requests.setReadTimeout(http.readTimeout());
    JsonMapper lenient =
        json.rebuild().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();
    this.builder =
        builder
            .clone()
            .requestFactory(requests)
            .configureMessageConverters(converters ->
                converters
                    .registerDefaults()
                    .withJsonConverter(new JacksonJsonHttpMessageConverter(lenient)));
  }

  /**
   * A client for {@code corpus}, {@code cleaning}, {@code trainer}, {@code inference} or {@code
   * door}.
   */
  public RestClient client(String service) {
    return builder
        .clone()
        .baseUrl(environment.getRequiredProperty(BASE_URL + service))
        .requestInterceptor((request, body, execution) -> {
          request.getHeaders().set(HttpHeaders.AUTHORIZATION, "Bearer " + issuer.ownToken());
          RequestIdFilter.current()
              .ifPresent(id -> request.getHeaders().set(RequestIdFilter.HEADER, id));
          return execution.execute(request, body);
        })
        .build();
  }
}
