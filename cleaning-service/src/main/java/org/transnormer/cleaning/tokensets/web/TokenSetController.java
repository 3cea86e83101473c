package org.transnormer.cleaning.tokensets.web;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.transnormer.cleaning.snapshots.UseSnapshot;
import org.transnormer.cleaning.tokenizers.TokenizerRecord;
import org.transnormer.cleaning.tokenizers.Tokenizers;
import org.transnormer.cleaning.tokensets.LaunchTokenSet;
import org.transnormer.cleaning.tokensets.TokenSetRecord;
import org.transnormer.cleaning.tokensets.TokenSets;
import org.transnormer.cleaning.work.web.Actors;
import org.transnormer.cleaning.work.web.WorkActions;
import org.transnormer.cleaning.work.web.WorkViews;
import org.transnormer.support.Ids;
import org.transnormer.support.Page;
import org.transnormer.support.WorkStatus;
import org.transnormer.support.idempotency.Idempotent;
import org.transnormer.support.openapi.Answers;
import org.transnormer.support.problems.ConflictProblem;
import org.transnormer.support.problems.NotFoundProblem;

@RestController
@Tag(name = "token sets", description = "Snapshots as tokens, ready to train on")
@RequestMapping(TokenSetController.PATH)
class TokenSetController {

  static final String PATH = "/api/v1/token-sets";

  private final LaunchTokenSet launch;
  private final TokenSets tokenSets;
  private final Tokenizers tokenizers;
  private final UseSnapshot snapshots;
  private final WorkViews views;
  private final WorkActions actions;

  TokenSetController(
      LaunchTokenSet launch,
      TokenSets tokenSets,
      Tokenizers tokenizers,
      UseSnapshot snapshots,
      WorkViews views,
      WorkActions actions) {
    this.launch = launch;
    this.tokenSets = tokenSets;
    this.tokenizers = tokenizers;
    this.snapshots = snapshots;
    this.views = views;
    this.actions = actions;
  }

  record MakeRequest(@NotBlank String snapshotId, @NotBlank String tokenizerId) {}

  /**
   * @param prefix where it lies in the store
   * @param digest of its manifest; absent, like the figures, until it is committed
   */
  record TokenSetView(
      String id,
      WorkStatus status,
      String snapshotId,
      String tokenizerId,
      String tokenizerSha256,
      String prefix,
      @Nullable String digest,
      @Nullable Integer vocabSize,
      @Nullable BySplit tokens,
      @Nullable BySplit documents,
      @Nullable BySplit bytes,
      @Nullable StatisticsView statistics,
      @Nullable String jobId,
      String launchedBy,
      Instant createdAt) {}

  record BySplit(long train, long heldout) {}

  /**
   * What simple models reach; a language model has to do better. All in nats per token.
   *
   * @param unigramEntropyNats entropy of the train tokens
   * @param unigramHeldoutNats loss of the train tokens' distribution on the held-out tokens
   * @param kneserNeyBigramHeldoutNats loss of an interpolated Kneser-Ney bigram on the held-out
   *     tokens
   */
  record StatisticsView(
      double unigramEntropyNats,
      @Nullable Double unigramHeldoutNats,
      @Nullable Double kneserNeyBigramHeldoutNats) {}

  private TokenSetView view(TokenSetRecord set) {
    TokenSetRecord.Result result = set.result();
    return new TokenSetView(
        set.id(),
        views.status(set.work()),
        set.snapshotId(),
        set.tokenizerId(),
        set.tokenizerSha256(),
        set.prefix(),
        result == null ? null : result.digest(),
        result == null ? null : result.vocabSize(),
        result == null ? null : new BySplit(result.train().tokens(), result.heldout().tokens()),
        result == null
            ? null
            : new BySplit(result.train().documents(), result.heldout().documents()),
        result == null ? null : new BySplit(result.train().bytes(), result.heldout().bytes()),
        result == null
            ? null
            : new StatisticsView(
                result.unigramEntropyNats(),
                result.unigramHeldoutNats(),
                result.kneserNeyBigramNats()),
        WorkViews.jobId(set.work()),
        set.work().launchedBy(),
        set.work().createdAt());
  }

  @Operation(summary = "Tokenise a snapshot")
  @Answers(problems = 404)
  @ResponseStatus(HttpStatus.ACCEPTED)
  @PostMapping
  @Idempotent
  ResponseEntity<TokenSetView> make(@RequestBody @Valid MakeRequest request) throws IOException {
    TokenizerRecord tokenizer =
        tokenizers
            .find(request.tokenizerId())
            .orElseThrow(() -> new NotFoundProblem("tokenizer", request.tokenizerId()));
    String sha256 = tokenizer.sha256();
    if (sha256 == null) {
      throw new ConflictProblem(
          "tokenizer %s is %s".formatted(tokenizer.id(), tokenizer.work().state().label()));
    }
    TokenSetRecord set =
        snapshots.use(
            request.snapshotId(),
            "a token set that is being launched",
            (snapshot, announcement) ->
                launch.launch(snapshot.id(), tokenizer, sha256, announcement, Actors.current()));
    return ResponseEntity.accepted().location(URI.create(PATH + "/" + set.id())).body(view(set));
  }

  @Operation(summary = "List token sets, newest first")
  @GetMapping
  Page<TokenSetView> list(
      @RequestParam @Nullable String snapshot,
      @RequestParam @Nullable String after,
      @RequestParam @Nullable Integer limit) {
    int most = Page.limit(limit);
    return Page.of(
            tokenSets.list(snapshot, Page.after(after, Ids::isId), most + 1),
            most,
            TokenSetRecord::id)
        .map(this::view);
  }

  @Operation(summary = "A token set with its figures")
  @GetMapping("/{id}")
  TokenSetView one(@PathVariable String id) {
    return view(require(id));
  }

  @Operation(summary = "Stop the tokenising after what is now at work; restart goes on from there")
  @Answers(problems = 409)
  @ResponseStatus(HttpStatus.ACCEPTED)
  @PostMapping("/{id}/stop")
  ResponseEntity<TokenSetView> stop(@PathVariable String id) {
    actions.stop(require(id).id(), PATH + "/" + id);
    return ResponseEntity.accepted().location(URI.create(PATH + "/" + id)).body(one(id));
  }

  @Operation(summary = "Go on with a tokenising that stopped or failed")
  @ResponseStatus(HttpStatus.ACCEPTED)
  @PostMapping("/{id}/restart")
  @Idempotent
  ResponseEntity<TokenSetView> restart(@PathVariable String id) {
    actions.restart(require(id).id(), PATH + "/" + id);
    return ResponseEntity.accepted().location(URI.create(PATH + "/" + id)).body(one(id));
  }

  private TokenSetRecord require(String id) {
    return tokenSets.find(id).orElseThrow(() -> new NotFoundProblem("token set", id));
  }
}
