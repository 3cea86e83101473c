package org.transnormer.support.idempotency;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.HandlerExecutionChain;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.util.ContentCachingResponseWrapper;
import org.springframework.web.util.ServletRequestPathUtils;
import org.transnormer.artifacts.digest.Digests;
import org.transnormer.artifacts.failpoints.FailPoints;
import org.transnormer.artifacts.manifest.CanonicalJson;
import org.transnormer.support.problems.InvalidProblem;
import org.transnormer.support.problems.Problem;
import org.transnormer.support.problems.StillAtWorkProblem;
import org.transnormer.support.problems.UnprocessableProblem;
import org.transnormer.support.security.Caller;
import tools.jackson.core.JacksonException;

/** Stands before the controllers that are {@link Idempotent}; behind security. */
final class IdempotencyFilter extends OncePerRequestFilter {
  static final String HEADER = "Idempotency-Key";
  private static final String REPLAYED = "Idempotent-Replayed";
  private static final Pattern LEGAL = Pattern.compile("[\\x21-\\x7e]{1,200}");

  private final IdempotentRequests requests;
  private final Launches launches;
  private final RequestMappingHandlerMapping mapping;
  private final HandlerExceptionResolver problems;

  IdempotencyFilter(
      IdempotentRequests requests,
      Launches launches,
      RequestMappingHandlerMapping mapping,
      HandlerExceptionResolver problems) {
    this.requests = requests;
    this.launches = launches;
    this.mapping = mapping;
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (!isIdempotent(request)) {
      chain.doFilter(request, response);
      return;
    }
    try {
      String key = key(request);
      byte[] body = request.getInputStream().readAllBytes();
      String caller = Caller.current().subject();
      String fingerprint = fingerprint(request, body);
      switch (requests.begin(caller, key, fingerprint)) {
        case IdempotentRequests.Begin.Run(UUID attempt) ->
            run(
                new BodyRequest(request, body),
                response,
                chain,
                new Launches.Claim(caller, key, attempt));
        case IdempotentRequests.Begin.Replay(KeptAnswer answer) -> replay(answer, response);
        case IdempotentRequests.Begin.Launched(UUID attempt, String resource) ->
            lookUp(
                new GetRequest(request, resource),
                response,
                chain,
                new Launches.Claim(caller, key, attempt));
        case IdempotentRequests.Begin.OtherRequest _ ->
            throw new UnprocessableProblem(
                HEADER + " was used before, with another request: take a new one");
        case IdempotentRequests.Begin.InProgress _ ->
            throw new StillAtWorkProblem("the first request with this " + HEADER + " is at work");
      }
    } catch (Problem | IOException e) {
      if (response.isCommitted() || problems.resolveException(request, response, null, e) == null) {
        throw e;
      }
    }
  }

  private boolean isIdempotent(HttpServletRequest request) {
    if (!request.getMethod().equals("POST")) {
      return false;
    }
    HandlerExecutionChain handler = handler(request);
    return handler != null
        && handler.getHandler() instanceof HandlerMethod method
        && method.hasMethodAnnotation(Idempotent.class);
  }

  /** Null when no controller takes the request: the dispatcher will say so. */
  private @Nullable HandlerExecutionChain handler(HttpServletRequest request) {
    boolean parsed = ServletRequestPathUtils.hasParsedRequestPath(request);
    if (!parsed) {
      ServletRequestPathUtils.parseAndCache(request);
    }
    try {
      return mapping.getHandler(request);
    } catch (Exception _) {
      return null; // another verb, another media type: answered by the dispatcher
    } finally {
      if (!parsed) {
        ServletRequestPathUtils.clearParsedRequestPath(request);
      }
    }
  }

  private static String key(HttpServletRequest request) {
    String key = request.getHeader(HEADER);
    if (key == null || key.isBlank()) {
      throw new InvalidProblem(HEADER, "this header is required on requests that launch work");
    }
    if (!LEGAL.matcher(key).matches()) {
      throw new InvalidProblem(HEADER, "1 to 200 visible ASCII characters");
    }
    return key;
  }

