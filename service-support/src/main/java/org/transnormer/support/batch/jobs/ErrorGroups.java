package org.transnormer.support.batch.jobs;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.transnormer.artifacts.digest.Digests;

/** Puts failures together that tell the same story about different numbers, paths and ids. */
final class ErrorGroups {
  private static final Pattern EXCEPTION =
      Pattern.compile("^(?:[a-zA-Z_][\\w$]*\\.)+([A-Z][\\w$]*)(?::\\s*(.*))?$");
  private static final Pattern VARIABLE =
      Pattern.compile("'[^']*'|\"[^\"]*\"|\\S*/\\S+|\\b[0-9a-f-]{8,}\\b|\\d+");
  private static final int FINGERPRINT = 12;

  private ErrorGroups() {}

  /** Most frequent first. */
  static List<JobView.ErrorView> of(List<JobRows.Failure> failures) {
    Map<String, JobView.ErrorView> groups = new LinkedHashMap<>();
    for (JobRows.Failure failure : failures) {
      JobView.ErrorView single = single(failure);
      groups.merge(single.fingerprint(), single, ErrorGroups::together);
    }
    List<JobView.ErrorView> result = new ArrayList<>(groups.values());
    result.sort(Comparator.comparingLong(JobView.ErrorView::count).reversed());
    return result;
  }

  private static JobView.ErrorView single(JobRows.Failure failure) {
    String line = failure.text().lines().findFirst().orElse("").strip();
    Matcher exception = EXCEPTION.matcher(line);
    boolean named = exception.matches();
    String message = named && exception.group(2) != null ? exception.group(2) : line;
    String general = VARIABLE.matcher(line).replaceAll("*");
    String cause = named ? exception.group(1) : VARIABLE.matcher(message).replaceAll("*");
    return new JobView.ErrorView(
        Digests.sha256(general).substring(0, FINGERPRINT),
        cause,
        message,
        1,
        failure.at(),
        failure.at(),
        failure.text());
  }

  private static JobView.ErrorView together(JobView.ErrorView group, JobView.ErrorView later) {
    return new JobView.ErrorView(
        group.fingerprint(),
        group.cause(),
        later.message(),
        group.count() + later.count(),
        group.firstAt(),
        later.lastAt(),
        later.sample());
  }
}
