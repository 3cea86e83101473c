package org.transnormer.integration.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * Runs in a pod of the cluster, alone with the JDK: takes a zip of jars and other files from
 * whoever connects first, and runs a main class of theirs. So a program gets into a pod without an
 * image of its own.
 */
final class Receive {

  private static final Path HERE = Path.of("/tmp/received");

  private Receive() {}

  /**
   * @param args port, main class, its arguments
   */
  public static void main(String[] args) throws Exception {
    List<URL> jars = new ArrayList<>();
    try (ServerSocket server = new ServerSocket(Integer.parseInt(args[0]))) {
      System.out.println("waiting for jars");
      try (Socket sender = server.accept()) {
        unpack(sender.getInputStream(), jars);
        sender.getOutputStream().write('.');
      }
    }
    System.out.println("starting with " + jars.size() + " jars");
    ClassLoader loader = new URLClassLoader(jars.toArray(new URL[0]));
    Thread.currentThread().setContextClassLoader(loader);
    Method main = loader.loadClass(args[1]).getMethod("main", String[].class);
    main.invoke(null, (Object) Arrays.copyOfRange(args, 2, args.length));
  }

  private static void unpack(InputStream from, List<URL> jars) throws IOException {
    Files.createDirectories(HERE);
    ZipInputStream zip = new ZipInputStream(from); // the end of the zip, not of the connection
    for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
      Path file = HERE.resolve(Path.of(entry.getName()).getFileName());
      Files.copy(zip, file);
      if (entry.getName().endsWith(".jar")) {
        jars.add(file.toUri().toURL());
      }
    }
  }
}
