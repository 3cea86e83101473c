package org.transnormer.model.data;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import org.transnormer.model.tokenizer.Tokenizer;

/** A token set of a local folder, mapped and read-only. */
public final class TokenSet implements AutoCloseable {

  private final Path folder;
  private final TokenSetHeader header;
  private final String digest;
  private final Arena arena;
  private final Map<Split, Tokens> splits;

  private TokenSet(
      Path folder, TokenSetHeader header, String digest, Arena arena, Map<Split, Tokens> splits) {
    this.folder = folder;
    this.header = header;
    this.digest = digest;
    this.arena = arena;
    this.splits = splits;
  }

  /**
   * Maps the files and checks that their sizes and tables fit together.
   *
   * @throws CorruptTokenSetException naming the file that does not fit
   */
  @SuppressWarnings("MustBeClosedChecker") // the arena is closed by close(), or here on a failure
  public static TokenSet open(Path folder) throws IOException {
    TokenSetHeader header = TokenSetHeader.read(folder);
    String digest = sha256(folder.resolve(TokenSetHeader.FILE));
    Arena arena = Arena.ofShared();
    try {
      Map<Split, Tokens> splits = new EnumMap<>(Split.class);
      for (Split split : Split.values()) {
        splits.put(split, Tokens.map(folder, header, split, arena));
      }
      return new TokenSet(folder, header, digest, arena, splits);
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  public Path folder() {
    return folder;
  }

  public TokenSetHeader header() {
    return header;
  }

  /**
   * SHA-256 of {@value TokenSetHeader#FILE}, which names sources, tokenizer and parts: other tokens
   * have another digest, a copy of the folder has the same.
   */
  public String digest() {
    return digest;
  }

  private static String sha256(Path file) throws IOException {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha256.digest(Files.readAllBytes(file)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  public Tokens train() {
    return tokens(Split.TRAIN);
  }

  public Tokens heldout() {
    return tokens(Split.HELDOUT);
  }

  public Tokens tokens(Split split) {
    Tokens tokens = splits.get(split);
    if (tokens == null) {
      throw new IllegalStateException("no split " + split);
    }
    return tokens;
  }

  /** The tokenizer that made the tokens. */
  public Tokenizer tokenizer() throws IOException {
    return Tokenizer.load(folder.resolve(TokenSetHeader.TOKENIZER_FILE));
  }

  @Override
  public void close() {
    arena.close();
  }
}
