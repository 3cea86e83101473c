package org.transnormer.cleaning.runs.web;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.transnormer.artifacts.documents.Document;
import org.transnormer.cleaning.review.Decision;
import org.transnormer.cleaning.review.ReviewItem;
import org.transnormer.cleaning.review.ReviewItems;
import org.transnormer.cleaning.runs.RunExplorer;
import org.transnormer.cleaning.work.Actor;
import org.transnormer.cleaning.work.AuditTrail;
import org.transnormer.cleaning.work.web.Actors;
import org.transnormer.support.Ids;
import org.transnormer.support.Page;
import org.transnormer.support.Transactions;
import org.transnormer.support.problems.InvalidProblem;
import org.transnormer.support.problems.NotFoundProblem;

@RestController
@Tag(name = "review", description = "Documents near a cut, for people to decide")
@RequestMapping(ReviewController.PATH)
class ReviewController {

  static final String PATH = "/api/v1/review-items";

  private final ReviewItems items;
  private final RunExplorer explorer;
  private final AuditTrail audit;
  private final Transactions transactions;

  ReviewController(
      ReviewItems items, RunExplorer explorer, AuditTrail audit, Transactions transactions) {
    this.items = items;
    this.explorer = explorer;
    this.audit = audit;
    this.transactions = transactions;
  }

  /**
   * @param score nats per token
   * @param limit the cut it lies near
   * @param proposal what the cut does with the document: keep or drop
   * @param text as it was judged; only where a single item is asked for
   */
  record ReviewItemView(
      String id,
      String runId,
      int round,
      String documentId,
      String stratum,
      double score,
      double limit,
      String proposal,
      ReviewItem.State state,
      @Nullable String decidedBy,
      @Nullable Instant decidedAt,
      @Nullable String source,
      @Nullable String text) {

    static ReviewItemView of(ReviewItem item, @Nullable Document document) {
      return new ReviewItemView(
          item.id(),
          item.runId(),
          item.round(),
          item.documentId(),
          item.stratum(),
          item.score(),
          item.limit(),
          item.keep() ? "keep" : "drop",
          item.state(),
          item.decidedBy(),
          item.decidedAt(),
          document == null ? null : document.source(),
          document == null ? null : document.text());
    }
  }

  /**
   * @param decision accept keeps the document, reject drops it
   */
  record DecisionRequest(@NotNull Decision decision) {}

  @Operation(summary = "List review items in order of creation")
  @GetMapping
  Page<ReviewItemView> list(
      @RequestParam @Nullable String run,
      @RequestParam @Nullable Integer round,
      @RequestParam @Nullable String state,
      @RequestParam @Nullable String after,
      @RequestParam @Nullable Integer limit) {
    int most = Page.limit(limit);
    ReviewItems.Filter filter = new ReviewItems.Filter(run, round, state(state));
    return Page.of(items.list(filter, Page.after(after, Ids::isId), most + 1), most, ReviewItem::id)
        .map(item -> ReviewItemView.of(item, null));
  }

  private static ReviewItem.@Nullable State state(@Nullable String label) {
    if (label == null) {
      return null;
    }
    return Arrays.stream(ReviewItem.State.values())
        .filter(each -> each.label().equals(label))
        .findFirst()
        .orElseThrow(() -> new InvalidProblem("state", "'" + label + "' is not a state"));
  }

  @Operation(summary = "A review item with the text as it was judged")
  @GetMapping("/{id}")
  ReviewItemView one(@PathVariable String id) throws IOException {
    ReviewItem item = require(id);
    return ReviewItemView.of(item, explorer.read(item.runId(), item.part(), item.ordinal()));
  }

  @Operation(summary = "Keep or drop the document of a review item")
  @PostMapping("/{id}/decision")
  ReviewItemView decide(@PathVariable String id, @RequestBody @Valid DecisionRequest request) {
    require(id);
    Actor actor = Actors.current();
    transactions.inTransaction(() -> {
      items.decide(id, request.decision(), actor.name());
      audit.record(actor, "review-item.decide", PATH + "/" + id, request.decision().label());
    });
    return ReviewItemView.of(require(id), null);
  }

  private ReviewItem require(String id) {
    return items.find(id).orElseThrow(() -> new NotFoundProblem("review item", id));
  }
}
