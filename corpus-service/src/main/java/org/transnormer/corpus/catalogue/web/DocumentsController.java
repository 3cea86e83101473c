package org.transnormer.corpus.catalogue.web;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.transnormer.artifacts.digest.Digests;
import org.transnormer.artifacts.documents.Document;
import org.transnormer.corpus.catalogue.Catalogue;
import org.transnormer.corpus.catalogue.DocumentCursor;
import org.transnormer.corpus.catalogue.FoundDocument;
import org.transnormer.corpus.catalogue.Shards;
import org.transnormer.corpus.corpora.Corpora;
import org.transnormer.support.Page;
import org.transnormer.support.problems.InvalidProblem;
import org.transnormer.support.problems.NotFoundProblem;

/** Documents over REST. */
@RestController
@Tag(name = "documents", description = "The documents of corpora, and the shards that they lie in")
class DocumentsController {
  private static final int MOST_CHARACTERS = 1_000_000;

  private final Corpora corpora;
  private final Shards shards;
  private final Catalogue catalogue;

  DocumentsController(Corpora corpora, Shards shards, Catalogue catalogue) {
    this.corpora = corpora;
    this.shards = shards;
    this.catalogue = catalogue;
  }

  /**
   * A part of a text.
   *
   * @param from first character of the part
   * @param to behind its last one
   * @param length characters of the whole text
   */
  record TextRange(String id, int from, int to, int length, String text) {}

  @GetMapping("/api/v1/corpora/{corpusId}/documents")
  @Operation(
      summary = "Page through the documents of a corpus",
      description =
          "In order of shards. With a language filter a page may be short, even empty, and yet have"
              + " a next one.")
  Page<DocumentSummary> list(
      @PathVariable String corpusId,
      @RequestParam(required = false) @Nullable String source,
      @RequestParam(required = false) @Nullable String language,
      @RequestParam(required = false) @Nullable String after,
      @RequestParam(required = false) @Nullable Integer limit)
      throws IOException {
    requireCorpus(corpusId);
    Catalogue.Filter filter = new Catalogue.Filter(source, language);
    return catalogue
        .list(corpusId, filter, cursor(after), Page.limit(limit))
        .map(DocumentSummary::of);
  }

  @GetMapping("/api/v1/corpora/{corpusId}/shards")
  @Operation(summary = "The shards of a corpus in order of their digests")
  Page<ShardView> shards(
      @PathVariable String corpusId,
      @RequestParam(required = false) @Nullable String after,
      @RequestParam(required = false) @Nullable Integer limit) {
    requireCorpus(corpusId);
    int most = Page.limit(limit);
    String digest = Page.after(after, Digests::isSha256);
    String from = digest == null ? null : digest + "~"; // sorts behind the digest itself
    return Page.of(shards.list(corpusId, null, from, most + 1), most, shard -> shard.ref().sha256())
        .map(ShardView::of);
  }

  @GetMapping("/api/v1/documents/{documentId}")
  @Operation(summary = "One document with its text")
  DocumentView one(@PathVariable String documentId) throws IOException {
    return DocumentView.of(find(documentId));
  }

  @GetMapping("/api/v1/documents/{documentId}/text")
  @Operation(summary = "A part of a document's text, by Unicode characters")
  TextRange text(
      @PathVariable String documentId,
      @RequestParam(defaultValue = "0") int from,
      @RequestParam(required = false) @Nullable Integer to)
      throws IOException {
    if (from < 0 || (to != null && to < from)) {
      throw new InvalidProblem(from < 0 ? "from" : "to", "not a range");
    }
    String text = find(documentId).document().text();
    int length = text.codePointCount(0, text.length());
    int begin = Math.min(from, length);
    int end =
        (int) Math.min(to == null ? length : Math.min(to, length), begin + (long) MOST_CHARACTERS);
    String part =
        text.substring(text.offsetByCodePoints(0, begin), text.offsetByCodePoints(0, end));
    return new TextRange(documentId, begin, end, length, part);
  }

  private FoundDocument find(String documentId) throws IOException {
    if (!Document.isId(documentId)) {
      throw new NotFoundProblem("document", documentId);
    }
    return catalogue
        .find(documentId)
        .orElseThrow(() -> new NotFoundProblem("document", documentId));
  }

  private void requireCorpus(String corpusId) {
    if (corpora.find(corpusId).isEmpty()) {
      throw new NotFoundProblem("corpus", corpusId);
    }
  }

  private static @Nullable DocumentCursor cursor(@Nullable String after) {
    return after == null
        ? null
        : DocumentCursor.parse(after)
            .orElseThrow(() -> new InvalidProblem("after", "not a cursor of this list"));
  }
}
