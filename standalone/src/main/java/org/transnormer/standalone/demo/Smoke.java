package org.transnormer.standalone.demo;

import java.io.PrintStream;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** One question to each service, through the door. */
public final class Smoke {

  private static final Duration PAUSE = Duration.ofSeconds(2);

  private static final Map<String, String> QUESTIONS = new LinkedHashMap<>();

  static {
    QUESTIONS.put("corpus", "/api/v1/corpora");
    QUESTIONS.put("cleaning", "/api/v1/recipes");
    QUESTIONS.put("trainer", "/api/v1/training-runs");
    QUESTIONS.put("inference", "/v1/models");
    QUESTIONS.put("door", "/api/v1/system");
  }

  private Smoke() {}

  /** Whether all have answered before the deadline; says of each what it answered. */
  public static boolean check(URI door, String key, Instant deadline, PrintStream out)
      throws InterruptedException {
    Api api = new Api(door, key);
    boolean all = true;
    for (Map.Entry<String, String> question : QUESTIONS.entrySet()) {
      all &= answers(api, question.getKey(), question.getValue(), deadline, out);
    }
    return all;
  }

  private static boolean answers(
      Api api, String service, String path, Instant deadline, PrintStream out)
      throws InterruptedException {
    while (true) {
      try {
        api.get(path);
        out.printf("%-10s answers%n", service);
        return true;
      } catch (ApiException e) {
        if (Instant.now().isAfter(deadline)) {
          out.printf("%-10s %s%n", service, e.getMessage());
          return false;
        }
        Thread.sleep(PAUSE);
      }
    }
  }
}
