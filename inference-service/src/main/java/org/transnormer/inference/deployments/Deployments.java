package org.transnormer.inference.deployments;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.transnormer.inference.deployments.CheckpointSource.UnknownCheckpointException;

/**
 * Brings what this replica serves in line with what is wanted, again and again: level-triggered, so
 * a lost message costs time, never correctness.
 *
 * <p>A swap loads the new checkpoint beside the old one, moves the name over in one step, and lets
 * the old engine end what it has begun.
 */
public final class Deployments {

  private static final Logger LOG = LoggerFactory.getLogger(Deployments.class);

  private final DeploymentStore store;
  private final CheckpointSource checkpoints;
  private final ModelLoader loader;
  private final Duration drainPatience;
  private final Map<String, DeploymentState> states = new ConcurrentHashMap<>();
  private final Map<ServedModel, Integer> users = new HashMap<>();
  private final Object usersChanged = new Object();
  private final ReentrantLock reconciling = new ReentrantLock();

  public Deployments(
      DeploymentStore store,
      CheckpointSource checkpoints,
      ModelLoader loader,
      Duration drainPatience) {
    this.store = store;
    this.checkpoints = checkpoints;
    this.loader = loader;
    this.drainPatience = drainPatience;
  }

  /** What is wanted, and how far this replica is with it. */
  public record View(Deployment deployment, DeploymentState state) {}

  public void put(Deployment deployment) {
    store.put(deployment);
    if (!serves(states.get(deployment.name()))) {
      states.put(deployment.name(), new DeploymentState.Loading(""));
    }
  }

  public boolean remove(String name) {
    return store.remove(name);
  }

  public Optional<View> find(String name) {
    return views().stream().filter(view -> view.deployment().name().equals(name)).findFirst();
  }

  public List<View> views() {
    return store.all().stream()
        .map(deployment ->
            new View(
                deployment,
                states.getOrDefault(deployment.name(), new DeploymentState.Loading(""))))
        .toList();
  }

  public List<ServedModel> served() {
    return states.values().stream().map(DeploymentState::served).flatMap(Optional::stream).toList();
  }

  /**
   * The model behind a name, kept loaded until the use is closed.
   *
   * @throws NotServedException when nothing of that name is deployed, or it is not loaded yet
   */
  public ServedModel.Use use(String name) {
    synchronized (usersChanged) {
      DeploymentState state = states.get(name);
      if (state == null) {
        throw new NotServedException(false, "Nothing is deployed as '%s'".formatted(name));
      }
      ServedModel model =
          state
              .served()
              .orElseThrow(() ->
                  new NotServedException(
                      true, "The model '%s' is not ready: %s".formatted(name, describe(state))));
      users.merge(model, 1, Integer::sum);
      return new Use(model);
    }
  }

  private final class Use implements ServedModel.Use {

    private final ServedModel model;
    private boolean closed;

    Use(ServedModel model) {
      this.model = model;
    }

    @Override
    public ServedModel model() {
      return model;
    }

    @Override
    public void close() {
      synchronized (usersChanged) {
        if (!closed) {
          closed = true;
          users.compute(model, (key, count) -> count == null || count == 1 ? null : count - 1);
          usersChanged.notifyAll();
        }
      }
    }
  }

  /** One round; loading happens on the caller's thread. */
  public void reconcile() {
    if (!reconciling.tryLock()) {
      return;
    }
    try {
      Set<String> names = new HashSet<>();
      for (Deployment deployment : store.all()) {
        names.add(deployment.name());
        reconcile(deployment);
      }
      for (String name : Set.copyOf(states.keySet())) {
        if (!names.contains(name)) {
          DeploymentState state = states.remove(name);
          if (state != null) {
            state.served().ifPresent(this::retire);
          }
        }
      }
    } finally {
      reconciling.unlock();
    }
  }

  private void reconcile(Deployment deployment) {
    DeploymentState state = states.get(deployment.name());
    Optional<ServedModel> current = state == null ? Optional.empty() : state.served();
    String target = "";
    try {
      target = checkpoints.resolve(deployment.target());
      boolean same =
          current.isPresent()
              && current.get().checkpointId().equals(target)
              && current.get().engine().status().slots() == deployment.slots();
      if (same) {
        states.put(deployment.name(), new DeploymentState.Ready(current.get()));
        return;
      }
      String next = target;
      states.put(
          deployment.name(),
          current
              .<DeploymentState>map(model -> new DeploymentState.Swapping(model, next))
              .orElseGet(() -> new DeploymentState.Loading(next)));
      ServedModel loaded = loader.load(deployment, target);
      states.put(deployment.name(), new DeploymentState.Ready(loaded));
      LOG.atInfo()
          .addKeyValue("deployment", deployment.name())
          .addKeyValue("checkpoint", target)
          .log("serves");
      current.ifPresent(this::retire);
    } catch (UnknownCheckpointException | IOException | RuntimeException e) {
      String reason = e.getMessage() == null ? e.toString() : e.getMessage();
      states.put(
          deployment.name(),
          current
              .<DeploymentState>map(model -> new DeploymentState.SwapFailed(model, reason))
              .orElseGet(() -> new DeploymentState.Failed(reason)));
      LOG.atWarn()
          .addKeyValue("deployment", deployment.name())
          .addKeyValue("checkpoint", target)
          .log("cannot serve: {}", reason);
    }
  }

  /** Ends what all engines have begun, within the patience; nothing new is taken. */
  public void close() {
    List<ServedModel> models = served();
    states.clear();
    List<Thread> drains = models.stream().map(this::retire).toList();
    for (Thread drain : drains) {
      try {
        drain.join(drainPatience);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** Waits until nobody is about to submit to the model any more, then drains its engine. */
  private Thread retire(ServedModel model) {
    return Thread.ofVirtual()
        .name("retire-" + model.name())
        .start(() -> {
          try {
            long deadline = System.nanoTime() + drainPatience.toNanos();
            synchronized (usersChanged) {
              while (users.containsKey(model)) {
                long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
                if (left <= 0) {
                  break;
                }
                usersChanged.wait(left);
              }
            }
            model.engine().drain(drainPatience);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private static boolean serves(@org.jspecify.annotations.Nullable DeploymentState state) {
    return state != null && state.served().isPresent();
  }

  private static String describe(DeploymentState state) {
    return switch (state) {
      case DeploymentState.Failed(String reason) -> reason;
      case DeploymentState.Loading loading -> "it is being loaded";
      case DeploymentState.Ready ready -> "it is ready";
      case DeploymentState.Swapping swapping -> "it is being swapped";
      case DeploymentState.SwapFailed(ServedModel model, String reason) -> reason;
    };
  }
}
