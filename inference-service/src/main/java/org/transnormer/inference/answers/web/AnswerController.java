package org.transnormer.inference.answers.web;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.transnormer.inference.answers.Answer;
import org.transnormer.inference.answers.Answers;
import org.transnormer.support.problems.NotFoundProblem;

/** {@code /api/v1/answers}: which checkpoint gave an answer. */
@RestController
@Tag(name = "answers", description = "Which checkpoint gave an answer")
@RequestMapping("/api/v1/answers")
class AnswerController {

  private final Answers answers;

  AnswerController(Answers answers) {
    this.answers = answers;
  }

  record Tokens(int prompt, int completion) {}

  record View(
      String id,
      String deployment,
      String checkpointId,
      Instant createdAt,
      Tokens tokens,
      String caller) {}

  @Operation(summary = "An answer: its checkpoint, its caller and its tokens")
  @GetMapping("/{id}")
  View get(@PathVariable String id) {
    return answers.find(id).map(AnswerController::view).orElseThrow(() -> missing(id));
  }

  private static View view(Answer answer) {
    return new View(
        answer.id(),
        answer.deployment(),
        answer.checkpointId(),
        answer.createdAt(),
        new Tokens(answer.usage().promptTokens(), answer.usage().completionTokens()),
        answer.caller());
  }

  private static NotFoundProblem missing(String id) {
    return new NotFoundProblem("answer", id);
  }
}
