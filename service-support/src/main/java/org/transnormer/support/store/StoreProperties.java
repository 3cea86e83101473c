package org.transnormer.support.store;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.transnormer.artifacts.store.S3Options;
import org.transnormer.artifacts.store.StoreConfig;

/**
 * @param uri {@code file:///folder} or {@code s3://bucket/prefix}
 * @param cache local folder for copies of remote objects; by default below {@code tnl.scratch}
 * @param s3 for an S3 store only
 */
@ConfigurationProperties("tnl.store")
public record StoreProperties(URI uri, @Nullable Path cache, @Nullable S3 s3) {

  /**
   * @param endpoint absent for AWS
   * @param accessKey absent for the default chain (environment, pod identity)
   */
  public record S3(
      @Nullable URI endpoint,
      @DefaultValue("us-east-1") String region,
      @Nullable String accessKey,
      @Nullable String secretKey,
      @DefaultValue("true") boolean pathStyle) {

    S3Options options() {
      return new S3Options(
          Optional.ofNullable(endpoint),
          region,
          Optional.ofNullable(accessKey),
          Optional.ofNullable(secretKey),
          pathStyle);
    }

    @Override
    public String toString() {
      return options().toString();
    }
  }

  StoreConfig config(Path scratch) {
    S3Options options =
        s3 == null ? new S3(null, "us-east-1", null, null, false).options() : s3.options();
    return new StoreConfig(
        uri, Optional.of(options), cache == null ? scratch.resolve("store-cache") : cache);
  }
}
