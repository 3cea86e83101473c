package org.transnormer.trainer.checkpoints.web;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.transnormer.support.Ids;
import org.transnormer.support.Page;
import org.transnormer.support.openapi.Answers;
import org.transnormer.support.problems.InvalidProblem;
import org.transnormer.support.problems.NotFoundProblem;
import org.transnormer.support.security.Caller;
import org.transnormer.trainer.audit.Actor;
import org.transnormer.trainer.checkpoints.Checkpoint;
import org.transnormer.trainer.checkpoints.Checkpoints;
import org.transnormer.trainer.checkpoints.RegisterCheckpoint;
import org.transnormer.trainer.checkpoints.RegisterCheckpoint.Registered;
import org.transnormer.trainer.checkpoints.UnusableCheckpointException;

/** {@code /api/v1/checkpoints}: what was committed, and checkpoints from outside. */
@Tag(
    name = "checkpoints",
    description = "Checkpoints that runs committed or that came from outside")
@RestController
@RequestMapping(CheckpointController.PATH)
class CheckpointController {

  static final String PATH = "/api/v1/checkpoints";

  private final Checkpoints checkpoints;
  private final RegisterCheckpoint registerCheckpoint;

  CheckpointController(Checkpoints checkpoints, RegisterCheckpoint registerCheckpoint) {
    this.checkpoints = checkpoints;
    this.registerCheckpoint = registerCheckpoint;
  }

  /**
   * @param uri {@code file:///folder} below a configured root, or {@code s3://bucket/prefix}
   * @param digests SHA-256 by file name; checked whether or not the folder has a manifest
   */
  record RegisterCheckpointRequest(@NotBlank String uri, @Nullable Map<String, String> digests) {}

  @Operation(summary = "List checkpoints, newest first")
  @GetMapping
  Page<CheckpointView> list(
      @RequestParam(required = false) @Nullable String run,
      @RequestParam(required = false) @Nullable String after,
      @RequestParam(required = false) @Nullable Integer limit) {
    int most = Page.limit(limit);
    return Page.of(
            checkpoints.list(
                Optional.ofNullable(run),
                Optional.ofNullable(Page.after(after, Ids::isId)),
                most + 1),
            most,
            Checkpoint::id)
        .map(CheckpointView::of);
  }

  @Operation(summary = "A checkpoint")
  @GetMapping("/{id}")
  CheckpointView get(@PathVariable String id) {
    return checkpoints
        .find(id)
        .map(CheckpointView::of)
        .orElseThrow(() -> new NotFoundProblem("checkpoint", id));
  }

  @Operation(
      summary = "Copy a checkpoint from outside into the store",
      description =
          "A folder with a manifest, or one in the layout of the released models. Every digest is"
              + " checked and the weights are opened first. The same content is one checkpoint.")
  @Answers(problems = 422)
  @ApiResponse(
      responseCode = "200",
      description = "The content is a checkpoint already",
      useReturnTypeSchema = true)
  @ApiResponse(responseCode = "201", description = "Copied", useReturnTypeSchema = true)
  @PostMapping
  ResponseEntity<CheckpointView> register(@Valid @RequestBody RegisterCheckpointRequest request)
      throws IOException {
    try {
      Registered registered =
          registerCheckpoint.register(
              request.uri(), Objects.requireNonNullElse(request.digests(), Map.of()), actor());
      CheckpointView view = CheckpointView.of(registered.checkpoint());
      return registered.known()
          ? ResponseEntity.ok(view)
          : ResponseEntity.created(URI.create(PATH + "/" + view.id())).body(view);
    } catch (UnusableCheckpointException e) {
      throw new CheckpointRefusedProblem(e);
    } catch (IllegalArgumentException e) {
      throw new InvalidProblem("/uri", String.valueOf(e.getMessage()));
    }
  }

  private static Actor actor() {
    Caller caller = Caller.current();
    return new Actor(caller.subject(), caller.role().text(), caller.name());
  }
}
