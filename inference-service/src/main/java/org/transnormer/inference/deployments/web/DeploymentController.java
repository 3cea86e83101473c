package org.transnormer.inference.deployments.web;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.transnormer.inference.deployments.CheckpointSource;
import org.transnormer.inference.deployments.CheckpointSource.UnknownCheckpointException;
import org.transnormer.inference.deployments.Deployment;
import org.transnormer.inference.deployments.Deployments;
import org.transnormer.inference.deployments.Reconciliation;
import org.transnormer.support.Page;
import org.transnormer.support.Transactions;
import org.transnormer.support.events.AuditEvent;
import org.transnormer.support.events.Topics;
import org.transnormer.support.outbox.Outbox;
import org.transnormer.support.problems.FieldError;
import org.transnormer.support.problems.InvalidProblem;
import org.transnormer.support.problems.NotFoundProblem;
import org.transnormer.support.security.Caller;

/** {@code /api/v1/deployments}: what is served under which name. */
@RestController
@Tag(name = "deployments", description = "What is served, and under which name")
@RequestMapping(DeploymentController.PATH)
class DeploymentController {

  static final String PATH = "/api/v1/deployments";

  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}");
  private static final int DEFAULT_SLOTS = 8;
  private static final int MOST_SLOTS = 1024;

  private final Deployments deployments;
  private final CheckpointSource checkpoints;
  private final Reconciliation reconciliation;
  private final Transactions transactions;
  private final Outbox outbox;
  private final String service;

  DeploymentController(
      Deployments deployments,
      CheckpointSource checkpoints,
      Reconciliation reconciliation,
      Transactions transactions,
      Outbox outbox,
      @Value("${spring.application.name}") String service) {
    this.deployments = deployments;
    this.checkpoints = checkpoints;
    this.reconciliation = reconciliation;
    this.transactions = transactions;
    this.outbox = outbox;
    this.service = service;
  }

  @Operation(summary = "List deployments")
  @GetMapping
  Page<DeploymentView> list() {
    return new Page<>(deployments.views().stream().map(DeploymentView::of).toList(), null);
  }

  @Operation(summary = "A deployment with its state")
  @GetMapping("/{name}")
  DeploymentView get(@PathVariable String name) {
    return deployments
        .find(name)
        .map(DeploymentView::of)
        .orElseThrow(() -> new NotFoundProblem("deployment", name));
  }

  /**
   * Serves a checkpoint, or whatever an alias names, under a name; swaps when it serves already.
   */
  @Operation(summary = "Serve a checkpoint, or whatever an alias names, under a name")
  @ResponseStatus(HttpStatus.ACCEPTED)
  @PutMapping("/{name}")
  ResponseEntity<DeploymentView> put(
      @PathVariable String name, @RequestBody DeploymentRequest request) {
    Deployment deployment = deployment(name, request);
    require(deployment.target());
    transactions.inTransaction(() -> {
      deployments.put(deployment);
      audit("deployment.put", name, told(deployment.target()));
    });
    reconciliation.request();
    return ResponseEntity.status(HttpStatus.ACCEPTED).body(get(name));
  }

  @Operation(summary = "Serve nothing under the name any more")
  @DeleteMapping("/{name}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete(@PathVariable String name) {
    transactions.inTransaction(() -> {
      if (!deployments.remove(name)) {
        throw new NotFoundProblem("deployment", name);
      }
      audit("deployment.delete", name, null);
    });
    reconciliation.request();
  }

  private void audit(String action, String name, @Nullable String detail) {
    Caller caller = Caller.current();
    String resource = PATH + "/" + name;
    outbox.publish(
        Topics.AUDIT,
        resource,
        new AuditEvent(
            caller.subject(),
            caller.role().text(),
            action,
            resource,
            Instant.now(),
            service,
            detail));
  }

  private void require(Deployment.Target target) {
    try {
      checkpoints.require(target);
    } catch (UnknownCheckpointException e) {
      throw switch (target) {
        case Deployment.Target.Alias(String alias) -> new NotFoundProblem("alias", alias);
        case Deployment.Target.Checkpoint(String id) -> new NotFoundProblem("checkpoint", id);
      };
    }
  }

  private static String told(Deployment.Target target) {
    return switch (target) {
      case Deployment.Target.Alias(String alias) -> "alias " + alias;
      case Deployment.Target.Checkpoint(String id) -> "checkpoint " + id;
    };
  }

  private static Deployment deployment(String name, DeploymentRequest request) {
    List<FieldError> errors = new ArrayList<>();
    if (!NAME.matcher(name).matches()) {
      errors.add(new FieldError("/name", "must match " + NAME.pattern()));
    }
    if ((request.alias() == null) == (request.checkpointId() == null)) {
      errors.add(new FieldError("/alias", "give either alias or checkpointId"));
    }
    int slots = request.slots() == null ? DEFAULT_SLOTS : request.slots();
    if (slots < 1 || slots > MOST_SLOTS) {
      errors.add(new FieldError("/slots", "must be in [1, %d]".formatted(MOST_SLOTS)));
    }
    if (!errors.isEmpty()) {
      throw new InvalidProblem(errors);
    }
    Deployment.Target target =
        request.alias() != null
            ? new Deployment.Target.Alias(request.alias())
            : new Deployment.Target.Checkpoint(String.valueOf(request.checkpointId()));
    return new Deployment(name, target, slots, Caller.current().name());
  }
}
