package org.transnormer.model.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.data.Split;
import org.transnormer.model.data.TokenSetHeader;
import org.transnormer.model.tensor.MemoryPlan;
import org.transnormer.model.train.StepReport;
import org.transnormer.model.train.TrainingSpec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a run has to say: lines and a bar for people, or one JSON object a line for programs.
 *
 * @param out for programs
 * @param err for people
 */
record TrainingEvents(PrintWriter out, PrintWriter err, boolean json) {

  private static ObjectNode event(String name) {
    return JsonMapper.shared().createObjectNode().put("event", name);
  }

  private void tell(ObjectNode event, String line) {
    if (json) {
      out.println(event);
      out.flush();
    } else {
      err.println(line);
      err.flush();
    }
  }

  static ObjectNode plan(TrainingSpec spec, MemoryPlan memory) {
    ObjectNode event = event("plan");
    event.put("parameters", spec.model().parameterCount());
    event.put("bytes", memory.bytes());
    ObjectNode parts = event.putObject("parts");
    memory.entries().forEach(entry -> parts.put(entry.name(), entry.bytes()));
    event.set("spec", spec.toJson());
    return event;
  }

  void plan(TrainingSpec spec, MemoryPlan memory, Backend backend) {
    long parameters = 4 * Float.BYTES * spec.model().parameterCount();
    tell(
        plan(spec, memory),
        "%,d parameters on %s%nmemory %s: weights, gradients and moments %s, activations %s"
            .formatted(
                spec.model().parameterCount(),
                backend.describe(),
                Console.bytes(memory.bytes()),
                Console.bytes(parameters),
                Console.bytes(memory.bytes() - parameters)));
  }

  void tokens(TokenSetHeader header) {
    long train = header.tokens(Split.TRAIN);
    long heldout = header.tokens(Split.HELDOUT);
    tell(
        event("tokens")
            .put("vocabSize", header.vocabSize())
            .put("train", train)
            .put("heldout", heldout),
        "%,d tokens to train on, %,d held out, vocabulary %,d"
            .formatted(train, heldout, header.vocabSize()));
  }

  void step(StepReport step, long steps, Progress progress) {
    if (json) {
      ObjectNode event = event("step").put("step", step.step()).put("loss", step.loss());
      event.put("gradNorm", step.gradNorm()).put("learningRate", step.learningRate());
      event.put("tokens", step.tokens()).put("tokensPerSecond", step.tokensPerSecond());
      tell(event, "");
      return;
    }
    progress.at(
        step.step(),
        String.format(
            Locale.ROOT,
            "step %d/%d  loss %.4f  |g| %.2f  lr %.1e  %,.0f tokens/s",
            step.step(),
            steps,
            step.loss(),
            step.gradNorm(),
            step.learningRate(),
            step.tokensPerSecond()));
  }

  void heldout(long step, double loss, Progress progress) {
    if (json) {
      tell(event("heldout").put("step", step).put("loss", loss), "");
    } else {
      progress.say(
          String.format(
              Locale.ROOT,
              "step %d: held-out loss %.4f nats/token, perplexity %.2f",
              step,
              loss,
              Math.exp(loss)));
    }
  }

  void checkpoint(long step, Path folder, Progress progress) {
    if (json) {
      tell(event("checkpoint").put("step", step).put("path", folder.toString()), "");
    } else {
      progress.say("step %d: checkpoint %s".formatted(step, folder));
    }
  }

  void interrupted(long step, Progress progress) {
    if (json) {
      tell(event("interrupted").put("step", step), "");
    } else {
      progress.say("stopped after step %d; --resume goes on".formatted(step));
    }
  }
}
