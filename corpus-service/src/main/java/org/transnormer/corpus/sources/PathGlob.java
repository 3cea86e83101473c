package org.transnormer.corpus.sources;

import java.nio.file.FileSystems;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.regex.PatternSyntaxException;

/** A glob over relative paths. One without a slash is about the file's name, at any depth. */
public final class PathGlob {
  private static final int LONGEST = 500;

  private final PathMatcher matcher;
  private final boolean namesOnly;

  private PathGlob(PathMatcher matcher, boolean namesOnly) {
    this.matcher = matcher;
    this.namesOnly = namesOnly;
  }

  /**
   * @throws IllegalArgumentException when it is not a glob
   */
  public static PathGlob of(String glob) {
    if (glob.isBlank() || glob.length() > LONGEST) {
      throw new IllegalArgumentException("a glob has 1 to " + LONGEST + " characters");
    }
    try {
      return new PathGlob(
          FileSystems.getDefault().getPathMatcher("glob:" + glob), glob.indexOf('/') < 0);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException("not a glob: " + e.getDescription(), e);
    }
  }

  public boolean matches(String relativePath) {
    String subject =
        namesOnly ? relativePath.substring(relativePath.lastIndexOf('/') + 1) : relativePath;
    try {
      return matcher.matches(Path.of(subject));
    } catch (InvalidPathException e) {
      return false;
    }
  }
}
