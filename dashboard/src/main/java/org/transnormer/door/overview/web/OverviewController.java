package org.transnormer.door.overview.web;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.transnormer.door.overview.LookAround;
import org.transnormer.door.overview.Overview;

@RestController
@Tag(name = "overview", description = "The platform at a glance")
class OverviewController {
  private final LookAround lookAround;

  OverviewController(LookAround lookAround) {
    this.lookAround = lookAround;
  }

  /** What flows, what runs, and what waits for a person. Parts that are away are named. */
  @Operation(summary = "What flows, what runs, and what waits for a person")
  @GetMapping("/api/v1/overview")
  Overview overview() {
    return lookAround.now();
  }
}
