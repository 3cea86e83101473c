package org.transnormer.corpus.ingest.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.transnormer.corpus.ingest.Reason;
import org.transnormer.corpus.sources.ReadingRules;
import org.transnormer.corpus.sources.SourceFormat;

class HtmlReadingTest {
  private static final ReadingRules HTML = ReadingRules.of(SourceFormat.HTML);

  @Test
  void keepsTheMainTextAndTheTitle() throws Exception {
    Collected read =
        Collected.read(
            "a.html",
            """
            <!doctype html><html lang="en"><head><title>Whales &amp; men</title>
            <link rel="canonical" href="https://example.org/whales"><style>p{}</style></head>
            <body><nav><a href="/">Home</a> <a href="/b">Menu</a></nav>
            <main><h1>Whales</h1><p>They   are
            large.</p><p>They<br>swim.</p><ul><li>one</li><li>two</li></ul>
            <pre>a
              b</pre><script>alert(1)</script><p style="display: none">hidden</p></main>
            <footer>Imprint</footer></body></html>
            """,
            HTML);

    assertThat(read.texts)
        .containsExactly("Whales\n\nThey are large.\n\nThey\nswim.\n\none\ntwo\n\na\n  b");
    assertThat(read.metadata)
        .containsExactly(
            Map.of("title", "Whales & men", "url", "https://example.org/whales", "language", "en"));
  }

  @Test
  void takesTheBodyWhenTheMainElementIsOnlyATeaser() throws Exception {
    String page =
        "<body><article>Teaser</article><div>" + "<p>Long text here.</p>".repeat(9) + "</div>";

    assertThat(Collected.read("a.html", page, HTML).texts.getFirst()).contains("Long text here.");
  }

  @Test
  void readsTheDeclaredEncodingAndRefusesAFalseOne() throws Exception {
    String declared = "<meta charset=iso-8859-1><p>caf\u00e9</p>";
    String undeclared = "<p>caf\u00e9</p>";

    assertThat(Collected.read("a.html", declared.getBytes(StandardCharsets.ISO_8859_1), HTML).texts)
        .containsExactly("caf\u00e9");
    assertThat(
            Collected.read("a.html", undeclared.getBytes(StandardCharsets.ISO_8859_1), HTML)
                .refusals)
        .containsExactly(Reason.INVALID_ENCODING);
  }

  @Test
  void survivesAPageNestedAHundredThousandDeep() throws Exception {
    String page = "<div>".repeat(100_000) + "bottom";

    assertThat(Collected.read("a.html", page, HTML).texts).containsExactly("bottom");
  }

  @Test
  void refusesAPageBeyondTheLimit() throws Exception {
    assertThat(Collected.read("a.html", "<p>" + "x".repeat(2 << 20), HTML).refusals)
        .containsExactly(Reason.TOO_LARGE);
  }

  @Test
  void refusesAPageWithoutText() throws Exception {
    assertThat(Collected.read("a.html", "<script>x()</script>", HTML).refusals)
        .containsExactly(Reason.EMPTY);
  }
}
