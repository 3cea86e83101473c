package org.transnormer.model.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.DoubleConsumer;
import org.transnormer.model.data.Split;
import org.transnormer.model.data.TokenSet;
import org.transnormer.model.data.TokenSetHeader;
import org.transnormer.model.data.Tokens;
import org.transnormer.model.lm.CausalLm;
import org.transnormer.model.lm.SequenceState;
import org.transnormer.model.lm.WeightStorage;
import org.transnormer.model.tokenizer.Tokenizer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code tnl model eval}. */
@Command(
    name = "eval",
    mixinStandardHelpOptions = true,
    description = {
      "Measures how well a model predicts texts, or a split of a token set.",
      "",
      "Every document is scored alone, after the end of another one, with its own end; the model's"
          + " state carries it from the first token to the last, however long it is. Bits per byte"
          + " can be compared between models with different tokenizers; perplexity cannot."
    })
final class EvalCommand implements Callable<Integer> {

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec command;

  @Parameters(index = "0", paramLabel = "DIR", description = "a model folder, or a run's folder")
  private Path folder = Path.of("");

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "DATA",
      description = "texts, JSONL, folders of them, or one token set")
  private List<Path> data = List.of();

  @Option(
      names = "--split",
      defaultValue = "heldout",
      description = "of a token set: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE})")
  private Split split = Split.HELDOUT;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      description = "stops after so many tokens, within a document too")
  private long maxTokens = Long.MAX_VALUE;

  @Option(
      names = "--text-field",
      defaultValue = "text",
      description = "of JSONL (${DEFAULT-VALUE})")
  private String field = "text";

  @Option(names = "--json", description = "one JSON object instead of lines")
  private boolean json;

  @Mixin private Computing computing = new Computing();

  /** Tokens of one document that go by between two looks at progress and limit. */
  private static final int STRETCH = 1 << 13;

  private double nats;
  private long tokens;
  private double bytes;
  private long documents;

  @Override
  public Integer call() throws IOException {
    if (maxTokens < 1) {
      throw new ParameterException(command.commandLine(), "--max-tokens must be at least 1");
    }
    Path model = RunFolder.model(folder);
    long started = System.nanoTime();
    try (CausalLm lm = CausalLm.load(model, computing.loading(WeightStorage.STORED))) {
      try (SequenceState state = lm.newState()) {
        if (data.size() == 1 && Files.exists(data.getFirst().resolve(TokenSetHeader.FILE))) {
          tokenSet(lm, state);
        } else {
          texts(lm, state, Tokenizer.load(RunFolder.tokenizer(model), lm.config().eosToken()));
        }
      }
      if (tokens == 0) {
        throw new IllegalArgumentException("there is nothing to measure in " + data);
      }
      report(lm, (System.nanoTime() - started) * 1e-9);
    }
    return 0;
  }

  private void texts(CausalLm lm, SequenceState state, Tokenizer tokenizer) throws IOException {
    TextDocuments texts = TextDocuments.of(data, field);
    long all = texts.bytes();
    long[] before = {0};
    try (Progress progress = progress(all)) {
      texts.each(document -> {
        if (tokens < maxTokens) {
          int[] ids = tokenizer.encode(document.text());
          int[] ended = Arrays.copyOf(ids, ids.length + 1);
          ended[ids.length] = lm.config().eosToken();
          int utf8 = document.text().getBytes(StandardCharsets.UTF_8).length;
          score(
              lm,
              state,
              new Document(
                  ended.length,
                  utf8,
                  (from, count) -> Arrays.copyOfRange(ended, (int) from, (int) from + count)),
              share -> {
                double read = before[0] + share * (document.read() - before[0]);
                progress.at((long) Math.max(read, (double) all * tokens / maxTokens), said());
              });
          before[0] = document.read();
        }
      });
    }
  }

  private void tokenSet(CausalLm lm, SequenceState state) throws IOException {
    try (TokenSet set = TokenSet.open(data.getFirst())) {
      if (set.header().vocabSize() > lm.config().vocabSize()) {
        throw new IllegalArgumentException(
            "the token set has %d tokens, the model %d"
                .formatted(set.header().vocabSize(), lm.config().vocabSize()));
      }
      Tokens all = set.tokens(split);
      double bytesPerToken = (double) set.header().textBytes(split) / Math.max(1, all.size());
      try (Progress progress = progress(Math.min(maxTokens, all.size()))) {
        for (long d = 0; d < all.documents() && tokens < maxTokens; d++) {
          long start = all.documentStart(d);
          long length = all.documentEnd(d) - start;
          score(
              lm,
              state,
              new Document(
                  length, bytesPerToken * length, (from, count) -> all.read(start + from, count)),
              _ -> progress.at(tokens, said()));
        }
      }
    }
  }

  private Progress progress(long whole) {
    return new Progress(command.commandLine().getErr(), "eval", whole, json);
  }

  private String said() {
    return String.format(Locale.ROOT, "%,d tokens, %.4f nats/token", tokens, nats / tokens);
  }

  /**
   * What is scored on its own.
   *
   * @param length tokens, the one that ends it included
   * @param bytes UTF-8 length of its text
   */
  private record Document(long length, double bytes, Source source) {

    @FunctionalInterface
    interface Source {
      /** Tokens [from, from + count). */
      int[] read(long from, int count);
    }
  }

  /**
   * @param progress told what share of the document is done
   */
  private void score(CausalLm lm, SequenceState state, Document document, DoubleConsumer progress) {
    state.reset();
    int previous = lm.config().eosToken();
    long done = 0;
    while (done < document.length && tokens < maxTokens) {
      int count = (int) Math.min(STRETCH, Math.min(document.length - done, maxTokens - tokens));
      int[] stretch = new int[count + 1];
      stretch[0] = previous;
      System.arraycopy(document.source.read(done, count), 0, stretch, 1, count);
      for (double each : lm.negativeLogLikelihood(state, stretch, 0, count)) {
        nats += each;
      }
      previous = stretch[count];
      done += count;
      tokens += count;
      progress.accept((double) done / document.length);
    }
    bytes += document.bytes * done / document.length;
    documents++;
  }

  private void report(CausalLm lm, double seconds) {
    PrintWriter out = command.commandLine().getOut();
    double bitsPerByte = nats / Math.log(2) / Math.max(1, bytes);
    if (json) {
      ObjectNode node = JsonMapper.shared().createObjectNode();
      node.put("documents", documents).put("tokens", tokens).put("bytes", Math.round(bytes));
      node.put("nats", nats).put("loss", nats / tokens);
      node.put("perplexity", Math.exp(nats / tokens)).put("bitsPerByte", bitsPerByte);
      node.put("seconds", seconds).put("device", lm.device());
      node.put("weights", lm.weights().name().toLowerCase(Locale.ROOT));
      out.println(node.toPrettyString());
    } else {
      Console.row(out, "computed by", "%s, weights %s", lm.device(), lm.weights());
      Console.row(out, "documents", "%,d, %s", documents, Console.bytes(Math.round(bytes)));
      Console.row(out, "tokens", "%,d in %.1f s", tokens, seconds);
      Console.row(out, "loss", "%.4f nats/token", nats / tokens);
      Console.row(out, "perplexity", "%.3f", Math.exp(nats / tokens));
      Console.row(out, "bits per byte", "%.4f", bitsPerByte);
    }
    out.flush();
  }
}
