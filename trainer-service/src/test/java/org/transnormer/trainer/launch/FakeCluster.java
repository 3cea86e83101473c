package org.transnormer.trainer.launch;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.transnormer.trainer.launch.ObservedGroup.Active;
import org.transnormer.trainer.launch.ObservedGroup.Phase;

/** A cluster in memory: the test plays the workers. */
public final class FakeCluster implements WorkerCluster {

  private final Map<GroupName, GroupOrder> orders = new ConcurrentHashMap<>();
  private final Map<GroupName, Phase> phases = new ConcurrentHashMap<>();

  /** Replaces the real cluster of a context that names it; no configuration that a scan finds. */
  public static class Replacement {
    @Bean
    @Primary
    FakeCluster fakeCluster() {
      return new FakeCluster();
    }
  }

  @Override
  public List<ObservedGroup> observe() {
    return orders.values().stream()
        .filter(order -> phases.containsKey(order.name()))
        .map(order -> new ObservedGroup(order.runId(), order.attempt(), phase(order.name())))
        .toList();
  }

  private Phase phase(GroupName name) {
    return Objects.requireNonNull(phases.get(name));
  }

  @Override
  public void create(GroupOrder order) {
    orders.put(order.name(), order);
    phases.putIfAbsent(order.name(), new Active(Instant.now()));
  }

  @Override
  public void delete(GroupName name) {
    phases.remove(name);
  }

  @Override
  public List<String> logTail(GroupName name, int lines) {
    return List.of("last words of " + name);
  }

  @Override
  public String rendezvous(String runId, int attempt) {
    return "127.0.0.1:1";
  }

  @Override
  public int capacity() {
    return 50;
  }

  @Override
  public void onChange(Runnable hint) {}

  public void set(String runId, int attempt, Phase phase) {
    phases.put(GroupName.of(runId, attempt), phase);
  }

  public boolean has(String runId, int attempt) {
    return phases.containsKey(GroupName.of(runId, attempt));
  }

  public String token(String runId, int attempt) {
    return Objects.requireNonNull(orders.get(GroupName.of(runId, attempt))).token();
  }
}
