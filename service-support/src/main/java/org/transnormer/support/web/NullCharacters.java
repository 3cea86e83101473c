package org.transnormer.support.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.mvc.method.annotation.RequestBodyAdviceAdapter;
import org.transnormer.support.problems.InvalidProblem;

/**
 * Refuses the character U+0000 in parameters and bodies: PostgreSQL keeps it neither in {@code
 * text} nor in {@code jsonb}. In a path the firewall refuses it, in a header the server.
 */
@ControllerAdvice
public final class NullCharacters extends RequestBodyAdviceAdapter implements HandlerInterceptor {
  private static final String ENCODED = "%00";
  public static final String REFUSED = "must not contain the character U+0000";

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    String query = request.getQueryString();
    if (query != null && query.contains(ENCODED)) {
      String parameter =
          Arrays.stream(query.split("&"))
              .filter(each -> each.contains(ENCODED))
              .map(each -> each.substring(0, (each + "=").indexOf('=')))
              .findFirst()
              .orElseThrow();
      throw new InvalidProblem(parameter, REFUSED);
    }
    return true;
  }

  @Override
  public boolean supports(
      MethodParameter parameter, Type type, Class<? extends HttpMessageConverter<?>> converter) {
    return true;
  }

  @Override
  public HttpInputMessage beforeBodyRead(
      HttpInputMessage message,
      MethodParameter parameter,
      Type type,
      Class<? extends HttpMessageConverter<?>> converter)
      throws IOException {
    InputStream body = new EscapeWatch(message.getBody());
    return new HttpInputMessage() {
      @Override
      public InputStream getBody() {
        return body;
      }

      @Override
      public HttpHeaders getHeaders() {
        return message.getHeaders();
      }
    };
  }

  /** Follows the escapes of JSON; the bare character is no JSON and refused by its reader. */
  private static final class EscapeWatch extends FilterInputStream {
    private static final String NULL = "\\u0000";

    /** How much of {@link #NULL} was just read. */
    private int matched;

    EscapeWatch(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int b = super.read();
      see(b);
      return b;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int n = super.read(bytes, offset, length);
      for (int i = offset; i < offset + n; i++) {
        see(bytes[i]);
      }
      return n;
    }

    private void see(int b) {
      boolean escapedBackslash = matched == 1 && b == '\\';
      if (b == NULL.charAt(matched) && !escapedBackslash) {
        matched++;
      } else {
        matched = b == '\\' && !escapedBackslash ? 1 : 0;
      }
      if (matched == NULL.length()) {
        throw new InvalidProblem("the body " + REFUSED, List.of());
      }
    }
  }
}
