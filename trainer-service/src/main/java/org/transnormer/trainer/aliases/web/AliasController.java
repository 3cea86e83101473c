package org.transnormer.trainer.aliases.web;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.transnormer.support.Page;
import org.transnormer.support.openapi.Answers;
import org.transnormer.support.problems.InvalidProblem;
import org.transnormer.support.problems.NotFoundProblem;
import org.transnormer.support.problems.PreconditionFailedProblem;
import org.transnormer.support.security.Caller;
import org.transnormer.trainer.aliases.Alias;
import org.transnormer.trainer.aliases.Aliases;
import org.transnormer.trainer.aliases.MoveAlias;
import org.transnormer.trainer.audit.Actor;
import org.transnormer.trainer.checkpoints.Checkpoint;
import org.transnormer.trainer.checkpoints.Checkpoints;

/** {@code /api/v1/aliases}: names for checkpoints, and where they pointed. */
@Tag(name = "aliases", description = "Names for checkpoints, and where they pointed")
@RestController
@RequestMapping("/api/v1/aliases")
class AliasController {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
  private static final Pattern ETAG = Pattern.compile("\"(\\d{1,18})\"");

  private final Aliases aliases;
  private final Checkpoints checkpoints;
  private final MoveAlias moveAlias;

  AliasController(Aliases aliases, Checkpoints checkpoints, MoveAlias moveAlias) {
    this.aliases = aliases;
    this.checkpoints = checkpoints;
    this.moveAlias = moveAlias;
  }

  record MoveAliasRequest(@NotBlank String checkpointId) {}

  /**
   * @param prefix of the checkpoint's keys in the object store
   * @param version counts the moves; the ETag
   * @param history newest first
   */
  record AliasView(
      String name,
      String checkpointId,
      String prefix,
      String manifestDigest,
      long version,
      String movedBy,
      Instant movedAt,
      List<MoveView> history) {}

  record MoveView(long version, String checkpointId, String movedBy, Instant movedAt) {}

  @Operation(summary = "List aliases by name")
  @GetMapping
  Page<AliasView> list(
      @RequestParam(required = false) @Nullable String after,
      @RequestParam(required = false) @Nullable Integer limit) {
    int most = Page.limit(limit);
    String cursor = Page.after(after, name -> NAME.matcher(name).matches());
    return Page.of(aliases.list(Optional.ofNullable(cursor), most + 1), most, Alias::name)
        .map(this::view);
  }

  @Operation(summary = "An alias and its history")
  @Answers(headers = HttpHeaders.ETAG)
  @GetMapping("/{name}")
  ResponseEntity<AliasView> get(@PathVariable String name) {
    Alias alias = aliases.find(name).orElseThrow(() -> new NotFoundProblem("alias", name));
    return withTag(HttpStatus.OK, alias);
  }

  @Operation(
      summary = "Point an alias at a checkpoint",
      description =
          "With If-Match only an alias of that version is moved; with If-None-Match: * only a new"
              + " one is made.")
  @Answers(headers = HttpHeaders.ETAG)
  @ApiResponse(
      responseCode = "200",
      description = "Moved, or there already",
      useReturnTypeSchema = true)
  @ApiResponse(responseCode = "201", description = "New", useReturnTypeSchema = true)
  @PutMapping("/{name}")
  ResponseEntity<AliasView> put(
      @PathVariable String name,
      @Valid @RequestBody MoveAliasRequest request,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
      @RequestHeader(name = HttpHeaders.IF_NONE_MATCH, required = false)
          @Nullable String ifNoneMatch) {
    if (!NAME.matcher(name).matches()) {
      throw new InvalidProblem("/name", "must match " + NAME.pattern());
    }
    MoveAlias.Outcome outcome =
        moveAlias.move(name, request.checkpointId(), expected(ifMatch, ifNoneMatch), actor());
    return switch (outcome) {
      case MoveAlias.Moved(Alias alias, boolean created) ->
          withTag(created ? HttpStatus.CREATED : HttpStatus.OK, alias);
      case MoveAlias.Unchanged(Alias alias) -> withTag(HttpStatus.OK, alias);
      case MoveAlias.NoSuchCheckpoint _ ->
          throw new InvalidProblem(
              "/checkpointId", "there is no usable checkpoint " + request.checkpointId());
      case MoveAlias.OtherVersion(var alias) ->
          throw new PreconditionFailedProblem(
              alias
                  .map(each -> "alias %s is at version %d".formatted(name, each.version()))
                  .orElse("there is no alias " + name));
    };
  }

  private static OptionalLong expected(@Nullable String ifMatch, @Nullable String ifNoneMatch) {
    if ("*".equals(ifNoneMatch)) {
      return OptionalLong.of(0);
    }
    if (ifMatch == null) {
      return OptionalLong.empty();
    }
    Matcher tag = ETAG.matcher(ifMatch);
    if (!tag.matches()) {
      throw new InvalidProblem(HttpHeaders.IF_MATCH, "must be one strong ETag, is " + ifMatch);
    }
    return OptionalLong.of(Long.parseLong(tag.group(1)));
  }

  private ResponseEntity<AliasView> withTag(HttpStatus status, Alias alias) {
    return ResponseEntity.status(status).eTag("\"" + alias.version() + "\"").body(view(alias));
  }

  private AliasView view(Alias alias) {
    Checkpoint checkpoint = checkpoints.find(alias.checkpointId()).orElseThrow();
    return new AliasView(
        alias.name(),
        alias.checkpointId(),
        checkpoint.prefix(),
        checkpoint.manifestDigest(),
        alias.version(),
        alias.movedBy(),
        alias.movedAt(),
        aliases.history(alias.name()).stream()
            .map(move ->
                new MoveView(move.version(), move.checkpointId(), move.movedBy(), move.movedAt()))
            .toList());
  }

  private static Actor actor() {
    Caller caller = Caller.current();
    return new Actor(caller.subject(), caller.role().text(), caller.name());
  }
}
