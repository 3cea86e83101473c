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
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.transnormer.model.data.TokenSetHeader;
import org.transnormer.model.tokenizer.InvalidTokenizerException;
import org.transnormer.model.tokenizer.Tokenizer;
import org.transnormer.model.tokenizer.TokenizerJson;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code tnl model tokenize}. */
@Command(
    name = "tokenize",
    mixinStandardHelpOptions = true,
    description = {
      "Turns texts into token ids, or ids into text.",
      "",
      "The text is --text, the FILEs, or standard input. Ids are separated by spaces, a line a"
          + " text. Special tokens in a text are recognised; none are added. JSONL files (field"
          + " \"text\") hold a text a line; files and folders of them may be compressed (.zst, .gz).",
      "",
      "With --out the FILEs become a token set, which train and eval take."
    })
final class TokenizeCommand implements Callable<Integer> {

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec command;

  @Option(
      names = {"-t", "--tokenizer"},
      required = true,
      paramLabel = "FILE",
      description =
          "tokenizer.json, tokenizer.model, *.tiktoken, or a model folder that holds one of them")
  private Path tokenizerFile = Path.of("");

  @Parameters(arity = "0..*", paramLabel = "FILE", description = "what to read")
  private List<Path> files = List.of();

  @Option(names = "--text", paramLabel = "TEXT", description = "the text itself")
  private @Nullable String text;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      description =
          "a token set of the FILEs in a folder that is empty or not there; it appears when it is"
              + " whole")
  private @Nullable Path out;

  @Option(
      names = "--heldout",
      paramLabel = "SHARE",
      defaultValue = "0.05",
      description = "of a token set: the share that is measured, not trained on (${DEFAULT-VALUE})")
  private double heldout;

  @Option(
      names = "--text-field",
      paramLabel = "NAME",
      defaultValue = "text",
      description = "field of a JSONL line that holds the text (${DEFAULT-VALUE})")
  private String field = "text";

  @ArgGroup private Wanted wanted = new Wanted();

  /** What comes out; ids if nothing is said. */
  static final class Wanted {
    @Option(names = "--pieces", description = "the tokens' texts, one a line, with their ids")
    boolean pieces;

    @Option(names = "--count", description = "how many tokens, and bytes for each of them")
    boolean count;

    @Option(names = "--decode", description = "reads ids and writes their text")
    boolean decode;
  }

  @Option(names = "--json", description = "a JSON object for each text")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    if (text != null && !files.isEmpty()) {
      throw new ParameterException(command.commandLine(), "give --text or files, not both");
    }
    if (out != null) {
      write(out);
      return 0;
    }
    Tokenizer tokenizer = load();
    PrintWriter to = command.commandLine().getOut();
    if (text != null) {
      show(to, tokenizer, text);
    } else if (files.isEmpty()) {
      show(to, tokenizer, new String(System.in.readAllBytes(), StandardCharsets.UTF_8));
    } else {
      TextDocuments.of(files, field, true).each(document -> show(to, tokenizer, document.text()));
    }
    to.flush();
    return 0;
  }

  private void show(PrintWriter to, Tokenizer tokenizer, String from) {
    if (wanted.decode) {
      decode(to, tokenizer, from);
    } else {
      encode(to, tokenizer, from);
    }
  }

  private void write(Path place) throws IOException {
    if (files.isEmpty() || wanted.pieces || wanted.count || wanted.decode) {
      throw new ParameterException(
          command.commandLine(), "--out makes a token set of FILEs, and prints nothing of them");
    }
    PrintWriter err = command.commandLine().getErr();
    TextDocuments documents = TextDocuments.of(files, field);
    TokenizedTexts texts = new TokenizedTexts(documents, Tokenizer.load(file()), heldout);
    NewFolder folder = NewFolder.at(place);
    TokenSetHeader header;
    try (Progress progress = new Progress(err, "tokens", documents.bytes(), json)) {
      header = texts.write(folder.begin(), progress);
    }
    folder.complete();
    new TrainingEvents(command.commandLine().getOut(), err, json).tokens(header);
  }

  private Path file() throws IOException {
    return Files.isDirectory(tokenizerFile)
        ? RunFolder.tokenizer(RunFolder.model(tokenizerFile))
        : tokenizerFile;
  }

  private Tokenizer load() throws IOException {
    TokenizerJson definition = TokenizerJson.read(file());
    try {
      return Tokenizer.load(definition);
    } catch (InvalidTokenizerException e) {
      return Tokenizer.load(definition, 0); // Without an end of documents it tokenises as well.
    }
  }

  private void encode(PrintWriter out, Tokenizer tokenizer, String from) {
    int[] ids = tokenizer.encode(from);
    long bytes = from.getBytes(StandardCharsets.UTF_8).length;
    if (json) {
      ObjectNode node = JsonMapper.shared().createObjectNode();
      node.put("count", ids.length).put("bytes", bytes);
      if (!wanted.count) {
        Arrays.stream(ids).forEach(node.putArray("ids")::add);
      }
      if (wanted.pieces) {
        Arrays.stream(ids).forEach(id -> node.withArray("pieces").add(piece(tokenizer, id)));
      }
      out.println(node);
    } else if (wanted.count) {
      double ratio = ids.length == 0 ? 0 : (double) bytes / ids.length;
      out.printf(
          Locale.ROOT, "%d tokens, %d bytes, %.2f bytes a token%n", ids.length, bytes, ratio);
    } else if (wanted.pieces) {
      Arrays.stream(ids).forEach(id -> out.printf("%8d  %s%n", id, quoted(piece(tokenizer, id))));
    } else {
      out.println(Arrays.stream(ids).mapToObj(String::valueOf).collect(Collectors.joining(" ")));
    }
  }

  /** A token's bytes as text; what is no whole character shows as U+FFFD. */
  private static String piece(Tokenizer tokenizer, int id) {
    return new String(tokenizer.tokenBytes(id), StandardCharsets.UTF_8);
  }

  private static String quoted(String piece) {
    return JsonMapper.shared().writeValueAsString(piece);
  }

  private void decode(PrintWriter out, Tokenizer tokenizer, String ids) {
    int[] tokens =
        Stream.of(ids.strip().split("[\\s,]+"))
            .filter(word -> !word.isEmpty())
            .mapToInt(word -> id(tokenizer, word))
            .toArray();
    String decoded = tokenizer.decode(tokens);
    if (json) {
      out.println(JsonMapper.shared().createObjectNode().put("text", decoded));
    } else {
      out.println(decoded);
    }
  }

  private static int id(Tokenizer tokenizer, String word) {
    try {
      int id = Integer.parseInt(word);
      if (id >= 0 && id < tokenizer.vocabSize()) {
        return id;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'%s' is no token id".formatted(word), e);
    }
    throw new IllegalArgumentException(
        "token %s is outside the vocabulary of %d".formatted(word, tokenizer.vocabSize()));
  }
}
