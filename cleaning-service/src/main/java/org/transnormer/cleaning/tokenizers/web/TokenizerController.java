package org.transnormer.cleaning.tokenizers.web;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
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
import org.transnormer.cleaning.tokenizers.ImportedTokenizers;
import org.transnormer.cleaning.tokenizers.LaunchTokenizer;
import org.transnormer.cleaning.tokenizers.TokenizerRecord;
import org.transnormer.cleaning.tokenizers.TokenizerStore;
import org.transnormer.cleaning.tokenizers.Tokenizers;
import org.transnormer.cleaning.work.web.Actors;
import org.transnormer.cleaning.work.web.WorkActions;
import org.transnormer.cleaning.work.web.WorkViews;
import org.transnormer.model.tokenizer.InvalidTokenizerException;
import org.transnormer.model.tokenizer.Tokenizer;
import org.transnormer.model.tokenizer.TokenizerJson;
import org.transnormer.support.Ids;
import org.transnormer.support.Page;
import org.transnormer.support.WorkStatus;
import org.transnormer.support.idempotency.Idempotent;
import org.transnormer.support.openapi.Answers;
import org.transnormer.support.problems.InvalidProblem;
import org.transnormer.support.problems.NotFoundProblem;
import tools.jackson.databind.JsonNode;

@RestController
@Tag(name = "tokenizers", description = "Tokenizers, trained on a snapshot or brought from outside")
@RequestMapping(TokenizerController.PATH)
class TokenizerController {

  static final String PATH = "/api/v1/tokenizers";

  /** 256 bytes and the end-of-document token. */
  private static final int SMALLEST = 257;

  private static final int LARGEST = 1 << 20;

  private final LaunchTokenizer launch;
  private final Tokenizers tokenizers;
  private final ImportedTokenizers imported;
  private final TokenizerStore files;
  private final UseSnapshot snapshots;
  private final WorkViews views;
  private final WorkActions actions;

  TokenizerController(
      LaunchTokenizer launch,
      Tokenizers tokenizers,
      ImportedTokenizers imported,
      TokenizerStore files,
      UseSnapshot snapshots,
      WorkViews views,
      WorkActions actions) {
    this.launch = launch;
    this.tokenizers = tokenizers;
    this.imported = imported;
    this.files = files;
    this.snapshots = snapshots;
    this.views = views;
    this.actions = actions;
  }

  /** Learns from the train split of the snapshot. */
  record TrainRequest(
      @NotBlank String snapshotId,
      @NotNull @Min(SMALLEST) @Max(LARGEST) Integer vocabSize,
      @Nullable @Size(max = 200) String name) {}

  /**
   * Either of the two.
   *
   * @param uri file:/// of a tokenizer.json in a configured folder
   * @param tokenizer the tokenizer.json itself
   */
  record RegisterRequest(
      @Nullable @Size(max = 200) String name,
      @Nullable String uri,
      @Schema(type = "object") @Nullable JsonNode tokenizer) {}

  /**
   * @param sha256 of the tokenizer.json; absent until it exists
   */
  record TokenizerView(
      String id,
      @Nullable String name,
      WorkStatus status,
      int vocabSize,
      TokenizerRecord.Origin origin,
      @Nullable String snapshotId,
      @Nullable String sha256,
      @Nullable String prefix,
      @Nullable String jobId,
      String launchedBy,
      Instant createdAt) {}

  private TokenizerView view(TokenizerRecord tokenizer) {
    return new TokenizerView(
        tokenizer.id(),
        tokenizer.name(),
        views.status(tokenizer.work()),
        tokenizer.vocabSize(),
        tokenizer.origin(),
        tokenizer.snapshotId(),
        tokenizer.sha256(),
        tokenizer.prefix(),
        WorkViews.jobId(tokenizer.work()),
        tokenizer.work().launchedBy(),
        tokenizer.work().createdAt());
  }

