package org.transnormer.support.problems;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An answer that is not what the caller hoped for, in terms the caller can act on. Each slug has a
 * page under docs/problems.
 */
public abstract class Problem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String slug;
  private final int status;
  private final String title;

  protected Problem(int status, String slug, String title, String detail) {
    this(status, slug, title, detail, null);
  }

  protected Problem(
      int status, String slug, String title, String detail, @Nullable Throwable cause) {
    super(detail, cause);
    this.status = status;
    this.slug = slug;
    this.title = title;
  }

  public String slug() {
    return slug;
  }

  public int status() {
    return status;
  }

  public String title() {
    return title;
  }

  public String detail() {
    return String.valueOf(getMessage());
  }

  /** Members of the answer beside the standard ones. */
  public Map<String, Object> properties() {
    return Map.of();
  }

  /** Headers of the answer, like {@code Retry-After}. */
  public Map<String, String> headers() {
    return Map.of();
  }
}
