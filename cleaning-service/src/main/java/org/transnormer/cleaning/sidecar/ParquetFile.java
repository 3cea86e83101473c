package org.transnormer.cleaning.sidecar;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.FieldRepetitionType;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.Util;
import org.jspecify.annotations.Nullable;
import org.transnormer.cleaning.sidecar.Column.Kind;

/**
 * Reads what {@link ParquetWriter} writes: flat files of required columns, zstd pages, PLAIN or
 * dictionary encoding. Works in the caller's thread and takes memory only for what sizes in the
 * file have been checked against; anything unexpected is a {@link MalformedException}.
 */
final class ParquetFile implements AutoCloseable {
  private static final int TAIL = 8;
  private static final int MAX_FOOTER = 16 << 20;
  private static final int MAX_DICTIONARY = 64 << 20;

  /** The file is not what this class reads. */
  static final class MalformedException extends IOException {
    private static final long serialVersionUID = 1L;

    MalformedException(String reason) {
      super(reason);
    }
  }

  /** Takes the decompressed pages of a column in order. */
  interface Pages {
    /** Comes before the page that needs it, once per row group. */
    void dictionary(ByteBuffer page, int values) throws IOException;

    void data(ByteBuffer page, int values) throws IOException;
  }

  private final FileChannel channel;
  private final FileMetaData footer;
  private final Map<String, Integer> columns = new HashMap<>();

  private ParquetFile(FileChannel channel, FileMetaData footer) throws IOException {
    this.channel = channel;
    this.footer = footer;
    List<SchemaElement> schema = present(footer.getSchema());
    for (int i = 1; i < schema.size(); i++) {
      columns.put(schema.get(i).getName(), i - 1);
    }
    if (columns.size() != schema.size() - 1) {
      throw new MalformedException("two columns share a name");
    }
  }

  static ParquetFile open(Path path) throws IOException {
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    try {
      return new ParquetFile(channel, footer(channel));
    } catch (IOException e) {
      channel.close();
      throw e;
    } catch (RuntimeException e) {
      channel.close();
      throw new MalformedException("footer: " + e);
    }
  }

  private static FileMetaData footer(FileChannel channel) throws IOException {
    long size = channel.size();
    if (size < 2 * TAIL) {
      throw new MalformedException("too short");
    }
    ByteBuffer tail = read(channel, size - TAIL, TAIL);
    int length = tail.getInt();
    if (tail.getInt() != 0x31524150) {
      throw new MalformedException("does not end in PAR1");
    }
    if (length < 1 || length > MAX_FOOTER || length > size - 2 * TAIL + 4) {
      throw new MalformedException("a footer of " + length + " bytes");
    }
    byte[] bytes = read(channel, size - TAIL - length, length).array();
    try {
      return Util.readFileMetaData(new ByteArrayInputStream(bytes), length);
    } catch (IOException e) { // the bytes are in memory: only their meaning can be wrong
      throw new MalformedException(String.valueOf(e.getMessage()));
    }
  }

  /** Fields of the format may be absent. */
  private static <T> T present(@Nullable T field) throws MalformedException {
    if (field == null) {
      throw new MalformedException("a field is missing");
    }
    return field;
  }

  private static ByteBuffer read(FileChannel channel, long position, int length)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      int count = channel.read(bytes, position + bytes.position());
      if (count < 0) {
        throw new MalformedException("ends too early");
      }
    }
    return bytes.flip();
  }

  long rows() {
    return footer.getNum_rows();
  }

  /** Hands over the pages of one column. */
  void read(String name, Kind kind, Pages pages) throws IOException {
    try {
      int index = index(name, kind);
      for (RowGroup group : present(footer.getRow_groups())) {
        ColumnMetaData chunk = present(present(group.getColumns()).get(index).getMeta_data());
        if (chunk.getCodec() != CompressionCodec.ZSTD
            || chunk.getNum_values() != group.getNum_rows()) {
          throw new MalformedException("a chunk of another codec or length");
        }
        chunk(chunk, kind, pages);
      }
    } catch (RuntimeException e) {
      throw new MalformedException(e.toString());
    }
  }

  private int index(String name, Kind kind) throws IOException {
    Integer index = columns.get(name);
    if (index == null) {
      throw new MalformedException("there is none");
    }
    SchemaElement element = present(footer.getSchema()).get(index + 1);
    if (element.getType() != ParquetWriter.type(kind)
        || element.getRepetition_type() != FieldRepetitionType.REQUIRED
        || kind == Kind.BYTES16 && element.getType_length() != 16) {
      throw new MalformedException("is of another type than " + kind);
    }
    return index;
  }

  private static PageHeader pageHeader(ByteArrayInputStream in) throws MalformedException {
    try {
      return Util.readPageHeader(in);
    } catch (IOException e) { // the bytes are in memory: only their meaning can be wrong
      throw new MalformedException(String.valueOf(e.getMessage()));
    }
  }

  private void chunk(ColumnMetaData chunk, Kind kind, Pages pages) throws IOException {
    long start =
        chunk.isSetDictionary_page_offset()
            ? chunk.getDictionary_page_offset()
            : chunk.getData_page_offset();
    long length = chunk.getTotal_compressed_size();
    if (start < 4 || length < 1 || length > Integer.MAX_VALUE || start > channel.size() - length) {
      throw new MalformedException("a chunk that lies outside the file");
    }
    ByteBuffer bytes = read(channel, start, (int) length);
    ByteArrayInputStream in = new ByteArrayInputStream(bytes.array());
    long left = chunk.getNum_values();
    while (left > 0) {
      PageHeader header = pageHeader(in);
      int position = (int) length - in.available();
      if (header.getType() == PageType.DICTIONARY_PAGE) {
        int values = present(header.getDictionary_page_header()).getNum_values();
        pages.dictionary(page(header, bytes, position, MAX_DICTIONARY), values);
      } else {
        int values = dataValues(header, kind);
        if (values < 1 || values > left) {
          throw new MalformedException("a page of " + values + " values");
        }
        long most = (long) values * ColumnBuffer.width(kind) + 64;
        pages.data(page(header, bytes, position, most), values);
        left -= values;
      }
      in.skipNBytes(header.getCompressed_page_size());
    }
  }

  private static int dataValues(PageHeader header, Kind kind) throws IOException {
    Encoding expected = kind == Kind.LABEL ? Encoding.RLE_DICTIONARY : Encoding.PLAIN;
    DataPageHeader data = present(header.getData_page_header());
    if (header.getType() != PageType.DATA_PAGE || data.getEncoding() != expected) {
      throw new MalformedException("a page that is not " + expected);
    }
    return data.getNum_values();
  }

  private static ByteBuffer page(PageHeader header, ByteBuffer chunk, int position, long most)
      throws IOException {
    int compressed = header.getCompressed_page_size();
    int size = header.getUncompressed_page_size();
    if (compressed < 0 || compressed > chunk.limit() - position || size < 0 || size > most) {
      throw new MalformedException("a page of " + compressed + " to " + size + " bytes");
    }
    byte[] bytes = new byte[size];
    try {
      long written = Zstd.decompressByteArray(bytes, 0, size, chunk.array(), position, compressed);
      if (written != size) {
        throw new MalformedException("a page of " + written + " bytes, not " + size);
      }
    } catch (ZstdException e) {
      throw new MalformedException(String.valueOf(e.getMessage()));
    }
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
