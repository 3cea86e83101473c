package org.transnormer.model.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@value #FILE}: what a token set consists of. Names no time, host or worker, so that the same
 * documents, tokenizer and parts give the same bytes.
 *
 * @param eosToken the last token of every document
 * @param tokenizerSha256 of the {@code tokenizer.json} beside it
 * @param shards SHA-256 of the document shards, in the order that {@link DocumentRef#shard} counts
 * @param parts by split and number
 */
public record TokenSetHeader(
    int vocabSize,
    int eosToken,
    String tokenizerSha256,
    String snapshotId,
    List<String> shards,
    List<TokenPart> parts) {

  public static final String FILE = "token-set.json";
  public static final String TOKENIZER_FILE = "tokenizer.json";
  public static final String FORMAT = "tnl/token-set/1";

  private static final int LARGEST_U16_VOCABULARY = 1 << 16;

  public TokenSetHeader {
    shards = List.copyOf(shards);
    parts =
        parts.stream()
            .sorted(Comparator.comparing(TokenPart::split).thenComparing(TokenPart::number))
            .toList();
    if (vocabSize < 1 || eosToken < 0 || eosToken >= vocabSize) {
      throw new IllegalArgumentException(
          "end-of-document token %d, vocabulary %d".formatted(eosToken, vocabSize));
    }
  }

  /** {@code u16}, or {@code u32} for a vocabulary that needs it. */
  public String dtype() {
    return bytesPerToken() == 2 ? "u16" : "u32";
  }

  int bytesPerToken() {
    return bytesPerToken(vocabSize);
  }

  static int bytesPerToken(int vocabSize) {
    return vocabSize > LARGEST_U16_VOCABULARY ? 4 : 2;
  }

  public List<TokenPart> parts(Split split) {
    return parts.stream().filter(part -> part.split() == split).toList();
  }

  public long tokens(Split split) {
    return parts(split).stream().mapToLong(TokenPart::tokens).sum();
  }

  public long documents(Split split) {
    return parts(split).stream().mapToLong(TokenPart::documents).sum();
  }

  public long textBytes(Split split) {
    return parts(split).stream().mapToLong(TokenPart::textBytes).sum();
  }

  /** Every file of the set, this one included; the manifest's objects. */
  public List<String> files() {
    List<String> files = new ArrayList<>(List.of(FILE, TOKENIZER_FILE));
    for (TokenPart part : parts) {
      files.addAll(List.of(part.tokensFile(), part.endsFile(), part.documentsFile()));
    }
    return files;
  }

  /** Fit for the attributes of a manifest too. */
  public ObjectNode toJson() {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("format", FORMAT);
    json.put("dtype", dtype());
    json.put("vocabSize", vocabSize);
    json.put("eosToken", eosToken);
    json.put("tokenizerSha256", tokenizerSha256);
    json.put("snapshotId", snapshotId);
    shards.forEach(json.putArray("shards")::add);
    ObjectNode splits = json.putObject("splits");
    for (Split split : Split.values()) {
      ObjectNode counts = splits.putObject(split.label());
      counts.put("tokens", tokens(split));
      counts.put("documents", documents(split));
      counts.put("textBytes", textBytes(split));
      ArrayNode list = counts.putArray("parts");
      for (TokenPart part : parts(split)) {
        ObjectNode node = list.addObject();
        node.put("number", part.number());
        node.put("tokens", part.tokens());
        node.put("documents", part.documents());
        node.put("textBytes", part.textBytes());
      }
    }
    return json;
  }

  /** Writes {@value #FILE}. */
  public void write(Path folder) throws IOException {
    Files.writeString(folder.resolve(FILE), toJson().toPrettyString() + "\n");
  }

  /**
   * @throws CorruptTokenSetException if the file is no description of a token set of this version
   */
  public static TokenSetHeader read(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    try {
      return parse(file, JsonMapper.shared().readTree(Files.readString(file)));
    } catch (JacksonException | IllegalArgumentException e) {
      throw new CorruptTokenSetException(file, "cannot be read: " + e.getMessage());
    }
  }

  private static TokenSetHeader parse(Path file, JsonNode json) {
    if (!json.path("format").asString("").equals(FORMAT)) {
      throw new CorruptTokenSetException(file, "is not of format " + FORMAT);
    }
    List<String> shards = new ArrayList<>();
    json.required("shards").forEach(shard -> shards.add(shard.stringValue()));
    List<TokenPart> parts = new ArrayList<>();
    for (Split split : Split.values()) {
      for (JsonNode part : json.required("splits").required(split.label()).required("parts")) {
        parts.add(
            new TokenPart(
                split,
                part.required("number").intValue(),
                part.required("tokens").longValue(),
                part.required("documents").longValue(),
                part.required("textBytes").longValue()));
      }
    }
    TokenSetHeader header =
        new TokenSetHeader(
            json.required("vocabSize").intValue(),
            json.required("eosToken").intValue(),
            json.required("tokenizerSha256").stringValue(),
            json.required("snapshotId").stringValue(),
            shards,
            parts);
    if (!json.required("dtype").stringValue().equals(header.dtype())) {
      throw new CorruptTokenSetException(
          file, "has dtype %s for its vocabulary".formatted(json.required("dtype")));
    }
    return header;
  }
}
