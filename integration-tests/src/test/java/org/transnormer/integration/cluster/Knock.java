package org.transnormer.integration.cluster;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * Runs in a pod of the cluster, alone with the JDK: says of each {@code host:port} whether a
 * connection opens.
 */
final class Knock {

  private static final int PATIENCE_MILLIS = 4_000;

  private Knock() {}

  public static void main(String[] args) {
    for (String target : args) {
      int colon = target.lastIndexOf(':');
      System.out.println(
          target
              + " "
              + knock(target.substring(0, colon), Integer.parseInt(target.substring(colon + 1))));
    }
  }

  private static String knock(String host, int port) {
    InetSocketAddress address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      return "unknown";
    }
    try (Socket socket = new Socket()) {
      socket.connect(address, PATIENCE_MILLIS);
      return "open";
    } catch (IOException e) {
      return "closed";
    }
  }
}
