package org.transnormer.corpus.sources.web;

import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.PositiveOrZero;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.transnormer.corpus.sources.InvalidText;
import org.transnormer.corpus.sources.PathGlob;
import org.transnormer.corpus.sources.ReadingRules;
import org.transnormer.corpus.sources.Source;
import org.transnormer.corpus.sources.SourceFormat;
import org.transnormer.corpus.sources.Split;
import org.transnormer.corpus.sources.Tagging;
import org.transnormer.support.problems.FieldError;
import org.transnormer.support.problems.InvalidProblem;

/** A request for a source. */
record NewSource(
    @NotBlank
        @Pattern(regexp = "[a-z0-9][a-z0-9._-]{0,63}")
        @Schema(description = "unique in the corpus; part of the id of every document")
        String name,
    @NotNull @Schema(description = "file:///folder inside a configured root, or s3://bucket/prefix")
        URI uri,
    @Nullable @Schema(description = "auto by default") SourceFormat format,
    @Nullable
        @Size(min = 1, max = 500)
        @Schema(
            description =
                "glob of relative paths; without a slash it is about file names at any depth")
        String include,
    @Nullable @Size(min = 1, max = 500) @Schema(description = "glob of what is left out")
        String exclude,
    @Nullable
        @Size(max = 50)
        @Schema(
            description =
                "for JSON: property (text, id, url, language, title, licence, ...) to the field's"
                    + " name, or to a JSON pointer when it begins with a slash")
        Map<String, @NotBlank @Size(max = 300) String> fields,
    @NotBlank @Size(max = 200) String licence,
    @Nullable @Size(max = 2000) String provenance,
    @Nullable
        @Size(max = 50)
        @Schema(description = "put on every document that does not say otherwise itself")
        Map<String, @NotNull @Size(max = 500) String> metadata,
    @Nullable @Schema(description = "for plain text: what one document is; file by default")
        Split split,
    @Nullable
        @PositiveOrZero
        @Max(1 << 24)
        @Schema(description = "for paragraph: neighbours are joined while they fit into it")
        Integer splitBytes,
    @Nullable @Schema(description = "mark-up of words that is taken off; none by default")
        Tagging tagged,
    @Nullable
        @Schema(description = "bytes that are no text: fail (by default) or replace by U+FFFD")
        InvalidText invalidText,
    @Nullable @Size(max = 40) @Schema(description = "character encoding; utf-8 by default")
        String charset) {

  private static final java.util.regex.Pattern PROPERTY =
      java.util.regex.Pattern.compile("[A-Za-z][A-Za-z0-9_.-]{0,63}");
  private static final Set<String> OF_THE_PLATFORM = Set.of("path", "source", "recordId");

  Source source(String id, String corpusId, Instant now, String creator) {
    List<FieldError> errors = new ArrayList<>();
    checkGlob("/include", include, errors);
    checkGlob("/exclude", exclude, errors);
    checkNames("/fields", fields, errors);
    checkNames("/metadata", metadata, errors);
    ReadingRules rules = rules(errors);
    if (!errors.isEmpty()) {
      throw new InvalidProblem(errors);
    }
    return new Source(
        id,
        corpusId,
        name,
        uri,
        include == null ? Source.EVERYTHING : include,
        exclude,
        rules,
        licence,
        provenance,
        metadata == null ? Map.of() : metadata,
        now,
        creator);
  }

  private ReadingRules rules(List<FieldError> errors) {
    return new ReadingRules(
        format == null ? SourceFormat.AUTO : format,
        fields == null ? Map.of() : fields,
        split == null ? Split.FILE : split,
        splitBytes == null ? 0 : splitBytes,
        tagged == null ? Tagging.NONE : tagged,
        invalidText == null ? InvalidText.FAIL : invalidText,
        charset(errors));
  }

  private Charset charset(List<FieldError> errors) {
    try {
      return charset == null ? StandardCharsets.UTF_8 : Charset.forName(charset);
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      errors.add(new FieldError("/charset", "no character encoding of this platform"));
      return StandardCharsets.UTF_8;
    }
  }

  private static void checkGlob(String pointer, @Nullable String glob, List<FieldError> errors) {
    try {
      if (glob != null) {
        PathGlob.of(glob);
      }
    } catch (IllegalArgumentException e) {
      errors.add(new FieldError(pointer, String.valueOf(e.getMessage())));
    }
  }

  private static void checkNames(
      String pointer, @Nullable Map<String, String> map, List<FieldError> errors) {
    if (map == null) {
      return;
    }
    for (String property : map.keySet()) {
      if (!PROPERTY.matcher(property).matches()) {
        errors.add(new FieldError(pointer + "/" + property, "not a name of a property"));
      } else if (OF_THE_PLATFORM.contains(property)) {
        errors.add(new FieldError(pointer + "/" + property, "is set by the platform"));
      }
    }
  }
}
