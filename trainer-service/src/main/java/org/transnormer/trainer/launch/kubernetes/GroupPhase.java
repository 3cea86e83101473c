package org.transnormer.trainer.launch.kubernetes;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.transnormer.trainer.launch.ObservedGroup.Active;
import org.transnormer.trainer.launch.ObservedGroup.Broken;
import org.transnormer.trainer.launch.ObservedGroup.Done;
import org.transnormer.trainer.launch.ObservedGroup.Pending;
import org.transnormer.trainer.launch.ObservedGroup.Phase;

/** Reads from a job and its pods how its group is, and why, in the cluster's own words. */
final class GroupPhase {

  /** Waiting reasons that say no more than that the kubelet is at work. */
  private static final Set<String> ORDINARY = Set.of("ContainerCreating", "PodInitializing");

  private static final int LONGEST_MESSAGE = 500;

  private GroupPhase() {}

  static Phase of(Job job, List<Pod> pods) {
    Optional<String> failure = failure(job);
    Optional<String> broken = pods.stream().flatMap(pod -> broken(pod).stream()).findFirst();
    if (broken.isPresent()) {
      return new Broken(broken.get());
    }
    if (failure.isPresent()) {
      return new Broken(failure.get());
    }
    if (condition(job, "Complete").isPresent()) {
      return new Done();
    }
    if (job.getSpec() != null && Boolean.TRUE.equals(job.getSpec().getSuspend())) {
      return new Pending("suspended until its queue admits it", Optional.empty());
    }
    int ranks = job.getSpec() == null ? 1 : or(job.getSpec().getCompletions(), 1);
    return pods.size() < ranks ? new Pending("", Optional.empty()) : placed(pods);
  }

  private static Phase placed(List<Pod> pods) {
    for (Pod pod : pods) {
      Optional<PodCondition> unscheduled = unscheduled(pod);
      if (unscheduled.isPresent()) {
        return new Pending(
            words(unscheduled.get().getReason(), unscheduled.get().getMessage()), Optional.empty());
      }
    }
    List<Instant> running = new ArrayList<>();
    List<Instant> placed = new ArrayList<>();
    String reason = "";
    for (Pod pod : pods) {
      scheduledAt(pod).ifPresent(placed::add);
      startedAt(pod).ifPresent(running::add);
      reason = waiting(pod).orElse(reason);
    }
    if (running.size() == pods.size()) {
      return new Active(running.stream().max(Instant::compareTo).orElseThrow());
    }
    Optional<Instant> last =
        placed.size() < pods.size() ? Optional.empty() : placed.stream().max(Instant::compareTo);
    return new Pending(reason, last);
  }

  private static Optional<String> failure(Job job) {
    return condition(job, "Failed")
        .or(() -> condition(job, "FailureTarget"))
        .map(failed -> words(failed.getReason(), failed.getMessage()));
  }

  private static Optional<JobCondition> condition(Job job, String type) {
    if (job.getStatus() == null || job.getStatus().getConditions() == null) {
      return Optional.empty();
    }
    return job.getStatus().getConditions().stream()
        .filter(each -> type.equals(each.getType()) && "True".equals(each.getStatus()))
        .findFirst();
  }

  private static Optional<String> broken(Pod pod) {
    if (pod.getStatus() == null) {
      return Optional.empty();
    }
    Optional<String> disrupted =
        condition(pod, "DisruptionTarget")
            .filter(each -> "True".equals(each.getStatus()))
            .map(each ->
                "pod %s: %s"
                    .formatted(
                        pod.getMetadata().getName(), words(each.getReason(), each.getMessage())));
    if (disrupted.isPresent()) {
      return disrupted;
    }
    for (ContainerStatus container : statuses(pod)) {
      @Nullable ContainerState state = container.getState();
      @Nullable ContainerStateTerminated end = state == null ? null : state.getTerminated();
      if (end != null && or(end.getExitCode(), 0) != 0) {
        return Optional.of(
            "pod %s: %s"
                .formatted(
                    pod.getMetadata().getName(),
                    words(
                        "Error".equals(end.getReason()) || end.getReason() == null
                            ? "exit code " + end.getExitCode()
                            : "%s (exit code %d)".formatted(end.getReason(), end.getExitCode()),
                        "Error".equals(end.getReason()) ? null : end.getMessage())));
      }
    }
    if ("Failed".equals(pod.getStatus().getPhase())) {
      return Optional.of(
          "pod %s: %s"
              .formatted(
                  pod.getMetadata().getName(),
                  words(
                      Objects.requireNonNullElse(pod.getStatus().getReason(), "failed"),
                      pod.getStatus().getMessage())));
    }
    return Optional.empty();
  }

  private static Optional<PodCondition> unscheduled(Pod pod) {
    return condition(pod, "PodScheduled").filter(each -> "False".equals(each.getStatus()));
  }

  private static Optional<Instant> scheduledAt(Pod pod) {
    return condition(pod, "PodScheduled")
        .filter(each -> "True".equals(each.getStatus()))
        .flatMap(each -> time(each.getLastTransitionTime()));
  }

  private static Optional<PodCondition> condition(Pod pod, String type) {
    if (pod.getStatus() == null || pod.getStatus().getConditions() == null) {
      return Optional.empty();
    }
    return pod.getStatus().getConditions().stream()
        .filter(each -> type.equals(each.getType()))
        .findFirst();
  }

  /** When the pod's worker began, whether it still runs or has ended well. */
  private static Optional<Instant> startedAt(Pod pod) {
    for (ContainerStatus container : statuses(pod)) {
      @Nullable ContainerState state = container.getState();
      if (state != null && state.getRunning() != null) {
        return time(state.getRunning().getStartedAt());
      }
      if (state != null && state.getTerminated() != null) {
        return time(state.getTerminated().getStartedAt());
      }
    }
    return Optional.empty();
  }

  private static Optional<String> waiting(Pod pod) {
    for (ContainerStatus container : statuses(pod)) {
      @Nullable ContainerState state = container.getState();
      @Nullable ContainerStateWaiting waiting = state == null ? null : state.getWaiting();
      if (waiting != null
          && waiting.getReason() != null
          && !ORDINARY.contains(waiting.getReason())) {
        return Optional.of(words(waiting.getReason(), waiting.getMessage()));
      }
    }
    return Optional.empty();
  }

  private static List<ContainerStatus> statuses(Pod pod) {
    return pod.getStatus() == null || pod.getStatus().getContainerStatuses() == null
        ? List.of()
        : pod.getStatus().getContainerStatuses();
  }

  private static Optional<Instant> time(@Nullable String text) {
    try {
      return text == null ? Optional.empty() : Optional.of(Instant.parse(text));
    } catch (DateTimeParseException _) {
      return Optional.empty();
    }
  }

  private static String words(@Nullable String reason, @Nullable String message) {
    String words =
        message == null || message.isBlank()
            ? Objects.requireNonNullElse(reason, "failed")
            : "%s: %s".formatted(reason, message.strip());
    return words.length() <= LONGEST_MESSAGE ? words : words.substring(0, LONGEST_MESSAGE) + "...";
  }

  private static int or(@Nullable Integer value, int absent) {
    return value == null ? absent : value;
  }
}
