package org.transnormer.trainer.launch;

import java.net.URI;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.train.BatchSpec;
import org.transnormer.model.train.CheckpointSpec;
import org.transnormer.model.train.EvalSpec;
import org.transnormer.model.train.OptimizerSpec;
import org.transnormer.model.train.Schedule;
import org.transnormer.model.train.TrainingSpec;
import org.transnormer.trainer.runs.Division;
import org.transnormer.trainer.runs.RunSpec;

/** Orders for tests. */
public final class Orders {

  private Orders() {}

  public static GroupOrder order(String runId, int attempt, int ranks) {
    return new GroupOrder(
        runId, attempt, "secret-token", URI.create("http://trainer:8080"), spec(ranks));
  }

  public static RunSpec spec(int ranks) {
    return new RunSpec(
        "tnl",
        RunSpec.Task.CAUSAL_LM,
        new TrainingSpec(
            TnlConfig.of(512, 64, 2, 4, 256, 2),
            OptimizerSpec.adamW(1e-3, Schedule.COSINE, 0),
            new BatchSpec(4, 64),
            100,
            1,
            new EvalSpec(0, 0),
            new CheckpointSpec(10, 2)),
        new RunSpec.Data("set", "token-sets/set", "0".repeat(64), "snapshot"),
        0,
        ranks,
        Division.BATCH,
        null);
  }
}
