package org.transnormer.corpus.ingest.files;

import com.github.luben.zstd.ZstdIOException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.util.zip.ZipException;
import org.transnormer.corpus.ingest.DocumentReader;
import org.transnormer.corpus.ingest.DocumentSink;
import org.transnormer.corpus.ingest.ReadLimits;
import org.transnormer.corpus.ingest.Reason;
import org.transnormer.corpus.ingest.RefusedFile;
import org.transnormer.corpus.sources.ReadingRules;

/**
 * Reads one file of any supported format. Whatever the file contains, the outcome is its documents,
 * refusals of single documents, or {@link RefusedFile}; what the sink throws passes through.
 */
public final class FileReading implements DocumentReader {
  private static final int HEAD = 8192;

  private final ReadLimits limits;

  public FileReading(ReadLimits limits) {
    this.limits = limits;
  }

  @Override
  public void read(String path, InputStream stored, ReadingRules rules, DocumentSink sink)
      throws RefusedFile {
    try {
      BufferedInputStream in = new BufferedInputStream(Decompression.open(stored, limits), 1 << 16);
      in.mark(HEAD);
      byte[] head = in.readNBytes(HEAD);
      in.reset();
      FormatReader reader = reader(path, head, rules);
      reader.read(in, rules, new CheckedSink(sink, rules, limits));
    } catch (CompressionBomb e) {
      throw new RefusedFile(Reason.COMPRESSION_BOMB, message(e));
    } catch (JsonDocumentReader.RecordTooLong e) {
      throw new RefusedFile(Reason.TOO_LARGE, message(e));
    } catch (CharacterCodingException e) {
      throw new RefusedFile(Reason.INVALID_ENCODING, "not " + rules.charset());
    } catch (ZipException | EOFException | ZstdIOException e) {
      throw new RefusedFile(Reason.CORRUPT, message(e));
    } catch (IOException e) {
      throw new RefusedFile(Reason.UNREADABLE, message(e));
    } catch (StackOverflowError e) {
      throw new RefusedFile(Reason.TOO_DEEP, "nested too deeply to be read");
    }
  }

  private FormatReader reader(String path, byte[] head, ReadingRules rules) throws RefusedFile {
    FormatDetection.Kind kind =
        FormatDetection.detect(path, head, rules.format())
            .orElseThrow(() ->
                new RefusedFile(
                    Reason.UNSUPPORTED_FORMAT, "neither JSON lines, text, HTML nor mail"));
    return switch (kind) {
      case JSON_LINES -> new JsonLinesReader(limits);
      case JSON -> new JsonDocumentReader(limits);
      case TEXT -> new TextReader(limits);
      case HTML -> new HtmlReader(limits);
      case MAIL -> new MailReader(limits);
    };
  }

  private static String message(Throwable e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }
}
