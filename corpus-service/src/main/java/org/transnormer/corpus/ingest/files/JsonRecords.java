package org.transnormer.corpus.ingest.files;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.transnormer.corpus.ingest.DocumentSink;
import org.transnormer.corpus.ingest.ReadLimits;
import org.transnormer.corpus.ingest.Reason;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;

/** Takes the wanted fields out of one record at a time without building a tree of it. */
final class JsonRecords {
  private final RecordFields fields;

  JsonRecords(RecordFields fields) {
    this.fields = fields;
  }

  static JsonFactory factory(ReadLimits limits) {
    StreamReadConstraints constraints =
        StreamReadConstraints.builder()
            .maxNestingDepth(limits.jsonDepth())
            .maxStringLength(limits.document())
            .maxDocumentLength(-1)
            .build();
    return JsonFactory.builder()
        .streamReadConstraints(constraints)
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .build();
  }

  static Reason reason(JacksonException failure) {
    if (!(failure instanceof StreamConstraintsException)) {
      return Reason.INVALID_JSON;
    }
    String message = String.valueOf(failure.getOriginalMessage());
    return message.contains("nesting depth") ? Reason.TOO_DEEP : Reason.TOO_LARGE;
  }

  /** What is wrong and where, without quoting the record. */
  static String detail(JacksonException failure) {
    String message = String.valueOf(failure.getOriginalMessage());
    String first = message.lines().findFirst().orElse("not JSON");
    return first.length() > 300 ? first.substring(0, 300) + "..." : first;
  }

  /** Reads the value the parser stands on, and leaves it at the value's last token. */
  void read(JsonParser parser, DocumentSink sink) {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      String what = name(parser.currentToken());
      parser.skipChildren();
      sink.refused(Reason.MISSING_TEXT, "the record is " + what + ", not an object");
      return;
    }
    Found found = new Found();
    readObject(parser, "", found);
    if (found.text != null) {
      sink.document(found.text, fields.metadata(found.scalars));
    } else {
      sink.refused(Reason.MISSING_TEXT, found.textProblem);
    }
  }

  private void readObject(JsonParser parser, String at, Found found) {
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String pointer = at + "/" + parser.currentName().replace("~", "~0").replace("/", "~1");
      JsonToken token = parser.nextToken();
      if (fields.isText(pointer)) {
        readText(parser, token, found);
      } else if (token == JsonToken.START_OBJECT && fields.leadsSomewhere(pointer)) {
        readObject(parser, pointer, found);
      } else if (token.isScalarValue() && token != JsonToken.VALUE_NULL && fields.wanted(pointer)) {
        found.scalars.put(pointer, parser.getString());
      } else {
        parser.skipChildren();
      }
    }
  }

  private static void readText(JsonParser parser, JsonToken token, Found found) {
    if (token == JsonToken.VALUE_STRING) {
      found.text = parser.getString();
    } else {
      found.textProblem = "the text field is " + name(token) + ", not a string";
      parser.skipChildren();
    }
  }

  private static String name(@Nullable JsonToken token) {
    return switch (token) {
      case START_OBJECT, END_OBJECT -> "an object";
      case START_ARRAY, END_ARRAY -> "an array";
      case VALUE_STRING -> "a string";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
      case VALUE_TRUE, VALUE_FALSE -> "a boolean";
      case null, default -> "null";
    };
  }

  private static final class Found {
    private @Nullable String text;
    private String textProblem = "the record has no text field";
    private final Map<String, String> scalars = new LinkedHashMap<>();
  }
}
