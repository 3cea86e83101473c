package org.transnormer.support.batch.jobs;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.time.Instant;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.transnormer.support.Page;
import org.transnormer.support.Transactions;
import org.transnormer.support.batch.JobStarter;
import org.transnormer.support.events.AuditEvent;
import org.transnormer.support.events.Topics;
import org.transnormer.support.idempotency.Idempotent;
import org.transnormer.support.idempotency.Launches;
import org.transnormer.support.openapi.Answers;
import org.transnormer.support.outbox.Outbox;
import org.transnormer.support.problems.ConflictProblem;
import org.transnormer.support.problems.InvalidProblem;
import org.transnormer.support.problems.NotFoundProblem;
import org.transnormer.support.security.Caller;

/** The jobs of this service. Any execution's id names the job; the newest one answers. */
@RestController
@RequestMapping(JobsController.PATH)
@Tag(
    name = "jobs",
    description = "The executions behind long work: steps, counts, rates and errors")
final class JobsController {
  static final String PATH = "/api/v1/jobs";

  private final String service;
  private final JobViews views;
  private final JobStarter starter;
  private final Outbox outbox;
  private final Transactions transactions;
  private final Launches launches;

  JobsController(
      String service,
      JobViews views,
      JobStarter starter,
      Outbox outbox,
      Transactions transactions,
      Launches launches) {
    this.service = service;
    this.views = views;
    this.starter = starter;
    this.outbox = outbox;
    this.transactions = transactions;
    this.launches = launches;
  }

  @Operation(summary = "List jobs, the latest first")
  @GetMapping
  Page<JobView> list(
      @RequestParam(required = false) @Nullable String after,
      @RequestParam(required = false) @Nullable Integer limit) {
    OptionalLong before = OptionalLong.empty();
    if (after != null) {
      before = views.executionId(after);
      if (before.isEmpty()) {
        throw new InvalidProblem("after", "not an id of a job of " + service);
      }
    }
    return views.list(before, Page.limit(limit));
  }

  @Operation(summary = "A job with its steps, partitions and errors")
  @GetMapping("/{id}")
  JobView one(@PathVariable String id) {
    return views.find(execution(id)).orElseThrow(() -> new NotFoundProblem("job", id));
  }

  @Operation(summary = "Stop a job after what is now at work; restart goes on from there")
  @Answers(problems = 409)
  @PostMapping("/{id}/stop")
  @ResponseStatus(HttpStatus.ACCEPTED)
  ResponseEntity<JobView> stop(@PathVariable String id) {
    long newest = newest(id);
    attempt(() -> starter.stop(newest));
    record("job.stop", id);
    return accepted(newest);
  }

  @Operation(summary = "Go on with a job that stopped or failed")
  @Idempotent
  @PostMapping("/{id}/restart")
  @ResponseStatus(HttpStatus.ACCEPTED)
  ResponseEntity<JobView> restart(@PathVariable String id) {
    long newest = newest(id);
    long[] next = {newest};
    attempt(() -> next[0] = starter.restart(newest));
    transactions.inTransaction(() -> {
      publish("job.restart", id);
      launches.launched(PATH + "/" + views.id(next[0]));
    });
    return accepted(next[0]);
  }

  @Operation(summary = "Give a job up for good")
  @Answers(problems = 409)
  @PostMapping("/{id}/abandon")
  @ResponseStatus(HttpStatus.ACCEPTED)
  ResponseEntity<JobView> abandon(@PathVariable String id) {
    long newest = newest(id);
    attempt(() -> starter.abandon(newest));
    record("job.abandon", id);
    return accepted(newest);
  }

  private long execution(String id) {
    return views.executionId(id).orElseThrow(() -> new NotFoundProblem("job", id));
  }

  private long newest(String id) {
    return execution(one(id).id());
  }

  private ResponseEntity<JobView> accepted(long execution) {
    JobView job = one(views.id(execution));
    return ResponseEntity.accepted().location(URI.create(PATH + "/" + job.id())).body(job);
  }

  /** The starter refuses what the job's state does not allow. */
  private static void attempt(Runnable action) {
    try {
      action.run();
    } catch (IllegalStateException e) {
      throw new ConflictProblem(String.valueOf(e.getMessage()));
    }
  }

  private void record(String action, String id) {
    transactions.inTransaction(() -> publish(action, id));
  }

  private void publish(String action, String id) {
    Caller caller = Caller.current();
    AuditEvent event =
        new AuditEvent(
            caller.subject(),
            caller.role().text(),
            action,
            PATH + "/" + id,
            Instant.now(),
            service,
            null);
    outbox.publish(Topics.AUDIT, id, event);
  }
}
