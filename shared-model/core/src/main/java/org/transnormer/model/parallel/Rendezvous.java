package org.transnormer.model.parallel;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the ranks of a group find each other before anything faster connects them: rank 0 waits for
 * all the others, then hands the same few bytes to each, such as a communicator's id. Nobody
 * returns before everybody came. Who does not know the run token is turned away.
 *
 * @param address host and port of rank 0, not resolved yet: its name may come after this rank
 */
public record Rendezvous(
    String group, int rank, int worldSize, InetSocketAddress address, String token) {

  private static final Logger LOG = LoggerFactory.getLogger(Rendezvous.class);

  private static final String PROTOCOL = "tnl-rendezvous-1";
  private static final int MOST_BYTES = 1 << 20;
  private static final Duration HANDSHAKE = Duration.ofSeconds(5);
  private static final Duration PAUSE = Duration.ofMillis(500);

  /**
   * @param share what rank 0 hands out; asked for on rank 0 only
   * @return the ranks' connection, which everyone closes who goes
   * @throws IOException when some rank did not come in time
   */
  public Peers meet(Supplier<byte[]> share, Duration patience) throws IOException {
    long deadline = System.nanoTime() + patience.toNanos();
    if (rank > 0) {
      return join(deadline);
    }
    byte[] shared = share.get();
    return new Peers(shared, worldSize > 1 ? host(shared, deadline) : Map.of());
  }

  private Map<Integer, Socket> host(byte[] shared, long deadline) throws IOException {
    Map<Integer, Socket> others = new TreeMap<>();
    boolean met = false;
    try (ServerSocket server = new ServerSocket()) {
      server.setReuseAddress(true);
      server.bind(new InetSocketAddress(address.getPort()));
      while (others.size() < worldSize - 1) {
        server.setSoTimeout(millisUntil(deadline));
        admit(server.accept(), others);
      }
      for (Socket other : others.values()) {
        DataOutputStream out = new DataOutputStream(other.getOutputStream());
        out.writeInt(shared.length);
        out.write(shared);
        out.write(proof(shared));
        out.flush();
      }
      met = true;
      return others;
    } catch (SocketTimeoutException e) {
      throw new IOException(
          "of %d other ranks only %s came".formatted(worldSize - 1, others.keySet()), e);
    } finally {
      if (!met) {
        for (Socket other : others.values()) {
          other.close();
        }
      }
    }
  }

  /** A rank that comes again lost its connection; the newer one counts. */
  private void admit(Socket guest, Map<Integer, Socket> others) throws IOException {
    try {
      guest.setSoTimeout(Math.toIntExact(HANDSHAKE.toMillis()));
      DataInputStream in = new DataInputStream(guest.getInputStream());
      int number = in.readInt();
      byte[] said = in.readNBytes(proof(number).length);
      if (number < 1 || number >= worldSize || !MessageDigest.isEqual(said, proof(number))) {
        throw new IOException("it is no rank of this group");
      }
      Socket older = others.put(number, guest);
      if (older != null) {
        older.close();
      }
    } catch (IOException e) {
      LOG.warn("turned away {}: {}", guest.getRemoteSocketAddress(), e.getMessage());
      guest.close();
    }
  }

  private Peers join(long deadline) throws IOException {
    while (true) {
      Socket socket = new Socket();
      try {
        socket.connect(
            new InetSocketAddress(address.getHostString(), address.getPort()),
            Math.toIntExact(HANDSHAKE.toMillis()));
        DataOutputStream out = new DataOutputStream(socket.getOutputStream());
        out.writeInt(rank);
        out.write(proof(rank));
        out.flush();
        socket.setSoTimeout(millisUntil(deadline));
        byte[] shared = receive(new DataInputStream(socket.getInputStream()));
        return new Peers(shared, Map.of(0, socket));
      } catch (IOException e) {
        socket.close();
        if (System.nanoTime() - deadline + PAUSE.toNanos() > 0) {
          throw new IOException("rank %d did not meet rank 0 at %s".formatted(rank, address), e);
        }
        LOG.debug("rank 0 is not there yet: {}", e.toString());
        sleep();
      }
    }
  }

  private byte[] receive(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > MOST_BYTES) {
      throw new IOException("rank 0 wants to hand out %d bytes".formatted(length));
    }
    byte[] shared = in.readNBytes(length);
    byte[] said = in.readNBytes(proof(shared).length);
    if (shared.length < length || !MessageDigest.isEqual(said, proof(shared))) {
      throw new EOFException("rank 0 broke off, or is another's");
    }
    return shared;
  }

  private byte[] proof(int number) {
    return proof(Integer.toString(number).getBytes(StandardCharsets.UTF_8));
  }

  private byte[] proof(byte[] content) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(token.getBytes(StandardCharsets.UTF_8), mac.getAlgorithm()));
      mac.update((PROTOCOL + " " + group + " ").getBytes(StandardCharsets.UTF_8));
      return mac.doFinal(content);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has HMAC-SHA256", e);
    }
  }

  private static void sleep() throws IOException {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static int millisUntil(long deadline) throws SocketTimeoutException {
    long millis = (deadline - System.nanoTime()) / 1_000_000;
    if (millis <= 0) {
      throw new SocketTimeoutException("the time is over");
    }
    return (int) Math.min(millis, Integer.MAX_VALUE);
  }

  /** Without the token. */
  @Override
  public String toString() {
    return "rank %d of %d, rank 0 at %s".formatted(rank, worldSize, address);
  }
}
