package org.transnormer.cleaning.kit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.transnormer.artifacts.digest.Digests;
import org.transnormer.artifacts.documents.Document;
import org.transnormer.artifacts.documents.DocumentShardWriter;
import org.transnormer.artifacts.documents.ShardLimits;
import org.transnormer.artifacts.documents.ShardRef;
import org.transnormer.artifacts.store.ObjectStore;

/** Chapters of a novel, cut into documents, with trouble of every kind planted among them. */
public final class RealCorpus {

  public static final int EXACT_DUPLICATES = 6;
  public static final int NEAR_DUPLICATES = 6;
  public static final int SHORT = 8;
  public static final int REPETITIVE = 5;
  public static final int FOREIGN = 5;
  public static final int SHUFFLED = 8;

  private static final int LEAST_CHARACTERS = 1_200;
  private static final String GERMAN =
      "Die Fahrt ging weiter durch die Nacht, und niemand sprach ein Wort, weil der Sturm so laut "
          + "war, dass man sein eigenes Wort nicht verstehen konnte. Am Morgen lag das Meer still, "
          + "und die Männer standen an der Reling und sahen nach Osten, wo die Sonne aufging. ";

  private final List<Document> documents = new ArrayList<>();
  private final List<ShardRef> shards = new ArrayList<>();

  private RealCorpus() {}

  /** Writes the corpus as so many shards. */
  public static RealCorpus write(ObjectStore store, Path scratch, String corpusId, int shardCount)
      throws IOException {
    return write(store, scratch, corpusId, shardCount, Integer.MAX_VALUE);
  }

  /**
   * @param most documents of the novel
   */
  public static RealCorpus write(
      ObjectStore store, Path scratch, String corpusId, int shardCount, int most)
      throws IOException {
    RealCorpus corpus = new RealCorpus();
    corpus.collect(most);
    corpus.store(store, scratch, corpusId, shardCount);
    return corpus;
  }

  private void collect(int most) throws IOException {
    List<String> prose = prose();
    prose = prose.subList(0, Math.min(most, prose.size()));
    prose.forEach(text -> add("novel", text));
    Random random = new Random(7);
    for (int i = 0; i < EXACT_DUPLICATES; i++) {
      add("copies", prose.get(5 + 3 * i));
    }
    for (int i = 0; i < NEAR_DUPLICATES; i++) {
      add("copies", prose.get(6 + 4 * i) + " The end.");
    }
    for (int i = 0; i < SHORT; i++) {
      add("notes", String.join(" ", Arrays.asList(prose.get(30 + i).split("\\s+")).subList(0, 36)));
    }
    for (int i = 0; i < REPETITIVE; i++) {
      add("menus", ("Home page and the list of articles number " + i + ".\n").repeat(60));
    }
    for (int i = 0; i < FOREIGN; i++) {
      add("foreign", GERMAN.repeat(3) + "Ende des Kapitels " + "IVXLC".charAt(i) + ".");
    }
    for (int i = 0; i < SHUFFLED; i++) {
      List<String> words = new ArrayList<>(Arrays.asList(prose.get(10 + i).split("\\s+")));
      Collections.shuffle(words, random);
      add("shuffled", String.join(" ", words));
    }
  }

  private static List<String> prose() throws IOException {
    try (InputStream in = RealCorpus.class.getResourceAsStream("/corpus/moby-dick.txt")) {
      if (in == null) {
        throw new IOException("no corpus on the class path");
      }
      String all = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      List<String> documents = new ArrayList<>();
      StringBuilder next = new StringBuilder();
      for (String paragraph : all.split("\n{2,}")) {
        next.append(paragraph.strip()).append("\n\n");
        if (next.length() >= LEAST_CHARACTERS) {
          documents.add(next.toString().strip());
          next.setLength(0);
        }
      }
      return documents;
    }
  }

  private void add(String source, String text) {
    String id = Digests.sha256(source + documents.size() + text).substring(0, 32);
    documents.add(new Document(id, text, source, Map.of("path", "part-" + documents.size())));
  }

  private void store(ObjectStore store, Path scratch, String corpusId, int shardCount)
      throws IOException {
    ShardLimits limits = new ShardLimits(1L << 30, 64 << 10, 8 << 20);
    for (int shard = 0; shard < shardCount; shard++) {
      try (DocumentShardWriter writer = DocumentShardWriter.create(store, scratch, limits)) {
        for (int i = shard; i < documents.size(); i += shardCount) {
          writer.add(documents.get(i));
        }
        shards.add(writer.commit("corpora/" + corpusId + "/shards"));
      }
    }
    shards.sort(Comparator.comparing(ShardRef::sha256));
  }

  public List<Document> documents() {
    return List.copyOf(documents);
  }

  public List<Document> of(String source) {
    return documents.stream().filter(each -> each.source().equals(source)).toList();
  }

  /** In the order of their digests, as corpus-service names them. */
  public List<ShardRef> shards() {
    return List.copyOf(shards);
  }
}
