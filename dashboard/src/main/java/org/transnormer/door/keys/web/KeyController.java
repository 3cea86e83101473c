package org.transnormer.door.keys.web;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.transnormer.door.keys.ApiKey;
import org.transnormer.door.keys.CreateKey;
import org.transnormer.door.keys.Keys;
import org.transnormer.door.keys.RevokeKey;
import org.transnormer.support.Ids;
import org.transnormer.support.Page;
import org.transnormer.support.openapi.Answers;
import org.transnormer.support.problems.InvalidProblem;
import org.transnormer.support.problems.NotFoundProblem;
import org.transnormer.support.security.Caller;
import org.transnormer.support.security.Role;

@RestController
@Tag(name = "keys", description = "API keys, and whose they are")
@RequestMapping("/api/v1/keys")
class KeyController {
  private final Keys keys;
  private final CreateKey create;
  private final RevokeKey revoke;

  KeyController(Keys keys, CreateKey create, RevokeKey revoke) {
    this.keys = keys;
    this.create = create;
    this.revoke = revoke;
  }

  /** Who may hold a key: people and programs. Services have identities of their own. */
  enum KeyRole {
    VIEWER(Role.VIEWER),
    OPERATOR(Role.OPERATOR),
    ADMIN(Role.ADMIN);

    private final Role role;

    KeyRole(Role role) {
      this.role = role;
    }
  }

  /**
   * @param expiresIn ISO 8601 duration, like {@code P90D}; never when absent
   */
  record NewKey(
      @NotBlank @Size(max = 100) String name,
      @NotNull KeyRole role,
      @Nullable Duration expiresIn) {}

  /**
   * @param key the key itself, shown this once
   */
  record CreatedKey(
      String id,
      String name,
      Role role,
      String hint,
      Instant createdAt,
      @Nullable Instant expiresAt,
      String key) {

    static CreatedKey of(CreateKey.Created created) {
      ApiKey key = created.key();
      return new CreatedKey(
          key.id(),
          key.name(),
          key.role(),
          key.hint(),
          key.createdAt(),
          key.expiresAt(),
          created.secret().reveal());
    }
  }

  @Operation(summary = "Make a key; it is shown this once")
  @ResponseStatus(HttpStatus.CREATED)
  @PostMapping
  ResponseEntity<CreatedKey> create(@Valid @RequestBody NewKey wanted) {
    Duration life = wanted.expiresIn();
    if (life != null && (life.isNegative() || life.isZero())) {
      throw new InvalidProblem("/expiresIn", "must be longer than nothing");
    }
    Instant end = life == null ? null : Instant.now().plus(life);
    CreatedKey made =
        CreatedKey.of(
            create.create(wanted.name().strip(), wanted.role().role, end, Caller.current()));
    return ResponseEntity.created(URI.create("/api/v1/keys/" + made.id()))
        .header("Cache-Control", "no-store")
        .body(made);
  }

  @Operation(summary = "List keys")
  @GetMapping
  Page<ApiKey> list(
      @RequestParam(required = false) @Nullable String after,
      @RequestParam(required = false) @Nullable Integer limit) {
    return keys.list(Page.after(after, Ids::isId), Page.limit(limit));
  }

  @Operation(summary = "A key, without its secret")
  @GetMapping("/{id}")
  ApiKey one(@PathVariable String id) {
    return keys.find(id).orElseThrow(() -> new NotFoundProblem("key", id));
  }

  @Operation(summary = "Revoke a key")
  @Answers(problems = 409)
  @DeleteMapping("/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void revoke(@PathVariable String id) {
    revoke.revoke(id, Caller.current());
  }
}
