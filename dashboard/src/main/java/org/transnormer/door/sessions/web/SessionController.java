package org.transnormer.door.sessions.web;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.transnormer.door.sessions.LogIn;
import org.transnormer.door.sessions.SessionSecret;
import org.transnormer.door.sessions.Sessions;
import org.transnormer.door.sessions.UnknownKeyProblem;
import org.transnormer.support.openapi.Answers;
import org.transnormer.support.security.Caller;
import org.transnormer.support.security.Role;

@RestController
@Tag(name = "session", description = "Logging in and out, for the page")
@RequestMapping("/api/v1/session")
class SessionController {
  private final LogIn logIn;
  private final Sessions sessions;

  SessionController(LogIn logIn, Sessions sessions) {
    this.logIn = logIn;
    this.sessions = sessions;
  }

  record Credentials(@NotBlank String key) {}

  /**
   * Who is logged in.
   *
   * @param csrfToken to be sent as X-CSRF-Token with everything but reading; absent for a caller
   *     that has no session but a key
   */
  record Who(
      String name,
      Role role,
      String keyId,
      @Nullable String csrfToken,
      @Nullable Instant expiresAt) {}

  @Operation(summary = "Log in with a key: sets the cookie")
  @Answers(problems = 401)
  @PostMapping
  ResponseEntity<Who> enter(
      @Valid @RequestBody Credentials credentials, HttpServletRequest request) {
    LogIn.LoggedIn in = logIn.with(credentials.key().strip()).orElseThrow(UnknownKeyProblem::new);
    return ResponseEntity.ok()
        .header(HttpHeaders.SET_COOKIE, SessionCookie.set(in.secret(), logIn.life(), request))
        .header(HttpHeaders.CACHE_CONTROL, "no-store")
        .body(who(in.session().caller(), in.secret(), in.session().expiresAt()));
  }

  @Operation(summary = "Who is logged in, with the token that changes need")
  @GetMapping
  ResponseEntity<Who> current(HttpServletRequest request) {
    SessionSecret secret =
        request.getHeader(HttpHeaders.AUTHORIZATION) == null
            ? SessionCookie.of(request).orElse(null)
            : null;
    Instant end =
        secret == null
            ? null
            : sessions.find(secret.hash()).map(each -> each.expiresAt()).orElse(null);
    return ResponseEntity.ok()
        .header(HttpHeaders.CACHE_CONTROL, "no-store")
        .body(who(Caller.current(), secret, end));
  }

  @Operation(summary = "Log out")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @DeleteMapping
  ResponseEntity<Void> leave(HttpServletRequest request) {
    SessionCookie.of(request).ifPresent(secret -> sessions.close(secret.hash()));
    return ResponseEntity.noContent()
        .header(HttpHeaders.SET_COOKIE, SessionCookie.clear(request))
        .build();
  }

  private static Who who(Caller caller, @Nullable SessionSecret secret, @Nullable Instant end) {
    return new Who(
        caller.name(),
        caller.role(),
        caller.subject(),
        secret == null ? null : secret.csrfToken(),
        end);
  }
}
