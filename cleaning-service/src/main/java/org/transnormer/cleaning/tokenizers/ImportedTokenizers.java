package org.transnormer.cleaning.tokenizers;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.transnormer.model.tokenizer.TokenizerJson;

/** Reads tokenizers from outside, out of configured folders only. */
public final class ImportedTokenizers {

  private final List<Path> roots;

  /**
   * @param roots folders that may be read; none by default
   */
  public ImportedTokenizers(List<Path> roots) {
    this.roots = List.copyOf(roots);
  }

  /** The file may not be read, or is not there. */
  public static final class RefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
      super(message);
    }
  }

  /**
   * @param uri {@code file:///...} of a {@code tokenizer.json}, or of a folder that holds one
   * @throws RefusedException if it is outside of the roots, also by a link, or not there
   */
  public TokenizerJson read(String uri) throws IOException {
    Path real = realPath(uri);
    if (roots.stream().noneMatch(root -> isBelow(root, real))) {
      throw new RefusedException("lies outside of the configured folders");
    }
    Path file = Files.isDirectory(real) ? real.resolve("tokenizer.json").toRealPath() : real;
    if (roots.stream().noneMatch(root -> isBelow(root, file)) || !Files.isRegularFile(file)) {
      throw new RefusedException("is no file in a configured folder");
    }
    return TokenizerJson.read(file);
  }

  private static Path realPath(String uri) throws IOException {
    try {
      URI parsed = URI.create(uri);
      if (!"file".equals(parsed.getScheme())) {
        throw new RefusedException("must be a file:/// URI");
      }
      return Path.of(parsed).toRealPath();
    } catch (NoSuchFileException _) {
      throw new RefusedException("there is no such file");
    } catch (IllegalArgumentException e) {
      throw new RefusedException("is not a file URI: " + e.getMessage());
    }
  }

  private static boolean isBelow(Path root, Path real) {
    try {
      return real.startsWith(root.toRealPath());
    } catch (IOException _) {
      return false;
    }
  }
}
