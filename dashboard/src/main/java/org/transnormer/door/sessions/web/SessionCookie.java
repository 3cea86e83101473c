package org.transnormer.door.sessions.web;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.springframework.http.ResponseCookie;
import org.transnormer.door.sessions.SessionSecret;

/** The cookie that carries a session: for this site only, and out of reach of scripts. */
public final class SessionCookie {
  public static final String NAME = "tnl_session";

  private SessionCookie() {}

  public static Optional<SessionSecret> of(HttpServletRequest request) {
    Cookie[] cookies = request.getCookies();
    return cookies == null
        ? Optional.empty()
        : Arrays.stream(cookies)
            .filter(each -> each.getName().equals(NAME))
            .findFirst()
            .map(each -> new SessionSecret(each.getValue()));
  }

  public static String set(SessionSecret secret, Duration life, HttpServletRequest request) {
    return cookie(secret.text(), request).maxAge(life).build().toString();
  }

  public static String clear(HttpServletRequest request) {
    return cookie("", request).maxAge(0).build().toString();
  }

  private static ResponseCookie.ResponseCookieBuilder cookie(
      String value, HttpServletRequest request) {
    return ResponseCookie.from(NAME, value)
        .httpOnly(true)
        .sameSite("Strict")
        .secure(request.isSecure())
        .path("/");
  }
}
