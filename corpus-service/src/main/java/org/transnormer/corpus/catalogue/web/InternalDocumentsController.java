package org.transnormer.corpus.catalogue.web;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.io.IOException;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.transnormer.corpus.catalogue.Shards;
import org.transnormer.corpus.corpora.Corpora;
import org.transnormer.support.problems.NotFoundProblem;

/** What other services ask. */
@RestController
@RequestMapping("/internal/v1")
@Tag(name = "internal")
class InternalDocumentsController {
  private final Corpora corpora;
  private final Shards shards;
  private final DocumentsController documents;

  InternalDocumentsController(Corpora corpora, Shards shards, DocumentsController documents) {
    this.corpora = corpora;
    this.shards = shards;
    this.documents = documents;
  }

  @GetMapping("/documents/{documentId}")
  @Operation(summary = "One document with its text")
  DocumentView document(@PathVariable String documentId) throws IOException {
    return documents.one(documentId);
  }

  @GetMapping("/corpora/{corpusId}/shards")
  @Operation(summary = "All shards of a corpus in order of their digests")
  List<ShardView> shards(@PathVariable String corpusId) {
    if (corpora.find(corpusId).isEmpty()) {
      throw new NotFoundProblem("corpus", corpusId);
    }
    return shards.list(corpusId, null, null, Integer.MAX_VALUE).stream()
        .map(ShardView::of)
        .toList();
  }
}
