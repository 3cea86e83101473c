package org.transnormer.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/**
 * PostgreSQL as a pod of the chart's development form: listens on every address, its password comes
 * from {@code TNL_PASSWORD}, its data lie under {@code TNL_DATA}.
 */
public final class DevelopmentPostgres {

  private static final int PORT = 5432;

  private DevelopmentPostgres() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    System.setProperty("logback.configurationFile", "development-logback.xml");
    Path data = Path.of(Environment.required("TNL_DATA"));
    PostgresServer server =
        PostgresServer.start(
            data.resolve("postgresql"), PORT, "*", Environment.required("TNL_PASSWORD"));
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> {
              server.close();
              stopped.countDown();
            }));
    stopped.await();
  }
}
