package org.transnormer.artifacts.store;

import java.net.URI;
import java.util.Optional;

/**
 * How to reach an S3-compatible store. Without an endpoint it is AWS; without keys the default
 * chain of the SDK (environment, profile, pod identity) finds them.
 */
public record S3Options(
    Optional<URI> endpoint,
    String region,
    Optional<String> accessKey,
    Optional<String> secretKey,
    boolean pathStyle) {
  public S3Options {
    if (accessKey.isPresent() != secretKey.isPresent()) {
      throw new IllegalArgumentException("S3 access key and secret key come together");
    }
  }

  @Override
  public String toString() {
    return "S3Options[endpoint="
        + endpoint
        + ", region="
        + region
        + ", keys="
        + (accessKey.isPresent() ? "given" : "default chain")
        + ", pathStyle="
        + pathStyle
        + "]";
  }
}