  @Operation(summary = "Train a tokenizer on a snapshot")
  @Answers(problems = 404)
  @ResponseStatus(HttpStatus.ACCEPTED)
  @PostMapping
  @Idempotent
  ResponseEntity<TokenizerView> train(@RequestBody @Valid TrainRequest request) throws IOException {
    TokenizerRecord tokenizer =
        snapshots.use(
            request.snapshotId(),
            "a tokenizer that is being launched",
            (snapshot, announcement) ->
                launch.train(
                    snapshot.id(),
                    request.vocabSize(),
                    request.name(),
                    announcement,
                    Actors.current()));
    return ResponseEntity.accepted()
        .location(URI.create(PATH + "/" + tokenizer.id()))
        .body(view(tokenizer));
  }

  @Operation(summary = "Bring a tokenizer from outside")
  @ResponseStatus(HttpStatus.CREATED)
  @PostMapping("/register")
  ResponseEntity<TokenizerView> register(@RequestBody @Valid RegisterRequest request)
      throws IOException {
    TokenizerRecord tokenizer = launch.register(checked(request), request.name(), Actors.current());
    return ResponseEntity.created(URI.create(PATH + "/" + tokenizer.id())).body(view(tokenizer));
  }

  private TokenizerJson checked(RegisterRequest request) throws IOException {
    String at = request.uri() == null ? "/tokenizer" : "/uri";
    try {
      TokenizerJson json = read(request);
      Tokenizer.load(json); // it must not only parse, it must work
      return json;
    } catch (ImportedTokenizers.RefusedException | InvalidTokenizerException e) {
      throw new InvalidProblem(at, String.valueOf(e.getMessage()));
    }
  }

  private TokenizerJson read(RegisterRequest request) throws IOException {
    if (request.uri() != null && request.tokenizer() == null) {
      return imported.read(request.uri());
    }
    if (request.tokenizer() != null && request.uri() == null) {
      return TokenizerJson.of(request.tokenizer().toString().getBytes(StandardCharsets.UTF_8));
    }
    throw new InvalidProblem("/uri", "either uri or tokenizer is required");
  }

  @Operation(summary = "List tokenizers, newest first")
  @GetMapping
  Page<TokenizerView> list(
      @RequestParam @Nullable String snapshot,
      @RequestParam @Nullable String after,
      @RequestParam @Nullable Integer limit) {
    int most = Page.limit(limit);
    return Page.of(
            tokenizers.list(snapshot, Page.after(after, Ids::isId), most + 1),
            most,
            TokenizerRecord::id)
        .map(this::view);
  }

  @Operation(summary = "A tokenizer")
  @GetMapping("/{id}")
  TokenizerView one(@PathVariable String id) {
    return view(require(id));
  }

  /** The tokenizer.json itself, as Hugging Face's library reads it. */
  @Operation(summary = "The tokenizer.json itself, as Hugging Face's library reads it")
  @GetMapping(path = "/{id}/tokenizer.json", produces = MediaType.APPLICATION_JSON_VALUE)
  @io.swagger.v3.oas.annotations.responses.ApiResponse(
      responseCode = "200",
      content = @io.swagger.v3.oas.annotations.media.Content(schema = @Schema(type = "object")))
  byte[] file(@PathVariable String id) throws IOException {
    String sha256 = require(id).sha256();
    if (sha256 == null) {
      throw new NotFoundProblem("file of tokenizer", id);
    }
    return files.load(sha256).json();
  }

  @Operation(summary = "Stop the training after what is now at work; restart goes on from there")
  @Answers(problems = 409)
  @ResponseStatus(HttpStatus.ACCEPTED)
  @PostMapping("/{id}/stop")
  ResponseEntity<TokenizerView> stop(@PathVariable String id) {
    actions.stop(require(id).id(), PATH + "/" + id);
    return ResponseEntity.accepted().location(URI.create(PATH + "/" + id)).body(one(id));
  }

  @Operation(summary = "Go on with a training that stopped or failed")
  @ResponseStatus(HttpStatus.ACCEPTED)
  @PostMapping("/{id}/restart")
  @Idempotent
  ResponseEntity<TokenizerView> restart(@PathVariable String id) {
    actions.restart(require(id).id(), PATH + "/" + id);
    return ResponseEntity.accepted().location(URI.create(PATH + "/" + id)).body(one(id));
  }

  private TokenizerRecord require(String id) {
    return tokenizers.find(id).orElseThrow(() -> new NotFoundProblem("tokenizer", id));
  }
}
