package org.transnormer.corpus.sources;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.transnormer.artifacts.store.S3Options;

/**
 * Where sources may lie.
 *
 * @param roots local folders ({@code /data/in} or {@code file:///data/in}) and buckets ({@code
 *     s3://bucket/prefix}); nothing is read elsewhere
 * @param s3 how to reach the buckets; absent for AWS with its default chain of credentials
 */
@ConfigurationProperties("tnl.corpus")
record CorpusRootsProperties(@DefaultValue List<String> roots, @Nullable S3 s3) {

  record S3(
      @Nullable URI endpoint,
      @DefaultValue("us-east-1") String region,
      @Nullable String accessKey,
      @Nullable String secretKey,
      @DefaultValue("true") boolean pathStyle) {

    @Override
    public String toString() {
      return "S3[endpoint=" + endpoint + ", region=" + region + "]";
    }
  }

  S3Options s3Options() {
    S3 given = s3 == null ? new S3(null, "us-east-1", null, null, false) : s3;
    return new S3Options(
        Optional.ofNullable(given.endpoint),
        given.region,
        Optional.ofNullable(given.accessKey),
        Optional.ofNullable(given.secretKey),
        given.pathStyle);
  }

  List<URI> uris() {
    return roots.stream().map(CorpusRootsProperties::uri).toList();
  }

  private static URI uri(String root) {
    if (root.startsWith("file:") || root.startsWith("s3:")) {
      URI uri = URI.create(root);
      boolean usable = uri.getScheme().equals("s3") ? uri.getHost() != null : !uri.isOpaque();
      if (!usable) {
        throw new IllegalArgumentException("tnl.corpus.roots: not a root: " + root);
      }
      return uri;
    }
    Path path = Path.of(root);
    if (!path.isAbsolute()) {
      throw new IllegalArgumentException("tnl.corpus.roots: not absolute: " + root);
    }
    return path.toUri();
  }
}
