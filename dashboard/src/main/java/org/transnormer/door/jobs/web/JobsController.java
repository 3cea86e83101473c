package org.transnormer.door.jobs.web;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.transnormer.door.jobs.GatheredJobs;
import org.transnormer.support.Page;
import org.transnormer.support.kafka.DeadLetters;
import org.transnormer.support.security.Caller;
import tools.jackson.databind.JsonNode;

/** The gathered lists. One job, and what is done to it, goes to its service by the id. */
@RestController
@Tag(name = "jobs", description = "Jobs and dead letters of all services in one list")
class JobsController {
  private final GatheredJobs jobs;
  private final DeadLetters own;

  JobsController(GatheredJobs jobs, DeadLetters own) {
    this.jobs = jobs;
    this.own = own;
  }

  /**
   * @param away services that did not answer: their part is missing
   */
  record GatheredView(List<JsonNode> items, List<String> away) {
    static GatheredView of(GatheredJobs.Gathered found) {
      return new GatheredView(found.items(), found.away());
    }
  }

  @Operation(summary = "List the jobs of all services, the latest first")
  @GetMapping("/api/v1/jobs")
  GatheredView jobs(@RequestParam(required = false) @Nullable Integer limit) {
    return GatheredView.of(jobs.jobs(Page.limit(limit)));
  }

  @Operation(summary = "List the dead letters of all services, the latest first")
  @GetMapping("/api/v1/system/dead-letters")
  GatheredView deadLetters(@RequestParam(required = false) @Nullable Integer limit) {
    return GatheredView.of(jobs.deadLetters(Page.limit(limit)));
  }

  /** Of the door itself; those of the other services are handed on to them. */
  @Operation(summary = "Send a dead letter of the door to its topic again")
  @PostMapping("/api/v1/system/dead-letters/door/{id}/replay")
  @ResponseStatus(HttpStatus.ACCEPTED)
  void replay(@PathVariable String id) {
    own.replay(id, Caller.current().subject());
  }
}
