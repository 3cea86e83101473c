package org.transnormer.door.audit.web;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.transnormer.door.audit.Audit;
import org.transnormer.support.Ids;
import org.transnormer.support.Page;

@RestController
@Tag(name = "audit", description = "Who did what")
class AuditController {
  private static final int MOST_RESOURCES = 10;
  private static final int MOST_DEEDS = 100;

  private final Audit audit;

  AuditController(Audit audit) {
    this.audit = audit;
  }

  /**
   * One deed, for everybody who may see what it was done to.
   *
   * @param actor name of the key, or of the service
   */
  record Deed(Instant at, String actor, String role, String action, @Nullable String detail) {
    static Deed of(Audit.AuditEntry entry) {
      return new Deed(entry.at(), entry.actor(), entry.role(), entry.action(), entry.detail());
    }
  }

  record History(List<Deed> items) {}

  /**
   * Who launched, stopped, moved or decided something: what the audit knows of a resource.
   *
   * @param resource path, like {@code /api/v1/training-runs/7}; may be given more than once, for
   *     the run and the job that does its work
   */
  @Operation(summary = "Who launched, stopped, moved or decided something about a resource")
  @GetMapping("/api/v1/history")
  History history(@RequestParam @Size(min = 1, max = MOST_RESOURCES) List<String> resource) {
    return new History(audit.of(resource, MOST_DEEDS).stream().map(Deed::of).toList());
  }

  @Operation(summary = "List what was done, the latest first")
  @GetMapping("/api/v1/audit")
  Page<Audit.AuditEntry> list(
      @RequestParam(required = false) @Nullable String actor,
      @RequestParam(required = false) @Nullable String action,
      @RequestParam(required = false) @Nullable String service,
      @RequestParam(required = false) @Nullable String after,
      @RequestParam(required = false) @Nullable Integer limit) {
    return audit.list(
        new Audit.Query(actor, action, service), Page.after(after, Ids::isId), Page.limit(limit));
  }
}
