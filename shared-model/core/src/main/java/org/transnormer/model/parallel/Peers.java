package org.transnormer.model.parallel;

import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ranks that met, and whether they are still there. What ranks compute with waits for another
 * rank for as long as it takes, so somebody has to notice that one is gone: each keeps its
 * connection to rank 0, which keeps one to each. A process that ends, however it ends, loses them;
 * a machine that is cut off falls silent.
 */
public final class Peers implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Peers.class);

  private static final Duration PULSE = Duration.ofSeconds(1);
  private static final Duration SILENCE = Duration.ofSeconds(8);

  private static final int ALIVE = 0;
  private static final int BYE = 1;

  /** Followed by the number of the rank. */
  private static final int GONE = 2;

  private final byte[] shared;
  private final Map<Integer, Socket> connections;
  private final ScheduledExecutorService pulse =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("peers-pulse").factory());
  private final AtomicBoolean over = new AtomicBoolean();

  Peers(byte[] shared, Map<Integer, Socket> connections) {
    this.shared = shared;
    this.connections = Map.copyOf(connections);
  }

  /** What rank 0 handed out. */
  public byte[] shared() {
    return shared.clone();
  }

  /**
   * @param lost told once, from another thread, which rank is gone that did not say goodbye
   */
  public void watch(Consumer<String> lost) {
    connections.forEach((rank, socket) ->
        Thread.ofPlatform().daemon().name("peers-" + rank).start(() -> listen(rank, socket, lost)));
    pulse.scheduleAtFixedRate(() -> tellAll(ALIVE), 0, PULSE.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void listen(int rank, Socket socket, Consumer<String> lost) {
    try {
      socket.setSoTimeout(Math.toIntExact(SILENCE.toMillis()));
      while (true) {
        int said = socket.getInputStream().read();
        if (said == BYE) {
          return;
        }
        if (said == GONE) {
          gone(socket.getInputStream().read(), "as rank 0 says", lost);
          return;
        }
        if (said != ALIVE) {
          throw new EOFException("its connection ended");
        }
      }
    } catch (SocketTimeoutException e) {
      gone(rank, "nothing heard for %d s".formatted(SILENCE.toSeconds()), lost);
    } catch (IOException e) {
      gone(rank, String.valueOf(e.getMessage()), lost);
    }
  }

  private void gone(int rank, String why, Consumer<String> lost) {
    if (over.compareAndSet(false, true)) {
      tellAll(GONE, rank);
      lost.accept("rank %d is gone (%s)".formatted(rank, why));
    }
  }

  /** Who does not hear it is listened to, and noticed there. */
  private synchronized void tellAll(int... words) {
    byte[] message = new byte[words.length];
    for (int i = 0; i < words.length; i++) {
      message[i] = (byte) words[i];
    }
    connections.forEach((rank, socket) -> {
      try {
        socket.getOutputStream().write(message);
      } catch (IOException e) {
        LOG.debug("rank {} does not hear: {}", rank, e.getMessage());
      }
    });
  }

  /** Says goodbye: this rank has nothing more to do with the others. */
  @Override
  public void close() throws IOException {
    pulse.shutdownNow();
    if (over.compareAndSet(false, true)) {
      tellAll(BYE);
    }
    cut();
  }

  /** Goes without a word, as a process does that is killed: the others hear that it is gone. */
  public void cut() throws IOException {
    for (Socket socket : connections.values()) {
      socket.close();
    }
  }
}
