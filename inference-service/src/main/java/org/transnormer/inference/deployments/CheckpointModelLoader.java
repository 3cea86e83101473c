package org.transnormer.inference.deployments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.transnormer.inference.deployments.CheckpointSource.UnknownCheckpointException;
import org.transnormer.inference.generation.Engine;
import org.transnormer.inference.generation.EngineLimits;
import org.transnormer.model.lm.CausalLm;
import org.transnormer.model.lm.LoadOptions;
import org.transnormer.model.tokenizer.Tokenizer;

/** Loads a verified checkpoint folder into an engine. */
public final class CheckpointModelLoader implements ModelLoader {

  private static final String TOKENIZER = "tokenizer.json";

  private final CheckpointSource checkpoints;
  private final LoadOptions options;
  private final int queuedSequences;
  private final int queuedPromptTokens;
  private final InstantSource clock;

  public CheckpointModelLoader(
      CheckpointSource checkpoints,
      LoadOptions options,
      int queuedSequences,
      int queuedPromptTokens,
      InstantSource clock) {
    this.checkpoints = checkpoints;
    this.options = options;
    this.queuedSequences = queuedSequences;
    this.queuedPromptTokens = queuedPromptTokens;
    this.clock = clock;
  }

  @Override
  public ServedModel load(Deployment deployment, String checkpointId)
      throws IOException, UnknownCheckpointException {
    Path folder = checkpoints.fetch(checkpointId);
    Path tokenizerFile = folder.resolve(TOKENIZER);
    if (!Files.exists(tokenizerFile)) {
      throw new IOException(
          "checkpoint %s has no tokenizer, so it cannot be served: register its folder again with a %s"
              .formatted(checkpointId, TOKENIZER));
    }
    CausalLm model = CausalLm.load(folder, options);
    try {
      int eos = model.config().eosToken();
      Tokenizer tokenizer = Tokenizer.load(tokenizerFile, eos);
      if (tokenizer.vocabSize() > model.config().vocabSize()) {
        throw new IOException(
            "the tokenizer has %d entries, the model only %d"
                .formatted(tokenizer.vocabSize(), model.config().vocabSize()));
      }
      EngineLimits limits =
          new EngineLimits(deployment.slots(), queuedSequences, queuedPromptTokens);
      Engine engine = new Engine(deployment.name(), model, tokenizer, limits);
      return new ServedModel(deployment.name(), checkpointId, clock.instant(), engine);
    } catch (IOException | RuntimeException e) {
      model.close();
      throw e;
    }
  }
}
