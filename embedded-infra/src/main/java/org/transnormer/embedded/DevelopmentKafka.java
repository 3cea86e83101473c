package org.transnormer.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/**
 * Kafka as a pod of the chart's development form: listens on every address, is reached under {@code
 * TNL_ADVERTISED_HOST}, keeps its log under {@code TNL_DATA}.
 */
public final class DevelopmentKafka {

  private static final int PORT = 9092;

  private DevelopmentKafka() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    System.setProperty("logback.configurationFile", "development-logback.xml");
    Path data = Path.of(Environment.required("TNL_DATA"));
    KafkaServer server =
        KafkaServer.start(
            data.resolve("kafka"), PORT, "0.0.0.0", Environment.required("TNL_ADVERTISED_HOST"));
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
