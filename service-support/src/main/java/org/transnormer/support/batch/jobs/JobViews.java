package org.transnormer.support.batch.jobs;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.core.BatchStatus;
import org.transnormer.support.Page;
import org.transnormer.support.WorkStatus;
import org.transnormer.support.batch.Partition;
import org.transnormer.support.batch.PartitionResults;

/** Tells Spring Batch's executions and the partitions' rows in the words of all long work. */
final class JobViews {
  private static final String PARTITIONS = "partitions";
  private static final String STEPS = "steps";

  private final String service;
  private final JobRows rows;
  private final PartitionResults partitions;
  private final InstantSource clock;

  JobViews(String service, JobRows rows, PartitionResults partitions, InstantSource clock) {
    this.service = service;
    this.rows = rows;
    this.partitions = partitions;
    this.clock = clock;
  }

  String id(long executionId) {
    return service + "-" + executionId;
  }

  /** The number in {@code corpus-12}, if it is an id of this service. */
  OptionalLong executionId(String id) {
    String prefix = service + "-";
    return id.startsWith(prefix) && id.substring(prefix.length()).matches("[0-9]{1,18}")
        ? OptionalLong.of(Long.parseLong(id.substring(prefix.length())))
        : OptionalLong.empty();
  }

  Page<JobView> list(OptionalLong before, int limit) {
    List<JobView> found =
        rows.list(before, limit + 1).stream().map(each -> view(each, false)).toList();
    return Page.of(found, limit, JobView::id);
  }

  Optional<JobView> find(long executionId) {
    return rows.find(executionId).map(each -> view(each, true));
  }

  private JobView view(JobRows.Execution execution, boolean whole) {
    List<JobRows.Step> steps = rows.steps(execution.instance());
    Map<String, List<Partition>> byStep =
        partitions.all(execution.id()).stream().collect(Collectors.groupingBy(Partition::step));
    List<JobView.StepView> views =
        steps.stream()
            .map(each -> step(each, byStep.getOrDefault(each.name(), List.of())))
            .toList();
    List<JobView.ErrorView> errors = ErrorGroups.of(rows.failures(execution.instance()));
    return new JobView(
        id(execution.id()),
        service,
        execution.job(),
        status(execution, views, errors),
        rows.parameters(execution.id()),
        actions(execution.status()),
        whole ? views : null,
        whole ? errors : null);
  }

  /** Shows the step that is at work, or steps when none is. */
  private WorkStatus status(
      JobRows.Execution execution, List<JobView.StepView> steps, List<JobView.ErrorView> errors) {
    WorkStatus.Progress progress =
        steps.stream()
            .filter(step -> step.status().state().equals(WorkStatus.RUNNING))
            .map(step -> step.status().progress())
            .findFirst()
            .orElseGet(() -> WorkStatus.Progress.of(succeeded(steps), null, STEPS));
    return new WorkStatus(
        state(execution.status()),
        progress,
        execution.begun(),
        execution.ended(),
        execution.attempt(),
        reason(execution.status(), errors));
  }

  private static long succeeded(List<JobView.StepView> steps) {
    return steps.stream()
        .filter(step -> step.status().state().equals(WorkStatus.SUCCEEDED))
        .count();
  }

  private static @Nullable String reason(BatchStatus status, List<JobView.ErrorView> errors) {
    return switch (status) {
      case FAILED, UNKNOWN, ABANDONED ->
          errors.isEmpty() ? "the job ended without a reason" : errors.getFirst().message();
      case STOPPED -> "stopped on request";
      case STARTING, STARTED, STOPPING, COMPLETED -> null;
    };
  }

  private JobView.StepView step(JobRows.Step step, List<Partition> partitions) {
    boolean wide = !partitions.isEmpty();
    WorkStatus status =
        WorkStatus.of(
            state(step.status()),
            wide ? done(partitions) : step.counts().getOrDefault("read", 0L),
            wide ? total(partitions) : null,
            wide ? unit(partitions) : "items",
            step.started(),
            step.ended(),
            1,
            step.message().isEmpty() ? null : firstLine(step.message()),
            clock.instant());
    return new JobView.StepView(
        step.name(),
        status,
        wide ? counts(partitions) : step.counts(),
        wide ? partitions.stream().map(this::partition).toList() : null);
  }

  private JobView.PartitionView partition(Partition partition) {
    Instant end = Objects.requireNonNullElse(partition.endedAt(), clock.instant());
    Instant start = partition.startedAt();
    WorkStatus.Progress progress =
        start == null
            ? WorkStatus.Progress.of(partition.done(), partition.total(), partition.unit())
            : WorkStatus.Progress.of(
                partition.done(),
                partition.total(),
                partition.unit(),
                Duration.between(start, end));
    return new JobView.PartitionView(
        partition.name(),
        state(partition.state()),
        partition.worker(),
        partition.attempts(),
        progress,
        start,
        partition.endedAt(),
        partition.counters(),
        partition.reason());
  }

  /** Partitions count in units where all of them have told how many there are. */
  private static boolean inUnits(List<Partition> partitions) {
    return partitions.stream().allMatch(each -> each.total() > 0 && !each.unit().isEmpty());
  }

  private static long done(List<Partition> partitions) {
    return inUnits(partitions)
        ? partitions.stream().mapToLong(Partition::done).sum()
        : partitions.stream().filter(each -> each.state().equals("done")).count();
  }

  private static long total(List<Partition> partitions) {
    return inUnits(partitions)
        ? partitions.stream().mapToLong(Partition::total).sum()
        : partitions.size();
  }

  private static String unit(List<Partition> partitions) {
    return inUnits(partitions) ? partitions.getFirst().unit() : PARTITIONS;
  }

  private static Map<String, Long> counts(List<Partition> partitions) {
    Map<String, Long> sums = new TreeMap<>();
    for (Partition partition : partitions) {
      partition.counters().forEach((name, count) -> sums.merge(name, count, Long::sum));
    }
    return sums;
  }

  private static List<String> actions(BatchStatus status) {
    List<String> actions = new ArrayList<>();
    switch (status) {
      case STARTING, STARTED -> actions.add("stop");
      case FAILED, STOPPED, UNKNOWN -> actions.addAll(List.of("restart", "abandon"));
      case STOPPING, COMPLETED, ABANDONED -> {
        // Nothing to be done.
      }
    }
    return actions;
  }

  static String state(BatchStatus status) {
    return switch (status) {
      case STARTING -> WorkStatus.QUEUED;
      case STARTED -> WorkStatus.RUNNING;
      case STOPPING -> WorkStatus.STOPPING;
      case STOPPED -> WorkStatus.STOPPED;
      case COMPLETED -> WorkStatus.SUCCEEDED;
      case ABANDONED -> WorkStatus.ABANDONED;
      case FAILED, UNKNOWN -> WorkStatus.FAILED;
    };
  }

  private static String state(String partition) {
    return switch (partition) {
      case "waiting" -> WorkStatus.QUEUED;
      case "done" -> WorkStatus.SUCCEEDED;
      default -> partition;
    };
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("").strip();
  }
}
