package org.transnormer.model.parallel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RendezvousTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final byte[] ID = "the communicator's id".getBytes(UTF_8);

  private final ExecutorService ranks = Executors.newCachedThreadPool();
  private InetSocketAddress address;

  @BeforeEach
  void choosePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      address = InetSocketAddress.createUnresolved("localhost", socket.getLocalPort());
    }
  }

  @AfterEach
  void stop() {
    ranks.shutdownNow();
  }

  private Future<byte[]> start(int rank, int worldSize, String token) {
    return ranks.submit(() -> {
      try (Peers peers =
          new Rendezvous("run-1/2", rank, worldSize, address, token).meet(() -> ID, PATIENCE)) {
        return peers.shared();
      }
    });
  }

  @Test
  void handsTheSameToEveryRankInWhateverOrderTheyCome() throws Exception {
    List<Future<byte[]>> all = new ArrayList<>();
    for (int rank : new int[] {3, 1, 0, 2}) {
      all.add(start(rank, 4, "token"));
    }

    for (Future<byte[]> each : all) {
      assertThat(each.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(ID);
    }
  }

  @Test
  void nobodyReturnsBeforeTheLastOneCame() throws Exception {
    Future<byte[]> zero = start(0, 3, "token");
    Future<byte[]> one = start(1, 3, "token");
    Thread.sleep(1500);
    assertThat(zero.isDone()).isFalse();
    assertThat(one.isDone()).isFalse();

    start(2, 3, "token").get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

    assertThat(zero.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(ID);
    assertThat(one.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(ID);
  }

  @Test
  void turnsStrangersAwayAndWaitsOn() throws Exception {
    Future<byte[]> zero = start(0, 2, "token");
    Future<byte[]> stranger = start(1, 2, "another token");
    knock("GET / HTTP/1.0\r\n\r\n and so on, for longer than any handshake is");

    assertThat(zero.isDone()).isFalse();
    assertThat(start(1, 2, "token").get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(ID);
    assertThat(zero.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(ID);
    assertThat(stranger.isDone()).isFalse();
  }

  @Test
  void saysWhoDidNotCome() {
    Future<Peers> one =
        ranks.submit(() ->
            new Rendezvous("run-1/2", 1, 3, address, "token")
                .meet(() -> ID, Duration.ofSeconds(2)));

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() ->
            new Rendezvous("run-1/2", 0, 3, address, "token").meet(() -> ID, Duration.ofSeconds(2)))
        .withMessageContaining("of 2 other ranks only [1] came");
    assertThatThrownBy(one::get)
        .isInstanceOf(ExecutionException.class)
        .hasMessageContaining("rank 1 did not meet rank 0");
  }

  @Test
  void aSingleRankMeetsNobody() throws IOException {
    assertThat(
            new Rendezvous("run-1/2", 0, 1, address, "token")
                .meet(() -> ID, Duration.ofSeconds(1))
                .shared())
        .isEqualTo(ID);
  }

  @Test
  void theOthersHearOfARankThatVanishesAndOfNoneThatSaysGoodbye() throws Exception {
    List<CompletableFuture<String>> lost = new ArrayList<>();
    List<Peers> peers = new ArrayList<>();
    List<Future<Peers>> all = new ArrayList<>();
    for (int rank = 0; rank < 4; rank++) {
      Rendezvous place = new Rendezvous("run-1/2", rank, 4, address, "token");
      all.add(ranks.submit(() -> place.meet(() -> ID, PATIENCE)));
    }
    for (Future<Peers> each : all) {
      Peers own = each.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      CompletableFuture<String> reason = new CompletableFuture<>();
      own.watch(reason::complete);
      peers.add(own);
      lost.add(reason);
    }
    peers.get(3).close();
    Thread.sleep(500);
    assertThat(lost).noneMatch(CompletableFuture::isDone);

    peers.get(2).cut();

    assertThat(lost.get(0).get(10, TimeUnit.SECONDS)).contains("rank 2 is gone");
    assertThat(lost.get(1).get(10, TimeUnit.SECONDS)).contains("rank 2 is gone");
    assertThat(lost.get(3).isDone()).isFalse();
    for (Peers each : peers) {
      each.close();
    }
  }

  private void knock(String text) throws IOException, InterruptedException {
    for (int i = 0; i < 50; i++) {
      try (Socket socket = new Socket("localhost", address.getPort())) {
        socket.getOutputStream().write(text.getBytes(UTF_8));
        return;
      } catch (IOException _) {
        Thread.sleep(100);
      }
    }
    throw new AssertionError("rank 0 never listened");
  }
}
