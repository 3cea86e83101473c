package org.transnormer.artifacts.store;

import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** Clients of S3-compatible stores. */
public final class S3Clients {
  /** Of one request, with pauses that grow to seconds: a store may be away for a moment. */
  private static final int MOST_TRIES = 8;

  private S3Clients() {}

  public static S3Client client(S3Options options) {
    var builder =
        S3Client.builder()
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .region(Region.of(options.region()))
            .credentialsProvider(credentials(options))
            .forcePathStyle(options.pathStyle())
            .overrideConfiguration(override ->
                override.retryStrategy(
                    AwsRetryStrategy.standardRetryStrategy().toBuilder()
                        .maxAttempts(MOST_TRIES)
                        .build()))
            // Many compatible stores do not know the newer trailing checksums; ours are in the
            // manifests.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED);
    options.endpoint().ifPresent(builder::endpointOverride);
    return builder.build();
  }

  private static AwsCredentialsProvider credentials(S3Options options) {
    if (options.accessKey().isPresent() && options.secretKey().isPresent()) {
      return StaticCredentialsProvider.create(
          AwsBasicCredentials.create(options.accessKey().get(), options.secretKey().get()));
    }
    return DefaultCredentialsProvider.builder().build();
  }
}
