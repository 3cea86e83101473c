package org.transnormer.trainer.launch.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.transnormer.trainer.launch.GroupName;
import org.transnormer.trainer.launch.ObservedGroup;
import org.transnormer.trainer.launch.ObservedGroup.Active;
import org.transnormer.trainer.launch.ObservedGroup.Broken;
import org.transnormer.trainer.launch.ObservedGroup.Done;
import org.transnormer.trainer.launch.Orders;

class LocalClusterTest {

  private static final GroupName NAME = GroupName.of("run", 1);

  @TempDir private Path folder;
  private final AtomicInteger hints = new AtomicInteger();
  private final java.util.ArrayList<LocalCluster> opened = new java.util.ArrayList<>();

  @AfterEach
  void stop() {
    opened.forEach(LocalCluster::close);
  }

  @Test
  void tellsTheWorkerWhoItIsAndNothingElse() throws IOException {
    LocalCluster cluster = cluster("env | sort > env.txt");

    cluster.create(Orders.order("run", 1, 1));
    awaitPhase(cluster, Done.class);

    Path environment = folder.resolve(NAME.value()).resolve("rank-0/env.txt");
    assertThat(Files.readString(environment))
        .contains("TNL_RUN_ID=run\n", "TNL_ATTEMPT=1\n", "TNL_RANK=0\n", "TNL_WORLD_SIZE=1\n")
        .contains("TNL_SEQUENCE_RANKS=1\n", "TNL_SHARDING=optimizer\n")
        .contains("TNL_RUN_TOKEN=secret-token\n", "TNL_TRAINER_URL=http://trainer:8080\n")
        .contains("TNL_STORE_URI=file:///store\n", "EXTRA=yes\n")
        .contains("TNL_PARENT_PID=" + ProcessHandle.current().pid() + "\n")
        .doesNotContain("JAVA_HOME=");
  }

  @Test
  void startsOneProcessForEachRankAndKnowsWhenAllAreDone() {
    LocalCluster cluster = cluster("echo rank $TNL_RANK of $TNL_WORLD_SIZE");

    cluster.create(Orders.order("run", 1, 3));
    awaitPhase(cluster, Done.class);

    assertThat(cluster.logTail(NAME, 10))
        .containsExactly("rank 0 of 3", "rank 1 of 3", "rank 2 of 3");
    assertThat(hints.get()).isEqualTo(3);
  }

  @Test
  void breaksAsAWholeWhenOneRankDies() {
    LocalCluster cluster = cluster("if [ $TNL_RANK = 1 ]; then exit 70; else exec sleep 60; fi");

    cluster.create(Orders.order("run", 1, 2));

    await().atMost(Duration.ofSeconds(10)).until(() -> processes().isEmpty());
    assertThat(only(cluster).phase()).isInstanceOf(Broken.class);
    assertThat(((Broken) only(cluster).phase()).reason())
        .isEqualTo("rank 1 ended: crashed (exit code 70)");
  }

  @Test
  void namesTheSignalThatEndedARank() {
    LocalCluster cluster = cluster("kill -9 $$");

    cluster.create(Orders.order("run", 1, 1));
    awaitPhase(cluster, Broken.class);

    assertThat(only(cluster).phase())
        .isEqualTo(new Broken("rank 0 was killed (signal 9), by a person or for want of memory"));
  }

  @Test
  void creatingAGroupTwiceCreatesItOnce() throws IOException {
    LocalCluster cluster = cluster("echo start >> ../starts; exec sleep 60");

    cluster.create(Orders.order("run", 1, 1));
    await().until(() -> Files.exists(folder.resolve(NAME.value()).resolve("starts")));
    cluster.create(Orders.order("run", 1, 1));

    assertThat(only(cluster).phase()).isInstanceOf(Active.class);
    assertThat(Files.readAllLines(folder.resolve(NAME.value()).resolve("starts"))).hasSize(1);
  }

  @Test
  void deletingAGroupKillsItsProcesses() {
    LocalCluster cluster = cluster("exec sleep 60");
    cluster.create(Orders.order("run", 1, 2));
    assertThat(processes()).hasSize(2);

    cluster.delete(NAME);

    assertThat(processes()).isEmpty();
    assertThat(cluster.observe()).isEmpty();
  }

  @Test
  void killsWhatAFormerLauncherLeftBehindAndDoesNotTakeItOver() {
    LocalCluster former = cluster("exec sleep 60");
    former.create(Orders.order("run", 1, 1));
    assertThat(processes()).hasSize(1);

    LocalCluster later = cluster("exec sleep 60");

    await().atMost(Duration.ofSeconds(5)).until(() -> processes().isEmpty());
    assertThat(later.observe()).isEmpty();
  }

  private LocalCluster cluster(String script) {
    LocalProperties properties =
        new LocalProperties(
            null, 0, 1, 2, List.of(), Map.of("EXTRA", "yes"), Duration.ofSeconds(1), 20);
    try {
      LocalCluster cluster =
          new LocalCluster(
              folder,
              List.of("/bin/sh", "-c", script),
              Map.of("TNL_STORE_URI", "file:///store"),
              properties,
              InstantSource.system());
      cluster.onChange(hints::incrementAndGet);
      opened.add(cluster);
      return cluster;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void awaitPhase(LocalCluster cluster, Class<? extends ObservedGroup.Phase> phase) {
    await().atMost(Duration.ofSeconds(10)).until(() -> phase.isInstance(only(cluster).phase()));
  }

  private static ObservedGroup only(LocalCluster cluster) {
    assertThat(cluster.observe()).hasSize(1);
    return cluster.observe().getFirst();
  }

  private static List<ProcessHandle> processes() {
    return ProcessHandle.current().children().filter(ProcessHandle::isAlive).toList();
  }
}
