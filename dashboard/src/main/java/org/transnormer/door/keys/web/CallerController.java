package org.transnormer.door.keys.web;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.transnormer.door.keys.Keys;
import org.transnormer.support.problems.NotFoundProblem;

/**
 * Services record who did something by the id of a key; this gives its name to whoever may read.
 */
@RestController
@Tag(name = "keys", description = "API keys, and whose they are")
class CallerController {
  private final Keys keys;

  CallerController(Keys keys) {
    this.keys = keys;
  }

  record CallerName(String id, String name) {}

  /** Also of a key that was revoked. */
  @Operation(summary = "The name of a key, also of a revoked one")
  @GetMapping("/api/v1/callers/{id}")
  CallerName name(@PathVariable String id) {
    return keys.nameOf(id)
        .map(name -> new CallerName(id, name))
        .orElseThrow(() -> new NotFoundProblem("caller", id));
  }
}
