package org.transnormer.corpus.sources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SourceRootsTest {
  @TempDir Path temp;
  private Path root;
  private SourceRoots roots;

  @BeforeEach
  void aRootBesideAnotherFolder() throws IOException {
    root = Files.createDirectories(temp.toRealPath().resolve("in"));
    Files.createDirectories(root.resolve("books"));
    Files.createDirectories(temp.resolve("in-secret"));
    Files.createDirectories(temp.resolve("out"));
    roots = new SourceRoots(List.of(root.toUri(), URI.create("s3://bucket/data")));
  }

  @Test
  void resolvesAFolderInsideARoot() throws Exception {
    assertThat(roots.resolve(root.resolve("books").toUri()))
        .isEqualTo(new Location.Local(root, root.resolve("books")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/out",
        "/in-secret",
        "/in/../out",
        "/in/books/../../out",
        "/in/%2e%2e/out",
        "/nowhere"
      })
  void refusesWhatLiesOutside(String path) {
    URI uri = URI.create("file://" + temp + path);

    assertThatThrownBy(() -> roots.resolve(uri))
        .isInstanceOf(RefusedSource.class)
        .hasMessage("does not lie inside a root that this platform may read");
  }

  @Test
  void refusesALinkOutOfTheRoot() throws Exception {
    Files.createSymbolicLink(root.resolve("link"), temp.resolve("out"));

    assertThatThrownBy(() -> roots.resolve(root.resolve("link").toUri()))
        .hasMessageContaining("inside a root");
    assertThatThrownBy(() -> roots.resolve(root.resolve("link/missing").toUri()))
        .hasMessageContaining("inside a root");
  }

  @Test
  void followsALinkThatStaysInside() throws Exception {
    Files.createSymbolicLink(root.resolve("link"), root.resolve("books"));

    assertThat(roots.resolve(root.resolve("link").toUri()))
        .isEqualTo(new Location.Local(root, root.resolve("books")));
  }

  @Test
  void saysThatAFolderInsideIsMissing() {
    assertThatThrownBy(() -> roots.resolve(root.resolve("missing").toUri()))
        .hasMessageContaining("no such folder");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://example.org/x",
        "file://host/in",
        "file:in",
        "relative",
        "s3:///data/x",
        "s3://other/data/x",
        "s3://bucket/database/x",
        "s3://user@bucket/data/x",
        "file:///a%00b"
      })
  void refusesOtherPlaces(String uri) {
    assertThatThrownBy(() -> roots.resolve(URI.create(uri))).isInstanceOf(RefusedSource.class);
  }

  @Test
  void resolvesAPrefixOfABucket() throws Exception {
    assertThat(roots.resolve(URI.create("s3://bucket/data/2024")))
        .isEqualTo(new Location.Bucket("bucket", "data/2024/"));
    assertThat(roots.resolve(URI.create("s3://bucket/data")))
        .isEqualTo(new Location.Bucket("bucket", "data/"));
  }

  @Test
  void globsMatchNamesAtAnyDepthOrWholePaths() {
    assertThat(PathGlob.of("*.txt").matches("a/b/c.txt")).isTrue();
    assertThat(PathGlob.of("a/*.txt").matches("a/b/c.txt")).isFalse();
    assertThat(PathGlob.of("a/**.txt").matches("a/b/c.txt")).isTrue();
    assertThat(PathGlob.of("c[a-r][0-9][0-9]").matches("ca01")).isTrue();
    assertThat(PathGlob.of("**").matches("x/y")).isTrue();
    assertThatThrownBy(() -> PathGlob.of("{a")).isInstanceOf(IllegalArgumentException.class);
  }
}
