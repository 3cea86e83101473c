package org.transnormer.trainer.launch.kubernetes;

import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.ScalableResource;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.transnormer.trainer.launch.GroupName;
import org.transnormer.trainer.launch.GroupOrder;
import org.transnormer.trainer.launch.LaunchFailedException;
import org.transnormer.trainer.launch.ObservedGroup;
import org.transnormer.trainer.launch.WorkerCluster;

/**
 * Runs each group as an Indexed Job. The state is read anew at every look; a watch on the pods only
 * makes the next look come sooner.
 */
public final class KubernetesCluster implements WorkerCluster, AutoCloseable {

  private static final Logger LOG = System.getLogger(KubernetesCluster.class.getName());

  private final KubernetesClient client;
  private final KubernetesProperties properties;
  private final String namespace;
  private final GroupObjects objects;
  private @Nullable SharedIndexInformer<Pod> pods;

  /**
   * @param environment of every worker, in the open
   * @param secrets of every worker
   */
  public KubernetesCluster(
      KubernetesClient client,
      KubernetesProperties properties,
      Map<String, String> environment,
      Map<String, String> secrets) {
    this.client = client;
    this.properties = properties;
    this.namespace =
        Objects.requireNonNullElseGet(
            properties.namespace(),
            () -> Objects.requireNonNullElse(client.getNamespace(), "default"));
    this.objects = new GroupObjects(properties, namespace, environment, secrets);
  }

  @Override
  public List<ObservedGroup> observe() {
    Map<String, String> selector = GroupObjects.selector(properties);
    List<Job> jobs =
        client
            .batch()
            .v1()
            .jobs()
            .inNamespace(namespace)
            .withLabels(selector)
            .list()
            .getItems()
            .stream()
            .filter(KubernetesCluster::isMade)
            .toList();
    if (jobs.isEmpty()) {
      return List.of();
    }
    Map<String, List<Pod>> podsByGroup =
        client.pods().inNamespace(namespace).withLabels(selector).list().getItems().stream()
            .collect(Collectors.groupingBy(KubernetesCluster::group));
    List<ObservedGroup> groups = new ArrayList<>();
    for (Job job : jobs) {
      attempt(job)
          .ifPresent(attempt ->
              groups.add(
                  new ObservedGroup(
                      label(job, GroupObjects.RUN),
                      attempt,
                      GroupPhase.of(job, podsByGroup.getOrDefault(group(job), List.of())))));
    }
    return groups;
  }

  private static String group(HasMetadata object) {
    return label(object, GroupObjects.RUN) + "/" + label(object, GroupObjects.ATTEMPT);
  }

  private static Optional<Integer> attempt(Job job) {
    try {
      return Optional.of(Integer.valueOf(label(job, GroupObjects.ATTEMPT)));
    } catch (NumberFormatException _) {
      LOG.log(
          Level.WARNING,
          "job {0} has the labels of a group but no attempt",
          job.getMetadata().getName());
      return Optional.empty();
    }
  }

  private static String label(HasMetadata object, String name) {
    Map<String, String> labels = object.getMetadata().getLabels();
    return labels == null ? "" : labels.getOrDefault(name, "");
  }

  /**
   * The Job comes first, suspended, so that Secret and Service can be born as its own; then it is
   * marked as made and let go. One that is not marked was left half made by a crash: it is not
   * observed, and creating it again completes it.
   */
  @Override
  public void create(GroupOrder order) {
    try {
      ensure(objects.job(order));
      Job job = job(order.name()).get();
      if (job == null || isMade(job)) {
        return;
      }
      OwnerReference owner = owner(job);
      // the token of an earlier try is worth nothing any more
      client.secrets().inNamespace(namespace).withName(order.name().value()).delete();
      ensure(objects.secret(order, owner));
      ensure(objects.service(order, owner));
      job(order.name()).edit(this::made);
    } catch (KubernetesClientException e) {
      throw new LaunchFailedException("Kubernetes: " + e.getMessage(), e);
    }
  }

