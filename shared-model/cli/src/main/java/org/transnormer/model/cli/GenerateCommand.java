package org.transnormer.model.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.transnormer.model.generate.Sampler;
import org.transnormer.model.generate.Sampling;
import org.transnormer.model.lm.CausalLm;
import org.transnormer.model.lm.Logits;
import org.transnormer.model.lm.SequenceState;
import org.transnormer.model.lm.WeightStorage;
import org.transnormer.model.tokenizer.StreamDecoder;
import org.transnormer.model.tokenizer.Tokenizer;
import org.transnormer.model.tokenizer.TokenizerJson;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code tnl model generate}. */
@Command(
    name = "generate",
    mixinStandardHelpOptions = true,
    description = {
      "Continues a text with a model folder, token by token as they come.",
      "",
      "The prompt is --prompt, a file, a list of token ids, or what comes on standard input."
    })
final class GenerateCommand implements Callable<Integer> {

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "a model folder, or a run's folder")
  private Path folder = Path.of("");

  @ArgGroup private Prompt prompt = new Prompt();

  /** Where the text to continue is. */
  static final class Prompt {

    @Option(
        names = {"-p", "--prompt"},
        paramLabel = "TEXT",
        description = "the text to continue")
    @Nullable String text;

    @Option(names = "--prompt-file", paramLabel = "FILE", description = "a file with the text")
    @Nullable Path file;

    @Option(
        names = "--prompt-ids",
        paramLabel = "ID",
        split = ",",
        description = "token ids instead of a text; needs no tokenizer")
    int @Nullable [] ids;
  }

  @Option(
      names = {"-n", "--max-tokens"},
      paramLabel = "N",
      defaultValue = "128",
      description = "tokens to generate at most (${DEFAULT-VALUE})")
  private int maxTokens;

  @Option(
      names = "--temperature",
      defaultValue = "0.8",
      description = "0 always takes the most likely token (${DEFAULT-VALUE})")
  private double temperature;

  @Option(
      names = "--top-p",
      defaultValue = "1",
      description = "keeps the most likely tokens that have this probability together")
  private double topP;

  @Option(
      names = "--top-k",
      defaultValue = "0",
      description = "keeps that many tokens; 0 keeps all")
  private int topK;

  @Option(names = "--seed", defaultValue = "0", description = "of the random numbers")
  private long seed;

  @Option(
      names = "--weights",
      defaultValue = "stored",
      description = "what weights are kept as: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE})")
  private WeightStorage weights = WeightStorage.STORED;

  @Option(names = "--ignore-eos", description = "goes on after the end of a document")
  private boolean ignoreEos;

  @Option(names = "--json", description = "one JSON object instead of the text")
  private boolean json;

  @Mixin private Computing computing = new Computing();

  /** What was read and written, and how long it took. */
  private record Run(
      int read, List<Integer> tokens, String text, double prefill, double decode, boolean ended) {}

  @Override
  public Integer call() throws IOException {
    Sampler sampler = new Sampler(new Sampling(temperature, topP, topK, seed));
    Path model = RunFolder.model(folder);
    Optional<Path> file = TokenizerJson.in(model);
    try (CausalLm lm = CausalLm.load(model, computing.loading(weights))) {
      Tokenizer tokenizer =
          file.isEmpty() ? null : Tokenizer.load(file.get(), lm.config().eosToken());
      report(run(lm, tokenizer, sampler, promptTokens(lm, tokenizer)));
    }
    return 0;
  }

  private int[] promptTokens(CausalLm lm, @Nullable Tokenizer tokenizer) throws IOException {
    int[] tokens;
    if (prompt.ids != null) {
      tokens = prompt.ids;
    } else if (tokenizer == null) {
      throw new IllegalArgumentException(
          folder + " has no tokenizer, so the prompt must be given as --prompt-ids");
    } else {
      tokens = tokenizer.encode(promptText());
    }
    for (int token : tokens) {
      if (token < 0 || token >= lm.config().vocabSize()) {
        throw new IllegalArgumentException(
            "token %d is outside the vocabulary of %d".formatted(token, lm.config().vocabSize()));
      }
    }
    // Documents follow the end of another one, so that an empty prompt begins a document.
    return tokens.length > 0 ? tokens : new int[] {lm.config().eosToken()};
  }

  private String promptText() throws IOException {
    if (prompt.text != null) {
      return prompt.text;
    }
    return prompt.file != null
        ? Files.readString(prompt.file)
        : new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
  }

  private Run run(CausalLm lm, @Nullable Tokenizer tokenizer, Sampler sampler, int[] read) {
    PrintWriter out = spec.commandLine().getOut();
    StreamDecoder decoder = tokenizer == null ? null : tokenizer.streamDecoder();
    StringBuilder text = new StringBuilder();
    List<Integer> tokens = new ArrayList<>();
    Logits logits = new Logits(1, lm.config().vocabSize());
    boolean ended = false;
    try (SequenceState state = lm.newState()) {
      long started = System.nanoTime();
      lm.prefill(state, read, 0, read.length, logits);
      long decoding = System.nanoTime();
      while (tokens.size() < maxTokens && !ended) {
        int token = sampler.next(logits, 0, state.position());
        ended = token == lm.config().eosToken() && !ignoreEos;
        if (!ended) {
          tokens.add(token);
          String more =
              decoder == null ? tokens.size() > 1 ? " " + token : "" + token : decoder.next(token);
          emit(out, text, more);
          if (tokens.size() < maxTokens) {
            lm.decode(List.of(state), new int[] {token}, logits);
          }
        }
      }
      emit(out, text, decoder == null ? "" : decoder.finish());
      double prefill = (decoding - started) * 1e-9;
      double decode = (System.nanoTime() - decoding) * 1e-9;
      return new Run(read.length, tokens, text.toString(), prefill, decode, ended);
    }
  }

  private void emit(PrintWriter out, StringBuilder text, String more) {
    text.append(more);
    if (!json && !more.isEmpty()) {
      out.print(more);
      out.flush();
    }
  }

  private void report(Run run) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      ObjectNode node = JsonMapper.shared().createObjectNode();
      node.put("text", run.text);
      run.tokens.forEach(node.putArray("tokens")::add);
      node.put("promptTokens", run.read);
      node.put("finishReason", run.ended ? "stop" : "length");
      node.put("prefillSeconds", run.prefill);
      node.put("decodeSeconds", run.decode);
      out.println(node.toPrettyString());
      out.flush();
      return;
    }
    out.println();
    out.flush();
    PrintWriter err = spec.commandLine().getErr();
    err.printf(
        Locale.ROOT,
        "%d tokens read in %.2f s, %d written in %.2f s (%.1f tokens/s)%s%n",
        run.read,
        run.prefill,
        run.tokens.size(),
        run.decode,
        run.tokens.size() / run.decode,
        run.ended ? "; the document ended" : "");
    err.flush();
  }
}
