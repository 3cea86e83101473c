package org.transnormer.standalone.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** The demo's way in: a key of its own, the run, the summary. */
public final class Demo {

  private Demo() {}

  /**
   * Runs the demo, or what is left of it.
   *
   * @return whether the model reached what the demo promises; a fast demo promises no quality
   */
  public static boolean run(
      URI door, String adminKey, Path data, Path samples, boolean fast, PrintStream out)
      throws IOException, InterruptedException {
    DemoPlan plan = fast ? DemoPlan.fast() : DemoPlan.whole();
    DemoState state = DemoState.load(data.resolve(plan.name() + ".json"));
    Api admin = new Api(door, adminKey);
    Api operator = admin.withKey(operatorKey(admin, state, plan));
    out.printf("  operator key         %s%n%n", state.require("key"));
    boolean terminal = System.console() != null && System.console().isTerminal();
    Figures figures =
        new DemoRun(operator, plan, state, new SampleCorpus(samples), out, terminal).run();
    out.println();
    out.println(figures.summary());
    return fast || (figures.wellUnderUnigram() && figures.underBigram());
  }

  private static String operatorKey(Api admin, DemoState state, DemoPlan plan) {
    return state
        .get("key")
        .orElseGet(() -> {
          JsonNode key =
              admin.post("/api/v1/keys", Map.of("name", plan.name(), "role", "operator"));
          state.put("key", key.path("key").asString());
          return key.path("key").asString();
        });
  }
}
