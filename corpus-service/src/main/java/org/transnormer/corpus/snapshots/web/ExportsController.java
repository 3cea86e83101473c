package org.transnormer.corpus.snapshots.web;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.InputStreamResource;
import org.springframework.core.io.Resource;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.transnormer.artifacts.manifest.Manifest;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.corpus.jobs.JobRun;
import org.transnormer.corpus.snapshots.CommittedSnapshot;
import org.transnormer.corpus.snapshots.Export;
import org.transnormer.corpus.snapshots.ExportJobs;
import org.transnormer.corpus.snapshots.Exports;
import org.transnormer.corpus.snapshots.Snapshots;
import org.transnormer.corpus.snapshots.StartExport;
import org.transnormer.support.Ids;
import org.transnormer.support.Page;
import org.transnormer.support.WorkStatus;
import org.transnormer.support.idempotency.Idempotent;
import org.transnormer.support.openapi.Answers;
import org.transnormer.support.problems.NotFoundProblem;
import org.transnormer.support.security.Caller;

/** Exports over REST. */
@RestController
@RequestMapping("/api/v1/snapshots/{snapshotId}/exports")
@Tag(name = "exports", description = "The documents of snapshots as files")
class ExportsController {
  private final Snapshots snapshots;
  private final Exports exports;
  private final ExportJobs jobs;
  private final StartExport start;
  private final ObjectStore store;
  private final Clock clock;

  ExportsController(
      Snapshots snapshots,
      Exports exports,
      ExportJobs jobs,
      StartExport start,
      ObjectStore store,
      Clock clock) {
    this.snapshots = snapshots;
    this.exports = exports;
    this.jobs = jobs;
    this.start = start;
    this.store = store;
    this.clock = clock;
  }

  /**
   * @param target folder below exports/ in the store; a new one when left out
   */
  record NewExport(
      @Nullable @Pattern(regexp = "[A-Za-z0-9][A-Za-z0-9._-]{0,99}") String target,
      @NotNull Export.Format format) {}

  @Idempotent
  @PostMapping
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Operation(summary = "Write the documents of a snapshot as files")
  ResponseEntity<ExportView> start(
      @PathVariable String snapshotId, @Valid @RequestBody NewExport request) throws IOException {
    Export export = start.start(snapshotId, request.target(), request.format(), Caller.current());
    return accepted(export);
  }

  private ResponseEntity<ExportView> accepted(Export export) throws IOException {
    return ResponseEntity.accepted().location(URI.create(export.resource())).body(view(export));
  }

  @GetMapping
  @Operation(summary = "List the exports of a snapshot, the latest first")
  Page<ExportView> list(
      @PathVariable String snapshotId,
      @RequestParam(required = false) @Nullable String after,
      @RequestParam(required = false) @Nullable Integer limit)
      throws IOException {
    if (snapshots.find(snapshotId).isEmpty()) {
      throw new NotFoundProblem("snapshot", snapshotId);
    }
    int most = Page.limit(limit);
    Page<Export> page =
        Page.of(exports.list(snapshotId, Page.after(after, Ids::isId), most + 1), most, Export::id);
    List<ExportView> views = new ArrayList<>();
    for (Export export : page.items()) {
      views.add(view(export));
    }
    return new Page<>(views, page.next());
  }

  @GetMapping("/{exportId}")
  @Operation(summary = "One export with its progress, and its files once it is complete")
  ExportView one(@PathVariable String snapshotId, @PathVariable String exportId)
      throws IOException {
    return view(find(snapshotId, exportId));
  }

  @Answers(problems = 409)
  @PostMapping("/{exportId}/restart")
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Operation(summary = "Go on with an export that failed")
  ResponseEntity<ExportView> restart(@PathVariable String snapshotId, @PathVariable String exportId)
      throws IOException {
    Export export = find(snapshotId, exportId);
    start.restart(export, Caller.current());
    return accepted(export);
  }

  @Answers(headers = HttpHeaders.ETAG)
  @GetMapping(
      path = "/{exportId}/files/{name}",
      produces = MediaType.APPLICATION_OCTET_STREAM_VALUE)
  @Operation(summary = "Download a file of a complete export")
  ResponseEntity<Resource> file(
      @PathVariable String snapshotId, @PathVariable String exportId, @PathVariable String name)
      throws IOException {
    Export export = find(snapshotId, exportId);
    Manifest.Entry entry =
        manifest(export)
            .flatMap(manifest -> manifest.object(name))
            .orElseThrow(() -> new NotFoundProblem("file", name));
    return ResponseEntity.ok()
        .header(
            HttpHeaders.CONTENT_DISPOSITION,
            ContentDisposition.attachment().filename(name).build().toString())
        .eTag("\"" + entry.sha256() + "\"")
        .contentLength(entry.size())
        .body(new InputStreamResource(store.open(entry.at(export.prefix()).key())));
  }

  private Export find(String snapshotId, String exportId) {
    return exports
        .find(exportId)
        .filter(export -> export.snapshotId().equals(snapshotId))
        .orElseThrow(() -> new NotFoundProblem("export", exportId));
  }

  private Optional<Manifest> manifest(Export export) throws IOException {
    return export.committedAt() == null
        ? Optional.empty()
        : Optional.of(Manifest.read(store, export.prefix()));
  }

  private ExportView view(Export given) throws IOException {
    Export export = exports.find(given.id()).orElse(given);
    JobRun run = jobs.runs(List.of(export)).get(export.id());
    List<ExportView.FileView> files =
        manifest(export)
            .map(manifest ->
                manifest.objects().stream()
                    .map(entry ->
                        new ExportView.FileView(
                            entry.name(),
                            entry.size(),
                            entry.sha256(),
                            export.resource() + "/files/" + entry.name()))
                    .toList())
            .orElse(null);
    return new ExportView(
        export.id(),
        export.snapshotId(),
        export.target(),
        export.format(),
        export.prefix(),
        status(export, run),
        export.documents(),
        export.bytes(),
        files,
        run == null ? null : run.jobId(),
        export.createdAt(),
        export.launchedBy());
  }

  private WorkStatus status(Export export, @Nullable JobRun run) {
    Long total =
        snapshots.find(export.snapshotId()).map(CommittedSnapshot::documentsKept).orElse(null);
    if (run == null) {
      return WorkStatus.of(
          WorkStatus.QUEUED, 0, total, "documents", null, null, 1, null, clock.instant());
    }
    long done = export.committedAt() == null ? jobs.written(export) : export.documents();
    return WorkStatus.of(
        run.state(),
        done,
        total,
        "documents",
        run.startedAt(),
        run.endedAt(),
        run.attempt(),
        run.reason(),
        clock.instant());
  }
}