  private static String fingerprint(HttpServletRequest request, byte[] body) {
    MessageDigest digest = Digests.newSha256();
    String line =
        request.getMethod() + " " + request.getRequestURI() + "?" + request.getQueryString();
    digest.update(line.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) '\n');
    digest.update(canonical(body));
    return Digests.hex(digest.digest());
  }

  /** Two processes of one client need not write the members of an object in the same order. */
  private static byte[] canonical(byte[] body) {
    try {
      return CanonicalJson.bytes(CanonicalJson.parse(body));
    } catch (JacksonException | IllegalArgumentException _) {
      return body; // not JSON: the controller says so
    }
  }

  private void run(
      HttpServletRequest request,
      HttpServletResponse response,
      FilterChain chain,
      Launches.Claim claim)
      throws ServletException, IOException {
    ContentCachingResponseWrapper copy = new ContentCachingResponseWrapper(response);
    boolean kept = false;
    try {
      launches.during(claim, () -> chain.doFilter(request, copy));
      FailPoints.hit("idempotency.beforeKeep");
      kept = keepIfGood(claim, copy);
      copy.copyBodyToResponse();
    } finally {
      if (!kept) {
        requests.forget(claim.caller(), claim.key(), claim.attempt());
      }
    }
  }

  private boolean keepIfGood(Launches.Claim claim, ContentCachingResponseWrapper copy) {
    boolean good = copy.getStatus() >= 200 && copy.getStatus() < 300;
    if (good) {
      requests.keep(claim.caller(), claim.key(), claim.attempt(), answer(copy));
    }
    return good;
  }

  /** The first answer was lost on its way: the resource is what it would have shown. */
  private void lookUp(
      GetRequest request, HttpServletResponse response, FilterChain chain, Launches.Claim claim)
      throws ServletException, IOException {
    ContentCachingResponseWrapper copy = new ContentCachingResponseWrapper(response);
    chain.doFilter(request, copy);
    if (copy.getStatus() == HttpServletResponse.SC_OK) {
      copy.setStatus(HttpServletResponse.SC_ACCEPTED);
      copy.setHeader(HttpHeaders.LOCATION, request.getRequestURI());
      copy.setHeader(REPLAYED, "true");
      keepIfGood(claim, copy);
    }
    copy.copyBodyToResponse();
  }

  private static KeptAnswer answer(ContentCachingResponseWrapper response) {
    Map<String, String> headers = new TreeMap<>();
    for (String name :
        new String[] {HttpHeaders.LOCATION, HttpHeaders.CONTENT_TYPE, HttpHeaders.ETAG}) {
      String value = response.getHeader(name);
      if (value != null) {
        headers.put(name, value);
      }
    }
    String type = response.getContentType();
    if (type != null) {
      headers.put(HttpHeaders.CONTENT_TYPE, type);
    }
    return new KeptAnswer(response.getStatus(), headers, response.getContentAsByteArray());
  }

  private static void replay(KeptAnswer answer, HttpServletResponse response) throws IOException {
    response.setStatus(answer.status());
    answer.headers().forEach(response::setHeader);
    response.setHeader(REPLAYED, "true");
    response.getOutputStream().write(answer.body());
  }

  /** The same caller asks for a resource of this service. */
  private static final class GetRequest extends HttpServletRequestWrapper {
    private final String path;

    GetRequest(HttpServletRequest request, String path) {
      super(request);
      this.path = path;
    }

    @Override
    public String getMethod() {
      return "GET";
    }

    @Override
    public String getRequestURI() {
      return path;
    }

    @Override
    public String getServletPath() {
      return path;
    }

    @Override
    public @Nullable String getQueryString() {
      return null;
    }
  }

  /** The request with the body that was read. */
  private static final class BodyRequest extends HttpServletRequestWrapper {
    private final byte[] body;

    BodyRequest(HttpServletRequest request, byte[] body) {
      super(request);
      this.body = body;
    }

    @Override
    public ServletInputStream getInputStream() {
      return new BodyStream(new ByteArrayInputStream(body));
    }

    @Override
    public BufferedReader getReader() {
      return new BufferedReader(new InputStreamReader(getInputStream(), StandardCharsets.UTF_8));
    }
  }

  private static final class BodyStream extends ServletInputStream {
    private final ByteArrayInputStream in;

    BodyStream(ByteArrayInputStream in) {
      this.in = in;
    }

    @Override
    public int read() {
      return in.read();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      return in.read(bytes, offset, length);
    }

    @Override
    public boolean isFinished() {
      return in.available() == 0;
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setReadListener(ReadListener listener) {
      throw new IllegalStateException("the body was read already");
    }
  }
}
