package org.transnormer.cleaning.tokensets;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.transnormer.artifacts.documents.SnapshotShard;
import org.transnormer.artifacts.manifest.CanonicalJson;
import org.transnormer.artifacts.manifest.Manifest;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.artifacts.store.StoredObject;
import org.transnormer.model.data.TokenPart;
import org.transnormer.model.data.TokenSetHeader;
import org.transnormer.model.tokenizer.Tokenizer;
import tools.jackson.databind.node.ObjectNode;

/** Makes a token set of the parts that the shards' partitions have written, and commits it. */
public final class AssembleTokenSet {

  private final ObjectStore store;

  public AssembleTokenSet(ObjectStore store) {
    this.store = store;
  }

  /** A committed token set. */
  public record Assembled(TokenSetHeader header, String prefix, Manifest manifest) {}

  /**
   * @param source the snapshot's id, or what stands for it in a self-cleaning round
   */
  public Assembled assemble(
      String prefix,
      String source,
      List<SnapshotShard> shards,
      List<TokenisedShard> tokenised,
      Tokenizer tokenizer)
      throws IOException {
    List<TokenPart> parts = tokenised.stream().flatMap(each -> each.parts().stream()).toList();
    TokenSetHeader header =
        new TokenSetHeader(
            tokenizer.vocabSize(),
            tokenizer.eos(),
            tokenizer.sha256(),
            source,
            shards.stream().map(each -> each.shard().sha256()).toList(),
            parts);
    List<Manifest.Entry> objects = new ArrayList<>();
    tokenised.forEach(each -> objects.addAll(each.objects()));
    objects.add(put(prefix, TokenSetHeader.TOKENIZER_FILE, tokenizer.json()));
    byte[] description = (header.toJson().toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
    objects.add(put(prefix, TokenSetHeader.FILE, description));
    ObjectNode attributes = CanonicalJson.object();
    attributes.setAll(header.toJson());
    attributes.remove("format");
    Manifest manifest = new Manifest(TokenSetHeader.FORMAT, objects, attributes);
    manifest.commit(store, prefix);
    return new Assembled(header, prefix, manifest);
  }

  private Manifest.Entry put(String prefix, String name, byte[] bytes) throws IOException {
    StoredObject object = store.put(prefix + "/" + name, bytes);
    return Manifest.Entry.of(prefix, object);
  }
}
