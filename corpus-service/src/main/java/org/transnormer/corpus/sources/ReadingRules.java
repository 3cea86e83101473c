package org.transnormer.corpus.sources;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * How the files of one source become texts.
 *
 * @param fields name of a document's property to the JSON name or pointer that holds it
 * @param splitBytes 0 when chunks are not joined
 */
public record ReadingRules(
    SourceFormat format,
    Map<String, String> fields,
    Split split,
    int splitBytes,
    Tagging tagged,
    InvalidText invalidText,
    Charset charset) {

  public static ReadingRules of(SourceFormat format) {
    return new ReadingRules(
        format, Map.of(), Split.FILE, 0, Tagging.NONE, InvalidText.FAIL, StandardCharsets.UTF_8);
  }

  public ReadingRules withSplit(Split changed, int bytes) {
    return new ReadingRules(format, fields, changed, bytes, tagged, invalidText, charset);
  }

  public ReadingRules withTagged(Tagging changed) {
    return new ReadingRules(format, fields, split, splitBytes, changed, invalidText, charset);
  }

  public ReadingRules withFields(Map<String, String> changed) {
    return new ReadingRules(format, changed, split, splitBytes, tagged, invalidText, charset);
  }

  public ReadingRules withInvalidText(InvalidText changed) {
    return new ReadingRules(format, fields, split, splitBytes, tagged, changed, charset);
  }

  public ReadingRules withCharset(Charset changed) {
    return new ReadingRules(format, fields, split, splitBytes, tagged, invalidText, changed);
  }
}
