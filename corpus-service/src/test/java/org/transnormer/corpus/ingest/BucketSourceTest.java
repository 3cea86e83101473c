package org.transnormer.corpus.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.transnormer.artifacts.digest.Digests;
import org.transnormer.artifacts.store.S3Clients;
import org.transnormer.artifacts.store.S3Options;
import org.transnormer.corpus.ingest.files.FilesInRoots;
import org.transnormer.corpus.sources.ReadingRules;
import org.transnormer.corpus.sources.RefusedSource;
import org.transnormer.corpus.sources.Source;
import org.transnormer.corpus.sources.SourceFormat;
import org.transnormer.corpus.sources.SourceRoots;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Against a server that speaks just enough of the S3 protocol: list with pages, get with If-Match.
 */
class BucketSourceTest {
  private static final int PAGE = 2;

  private final Map<String, String> objects = new TreeMap<>();
  private HttpServer server;
  private S3Client client;
  private FilesInRoots files;

  @BeforeEach
  void startServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
    server.createContext("/", this::answer);
    server.start();
    client =
        S3Clients.client(
            new S3Options(
                Optional.of(URI.create("http://localhost:" + server.getAddress().getPort())),
                "us-east-1",
                Optional.of("key"),
                Optional.of("secret"),
                true));
    files =
        new FilesInRoots(new SourceRoots(List.of(URI.create("s3://texts/public"))), () -> client);
    objects.put("public/a b.txt", "one");
    objects.put("public/deep/c.txt", "two");
    objects.put("public/deep/d.csv", "no");
    objects.put("public/.hidden", "no");
    objects.put("publicity/e.txt", "no");
    objects.put("secret/f.txt", "no");
  }

  @AfterEach
  void stopServer() {
    client.close();
    server.stop(0);
  }

  private static Source source(String uri) {
    return Fixtures.source("bucket", URI.create(uri), "*.txt", ReadingRules.of(SourceFormat.AUTO));
  }

  private List<PlannedFile> list(String uri) throws Exception {
    List<PlannedFile> found = new ArrayList<>();
    files.list(
        source(uri),
        new SourceFiles.Listing() {
          @Override
          public void file(PlannedFile file) {
            found.add(file);
          }

          @Override
          public void refused(String path, Reason reason, String detail) {
            throw new AssertionError(path);
          }
        });
    return found;
  }

  @Test
  void listsAndReadsWhatLiesBelowThePrefix() throws Exception {
    List<PlannedFile> found = list("s3://texts/public");

    assertThat(found).extracting(PlannedFile::path).containsExactly("a b.txt", "deep/c.txt");
    try (InputStream in = files.open(source("s3://texts/public"), found.getFirst())) {
      assertThat(in).hasContent("one");
    }
  }

  @Test
  void refusesAnObjectThatChangedSinceItWasPlanned() throws Exception {
    List<PlannedFile> found = list("s3://texts/public/deep");
    objects.put("public/deep/c.txt", "other");

    assertThatThrownBy(() -> files.open(source("s3://texts/public/deep"), found.getFirst()))
        .isInstanceOfSatisfying(
            RefusedFile.class, e -> assertThat(e.reason()).isEqualTo(Reason.CHANGED));
  }

  @Test
  void refusesOtherPrefixesAndBuckets() {
    assertThatThrownBy(() -> list("s3://texts/secret")).isInstanceOf(RefusedSource.class);
    assertThatThrownBy(() -> list("s3://other/public")).isInstanceOf(RefusedSource.class);
  }

  @Test
  void aBucketThatCannotBeListedIsAnError() {
    server.stop(0);

    assertThatThrownBy(() -> list("s3://texts/public"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot list s3://texts/public/");
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path =
          URLDecoder.decode(exchange.getRequestURI().getRawPath(), StandardCharsets.UTF_8);
      String key = path.replaceFirst("^/texts/?", "");
      if (key.isEmpty()) {
        send(exchange, 200, listing(exchange));
      } else if (!objects.containsKey(key)) {
        send(exchange, 404, "<Error><Code>NoSuchKey</Code></Error>");
      } else if (!tag(key).equals(exchange.getRequestHeaders().getFirst("If-Match"))) {
        send(exchange, 412, "<Error><Code>PreconditionFailed</Code></Error>");
      } else {
        send(exchange, 200, objects.get(key));
      }
    }
  }

  private String listing(HttpExchange exchange) {
    String query =
        URLDecoder.decode(exchange.getRequestURI().getRawQuery(), StandardCharsets.UTF_8);
    String prefix = parameter(query, "prefix");
    String after = parameter(query, "continuation-token");
    List<String> keys =
        objects.keySet().stream()
            .filter(key -> key.startsWith(prefix) && key.compareTo(after) > 0)
            .toList();
    StringBuilder xml = new StringBuilder("<ListBucketResult>");
    for (String key : keys.subList(0, Math.min(PAGE, keys.size()))) {
      xml.append(
          "<Contents><Key>%s</Key><Size>%d</Size><ETag>%s</ETag></Contents>"
              .formatted(key, content(key).length(), tag(key).replace("\"", "&quot;")));
    }
    boolean more = keys.size() > PAGE;
    xml.append("<IsTruncated>").append(more).append("</IsTruncated>");
    if (more) {
      xml.append("<NextContinuationToken>%s</NextContinuationToken>".formatted(keys.get(PAGE - 1)));
    }
    return xml.append("</ListBucketResult>").toString();
  }

  private static String parameter(String query, String name) {
    Matcher matcher = Pattern.compile("(?:^|&)" + name + "=([^&]*)").matcher(query);
    return matcher.find() ? matcher.group(1) : "";
  }

  private String content(String key) {
    return objects.getOrDefault(key, "");
  }

  private String tag(String key) {
    return "\"" + Digests.sha256(content(key)).substring(0, 32) + "\"";
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }
}
