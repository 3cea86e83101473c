package org.transnormer.support.problems;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.transnormer.support.Ids;
import org.transnormer.support.web.RequestIdFilter;
import tools.jackson.databind.json.JsonMapper;

/** Answers what Tomcat itself refuses, before any filter, where it would send a page. */
public final class ProblemReportValve extends ErrorReportValve {
  private static final Logger LOG = LoggerFactory.getLogger(ProblemReportValve.class);

  private final JsonMapper json;

  public ProblemReportValve(JsonMapper json) {
    this.json = json;
  }

  @Override
  protected void report(Request request, Response response, @Nullable Throwable failure) {
    int status = response.getStatus();
    if (status < HttpStatus.BAD_REQUEST.value()
        || response.getContentWritten() > 0
        || !response.setErrorReported()) {
      return;
    }
    try {
      write(request, response, status);
    } catch (IOException | UncheckedIOException e) {
      LOG.debug("the caller left before it was told of status {}", status, e);
    }
  }

  private void write(Request request, Response response, int status) throws IOException {
    HttpStatus known = HttpStatus.resolve(status);
    String title = known == null ? "Error" : known.getReasonPhrase();
    if (RequestIdFilter.of(request).isEmpty()) {
      RequestIdFilter.give(request, response, Ids.next());
    }
    ResponseEntity<Object> answer =
        Problems.response(
            Problems.detail(status, Problems.slug(status), title, detail(status, title)),
            new HttpHeaders(),
            request);
    response.setContentType(String.valueOf(answer.getHeaders().getContentType()));
    response.setCharacterEncoding(StandardCharsets.UTF_8.name());
    response.getOutputStream().write(json.writeValueAsBytes(answer.getBody()));
    response.finishResponse();
  }

  private static String detail(int status, String title) {
    return status == HttpStatus.BAD_REQUEST.value()
        ? "the request is not one that HTTP allows, or its address holds what is not taken in one"
        : title;
  }
}
