package org.transnormer.door.routes;

import jakarta.validation.constraints.NotNull;
import java.net.URI;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Where the services are.
 *
 * @param door base URL under which people reach the platform; nothing is sent to it
 */
@Validated
@ConfigurationProperties("tnl.services")
public record UpstreamProperties(
    @NotNull URI corpus,
    @NotNull URI cleaning,
    @NotNull URI trainer,
    @NotNull URI inference,
    @DefaultValue("http://localhost") URI door) {

  public URI base(Part part) {
    return switch (part) {
      case CORPUS -> corpus;
      case CLEANING -> cleaning;
      case TRAINER -> trainer;
      case INFERENCE -> inference;
    };
  }

  /**
   * How long the door waits for a service.
   *
   * @param connect until the connection stands
   * @param response until the first byte of an answer; a completion that is not streamed takes its
   *     time
   * @param idle between two bytes of an answer that is not an event stream
   * @param heartbeat between two comments in an event stream that is silent
   */
  @Validated
  @ConfigurationProperties("tnl.door.forward")
  public record Patience(
      @DefaultValue("2s") Duration connect,
      @DefaultValue("15m") Duration response,
      @DefaultValue("2m") Duration idle,
      @DefaultValue("5s") Duration heartbeat) {}
}
