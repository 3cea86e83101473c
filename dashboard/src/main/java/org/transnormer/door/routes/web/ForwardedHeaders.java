package org.transnormer.door.routes.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Which headers pass the door: those between the ends, not those between two hops or of the door.
 */
final class ForwardedHeaders {
  /** RFC 9110, section 7.6.1. */
  private static final Set<String> HOP_BY_HOP =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  /**
   * The caller's proof stays here; what the client library sets itself; what the door says anew.
   */
  private static final Set<String> NOT_UP =
      Set.of(
          "authorization",
          "cookie",
          "x-csrf-token",
          "host",
          "content-length",
          "expect",
          "origin",
          "forwarded",
          "x-forwarded-for",
          "x-forwarded-host",
          "x-forwarded-proto",
          "x-request-id");

  /** The door's own answers to these hold for everything it serves. */
  private static final Set<String> NOT_DOWN =
      Set.of(
          "set-cookie",
          "server",
          "x-request-id",
          "x-content-type-options",
          "x-frame-options",
          "x-xss-protection",
          "content-security-policy",
          "referrer-policy",
          "strict-transport-security",
          "pragma",
          "expires",
          "date");

  private ForwardedHeaders() {}

  static void up(HttpServletRequest from, HttpRequest.Builder to) {
    Set<String> named = named(Collections.list(from.getHeaders("Connection")));
    for (String name : Collections.list(from.getHeaderNames())) {
      String lower = name.toLowerCase(Locale.ROOT);
      if (!HOP_BY_HOP.contains(lower) && !NOT_UP.contains(lower) && !named.contains(lower)) {
        from.getHeaders(name).asIterator().forEachRemaining(value -> to.header(name, value));
      }
    }
    to.header("X-Forwarded-For", from.getRemoteAddr());
    to.header("X-Forwarded-Proto", from.getScheme());
    String host = from.getHeader("Host");
    if (host != null) {
      to.header("X-Forwarded-Host", host);
    }
  }

  static void down(HttpHeaders from, URI base, HttpServletResponse to) {
    Set<String> named = named(from.allValues("connection"));
    from.map()
        .forEach((name, values) -> {
          String lower = name.toLowerCase(Locale.ROOT);
          if (name.startsWith(":")
              || HOP_BY_HOP.contains(lower)
              || NOT_DOWN.contains(lower)
              || named.contains(lower)) {
            return;
          }
          switch (lower) {
            case "location" -> to.setHeader(name, local(values.getFirst(), base));
            case "content-type" -> to.setContentType(values.getFirst());
            case "cache-control" -> to.setHeader(name, String.join(", ", values));
            default -> values.forEach(value -> to.addHeader(name, value));
          }
        });
  }

  /** An address inside the service becomes a path here: callers know the door only. */
  private static String local(String location, URI base) {
    String prefix = base.toString();
    return location.startsWith(prefix) ? location.substring(prefix.length()) : location;
  }

  private static Set<String> named(List<String> connection) {
    Set<String> names = new HashSet<>();
    for (String value : connection) {
      for (String name : value.split(",", -1)) {
        names.add(name.strip().toLowerCase(Locale.ROOT));
      }
    }
    return names;
  }
}
