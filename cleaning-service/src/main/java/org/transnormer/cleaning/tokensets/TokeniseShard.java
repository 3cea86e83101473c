package org.transnormer.cleaning.tokensets;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.transnormer.artifacts.documents.Document;
import org.transnormer.artifacts.documents.DocumentShardReader;
import org.transnormer.artifacts.documents.IndexedDocument;
import org.transnormer.artifacts.documents.SnapshotShard;
import org.transnormer.artifacts.manifest.Manifest;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.artifacts.store.ObjectWriter;
import org.transnormer.cleaning.tokenizers.TextSample;
import org.transnormer.cleaning.work.Progress;
import org.transnormer.model.data.DocumentRef;
import org.transnormer.model.data.Split;
import org.transnormer.model.data.TokenPart;
import org.transnormer.model.data.TokenPartWriter;
import org.transnormer.model.tokenizer.Tokenizer;

/**
 * Writes one shard's documents as tokens. The bytes depend on the shard, its bitmaps and the
 * tokenizer alone, so that a repeated partition overwrites its parts with themselves.
 */
public final class TokeniseShard {

  private static final int REPORT_EVERY = 64;

  private final ObjectStore store;
  private final Path scratch;

  public TokeniseShard(ObjectStore store, Path scratch) {
    this.store = store;
    this.scratch = scratch;
  }

  /**
   * @param index of the shard in the token set; the number of its parts, too
   * @param sample of the train split; held-out documents are all taken
   * @param prefix of the token set
   * @param progress counts documents written
   */
  public TokenisedShard write(
      SnapshotShard shard,
      int index,
      Tokenizer tokenizer,
      TextSample sample,
      String prefix,
      Progress progress)
      throws IOException {
    Files.createDirectories(scratch);
    Path folder = Files.createTempDirectory(scratch, "tokens-");
    try {
      List<TokenPart> parts = tokenise(shard, index, tokenizer, sample, folder, progress);
      List<Manifest.Entry> objects = new ArrayList<>();
      for (TokenPart part : parts) {
        for (String name : List.of(part.tokensFile(), part.endsFile(), part.documentsFile())) {
          objects.add(upload(folder.resolve(name), prefix, name));
        }
      }
      return new TokenisedShard(parts, objects);
    } finally {
      deleteTree(folder);
    }
  }

  private List<TokenPart> tokenise(
      SnapshotShard shard,
      int index,
      Tokenizer tokenizer,
      TextSample sample,
      Path folder,
      Progress progress)
      throws IOException {
    Map<Split, TokenPartWriter> writers = new EnumMap<>(Split.class);
    try (DocumentShardReader reader = DocumentShardReader.open(store, shard.shard());
        Stream<IndexedDocument> documents = reader.documents()) {
      long written = 0;
      for (var each = documents.iterator(); each.hasNext(); ) {
        IndexedDocument next = each.next();
        Split split = split(shard, next, sample);
        if (split != null) {
          TokenPartWriter writer = writers.get(split);
          if (writer == null) {
            writer =
                TokenPartWriter.create(
                    folder, split, index, tokenizer.vocabSize(), tokenizer.eos());
            writers.put(split, writer);
          }
          add(writer, next, index, tokenizer);
          if (++written % REPORT_EVERY == 0) {
            progress.advanced(REPORT_EVERY);
          }
        }
      }
      progress.advanced(written % REPORT_EVERY);
      List<TokenPart> parts = new ArrayList<>();
      for (TokenPartWriter writer : writers.values()) {
        parts.add(writer.finish());
      }
      return parts;
    } finally {
      for (TokenPartWriter writer : writers.values()) {
        writer.close();
      }
    }
  }

  private static void add(
      TokenPartWriter writer, IndexedDocument indexed, int shard, Tokenizer tokenizer)
      throws IOException {
    Document document = indexed.document();
    writer.add(
        new DocumentRef(document.id(), shard, Math.toIntExact(indexed.ordinal())),
        tokenizer.encode(document.text()),
        document.text().getBytes(StandardCharsets.UTF_8).length);
  }

  private static @Nullable Split split(
      SnapshotShard shard, IndexedDocument document, TextSample sample) {
    int ordinal = (int) document.ordinal();
    if (shard.heldout().contains(ordinal)) {
      return Split.HELDOUT;
    }
    return shard.train().contains(ordinal) && sample.takes(document.document().id())
        ? Split.TRAIN
        : null;
  }

  private Manifest.Entry upload(Path file, String prefix, String name) throws IOException {
    try (ObjectWriter out = store.create(prefix + "/" + name)) {
      copy(file, out);
      return Manifest.Entry.of(prefix, out.commit());
    }
  }

  private static void copy(Path file, OutputStream out) throws IOException {
    Files.copy(file, out);
  }

  private static void deleteTree(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
