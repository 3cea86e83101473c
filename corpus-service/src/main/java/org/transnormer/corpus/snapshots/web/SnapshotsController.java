package org.transnormer.corpus.snapshots.web;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.transnormer.artifacts.digest.Digests;
import org.transnormer.corpus.snapshots.CommittedSnapshot;
import org.transnormer.corpus.snapshots.Snapshots;
import org.transnormer.support.Page;
import org.transnormer.support.problems.NotFoundProblem;

/** Snapshots over REST. */
@RestController
@RequestMapping("/api/v1/snapshots")
@Tag(name = "snapshots", description = "What cleaning kept of a corpus, content-addressed")
class SnapshotsController {
  private final Snapshots snapshots;

  SnapshotsController(Snapshots snapshots) {
    this.snapshots = snapshots;
  }

  @GetMapping
  @Operation(summary = "List snapshots, the latest first")
  Page<SnapshotView> list(
      @RequestParam(required = false) @Nullable String corpus,
      @RequestParam(required = false) @Nullable String after,
      @RequestParam(required = false) @Nullable Integer limit) {
    int most = Page.limit(limit);
    return Page.of(
            snapshots.list(corpus, Page.after(after, Digests::isSha256), most + 1),
            most,
            CommittedSnapshot::id)
        .map(SnapshotView::of);
  }

  @GetMapping("/{snapshotId}")
  @Operation(summary = "One snapshot")
  SnapshotView one(@PathVariable String snapshotId) {
    return snapshots
        .find(snapshotId)
        .map(SnapshotView::of)
        .orElseThrow(() -> new NotFoundProblem("snapshot", snapshotId));
  }
}
