package org.transnormer.door.lineage.web;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.transnormer.door.lineage.AnswerLineage;
import org.transnormer.door.lineage.DocumentLineage;
import org.transnormer.door.lineage.Step;
import org.transnormer.support.problems.NotFoundProblem;
import tools.jackson.databind.JsonNode;

@RestController
@Tag(name = "lineage", description = "From an answer to documents, and back")
class LineageController {
  private static final String LEGAL = "[A-Za-z0-9._-]{1,100}";

  private final AnswerLineage answers;
  private final DocumentLineage documents;

  LineageController(AnswerLineage answers, DocumentLineage documents) {
    this.answers = answers;
    this.documents = documents;
  }

  /**
   * @param summary the link in one line
   */
  record StepView(
      String kind,
      @Nullable String id,
      @Nullable String title,
      @Nullable String href,
      Map<String, Object> facts,
      String summary,
      @Nullable String missing) {

    static StepView of(Step step) {
      return new StepView(
          step.kind(),
          step.id(),
          step.title(),
          step.href(),
          step.facts(),
          step.summary(),
          step.missing());
    }
  }

  record AnswerView(
      String answerId, List<StepView> trail, List<AnswerLineage.SampleDocument> documents) {}

  record DocumentView(String documentId, List<StepView> trail, List<JsonNode> verdicts) {}

  /** From an answer to the documents its model was trained on. */
  @Operation(summary = "From an answer to the documents that its model was trained on")
  @GetMapping("/api/v1/lineage/answers/{id}")
  AnswerView answer(@PathVariable String id) {
    AnswerLineage.Lineage found = answers.of(legal("answer", id));
    return new AnswerView(id, views(found.trail()), found.documents());
  }

  /** From a document to everything that was made from it. */
  @Operation(summary = "From a document to everything that was made from it")
  @GetMapping("/api/v1/lineage/documents/{id}")
  DocumentView document(@PathVariable String id) {
    DocumentLineage.Lineage found = documents.of(legal("document", id));
    return new DocumentView(id, views(found.trail()), found.verdicts());
  }

  private static List<StepView> views(List<Step> trail) {
    return trail.stream().map(StepView::of).toList();
  }

  /** The id goes into paths of other services. */
  private static String legal(String kind, String id) {
    if (!id.matches(LEGAL)) {
      throw new NotFoundProblem(kind, id);
    }
    return id;
  }
}
