package org.transnormer.trainer.removal.web;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.transnormer.support.openapi.Answers;
import org.transnormer.support.removal.Removable;
import org.transnormer.support.removal.Removal;
import org.transnormer.support.removal.RemoveThings;
import org.transnormer.support.security.Caller;
import org.transnormer.trainer.checkpoints.DisposeCheckpoints;
import org.transnormer.trainer.removal.Removables;

/** Removal over HTTP. */
@RestController
@RequestMapping("/api/v1")
class RemovalController {
  private static final String DRY_RUN = "With dryRun=true only says what would happen.";

  private final RemoveThings remove;
  private final Removables removables;
  private final DisposeCheckpoints disposeCheckpoints;

  RemovalController(
      RemoveThings remove, Removables removables, DisposeCheckpoints disposeCheckpoints) {
    this.remove = remove;
    this.removables = removables;
    this.disposeCheckpoints = disposeCheckpoints;
  }

  @Tag(name = "training runs")
  @Operation(
      summary = "Delete a run that has ended, with its checkpoints, if nothing refers to them",
      description = DRY_RUN)
  @Answers(problems = {409, 503})
  @DeleteMapping("/training-runs/{id}")
  Removal run(@PathVariable String id, @RequestParam(defaultValue = "false") boolean dryRun) {
    return removed(removables.run(id), dryRun);
  }

  @Tag(name = "checkpoints")
  @Operation(summary = "Delete a checkpoint that nothing refers to", description = DRY_RUN)
  @Answers(problems = {409, 503})
  @DeleteMapping("/checkpoints/{id}")
  Removal checkpoint(
      @PathVariable String id, @RequestParam(defaultValue = "false") boolean dryRun) {
    return removed(removables.checkpoint(id), dryRun);
  }

  @Tag(name = "aliases")
  @Operation(summary = "Delete an alias that no deployment follows", description = DRY_RUN)
  @Answers(problems = {409, 503})
  @DeleteMapping("/aliases/{name}")
  Removal alias(@PathVariable String name, @RequestParam(defaultValue = "false") boolean dryRun) {
    return removed(removables.alias(name), dryRun);
  }

  private Removal removed(Removable thing, boolean dryRun) {
    Removal removal = remove.remove(thing, dryRun, Caller.current());
    if (!dryRun) {
      disposeCheckpoints.sweep();
    }
    return removal;
  }
}
