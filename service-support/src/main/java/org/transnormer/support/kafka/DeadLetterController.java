package org.transnormer.support.kafka;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.transnormer.support.Page;
import org.transnormer.support.security.Caller;

/** This service's dead letters, newest first. */
@RestController
@RequestMapping("/api/v1/dead-letters")
@Tag(
    name = "dead letters",
    description = "Events that could not be handled, to look at and to send again")
public final class DeadLetterController {
  private final DeadLetters letters;

  public DeadLetterController(DeadLetters letters) {
    this.letters = letters;
  }

  @Operation(summary = "List dead letters, the latest first")
  @GetMapping
  Page<DeadLetter> list(
      @RequestParam(required = false) @Nullable UUID after,
      @RequestParam(required = false) @Nullable Integer limit) {
    int size = Page.limit(limit);
    return Page.of(
        letters.list(after == null ? null : after.toString(), size + 1), size, DeadLetter::id);
  }

  @Operation(summary = "Send a dead letter to its topic again")
  @PostMapping("/{id}/replay")
  @ResponseStatus(HttpStatus.ACCEPTED)
  void replay(@PathVariable String id) {
    letters.replay(id, Caller.current().subject());
  }
}