  private ScalableResource<Job> job(GroupName name) {
    return client.batch().v1().jobs().inNamespace(namespace).withName(name.value());
  }

  private <T extends HasMetadata> void ensure(T object) {
    try {
      client.resource(object).inNamespace(namespace).create();
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw e;
      }
    }
  }

  private static OwnerReference owner(Job job) {
    return new OwnerReferenceBuilder()
        .withApiVersion("batch/v1")
        .withKind("Job")
        .withName(job.getMetadata().getName())
        .withUid(job.getMetadata().getUid())
        .withBlockOwnerDeletion(false)
        .build();
  }

  private static boolean isMade(Job job) {
    Map<String, String> annotations = job.getMetadata().getAnnotations();
    return annotations != null && annotations.containsKey(GroupObjects.MADE);
  }

  /** A Job with a queue stays suspended until the queue admits it. */
  private Job made(Job job) {
    Map<String, String> annotations = new HashMap<>();
    if (job.getMetadata().getAnnotations() != null) {
      annotations.putAll(job.getMetadata().getAnnotations());
    }
    annotations.put(GroupObjects.MADE, "true");
    job.getMetadata().setAnnotations(annotations);
    if (properties.queue() == null) {
      job.getSpec().setSuspend(false);
    }
    return job;
  }

  /** In the foreground: the Job stays visible until its pods are gone and their places are free. */
  @Override
  public void delete(GroupName name) {
    job(name).withPropagationPolicy(DeletionPropagation.FOREGROUND).delete();
    client.services().inNamespace(namespace).withName(name.value()).delete();
    client.secrets().inNamespace(namespace).withName(name.value()).delete();
  }

  @Override
  public List<String> logTail(GroupName name, int lines) {
    List<String> tail = new ArrayList<>();
    try {
      for (Pod pod : podsOf(name)) {
        String log =
            client
                .pods()
                .inNamespace(namespace)
                .withName(pod.getMetadata().getName())
                .tailingLines(lines)
                .getLog();
        if (log != null) {
          log.lines().forEach(tail::add);
        }
      }
    } catch (KubernetesClientException e) {
      LOG.log(Level.WARNING, "no log of {0}: {1}", name, e.getMessage());
    }
    return List.copyOf(tail.subList(Math.max(0, tail.size() - lines), tail.size()));
  }

  private List<Pod> podsOf(GroupName name) {
    return client
        .pods()
        .inNamespace(namespace)
        .withLabels(GroupObjects.selector(properties))
        .list()
        .getItems()
        .stream()
        .filter(pod -> pod.getMetadata().getName().startsWith(name.value() + "-"))
        .toList();
  }

  @Override
  public String rendezvous(String runId, int attempt) {
    return objects.rendezvous(GroupName.of(runId, attempt));
  }

  @Override
  public int capacity() {
    return properties.maxGroups();
  }

  @Override
  public synchronized void onChange(Runnable hint) {
    close();
    SharedIndexInformer<Pod> informer =
        client
            .pods()
            .inNamespace(namespace)
            .withLabels(GroupObjects.selector(properties))
            .runnableInformer(0);
    informer.addEventHandler(new Hint(hint));
    informer.start(); // tries again by itself while the cluster cannot be reached
    pods = informer;
  }

  /** Any change will do; what changed is read by the next look. */
  private record Hint(Runnable hint) implements ResourceEventHandler<Pod> {
    @Override
    public void onAdd(Pod pod) {
      hint.run();
    }

    @Override
    public void onUpdate(Pod before, Pod after) {
      hint.run();
    }

    @Override
    public void onDelete(Pod pod, boolean unknownState) {
      hint.run();
    }
  }

  @Override
  public synchronized void close() {
    if (pods != null) {
      pods.close();
      pods = null;
    }
  }
}
