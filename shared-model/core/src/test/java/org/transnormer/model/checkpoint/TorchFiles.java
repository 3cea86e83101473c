package org.transnormer.model.checkpoint;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Files as {@code torch.save} writes them, whole or with something wrong. */
final class TorchFiles {

  /** A pickle, instruction by instruction. */
  static final class Program {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Program() {
      out.write(0x80);
      out.write(2);
    }

    Program op(int... codes) {
      for (int code : codes) {
        out.write(code);
      }
      return this;
    }

    Program text(String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      out.write('X');
      out.writeBytes(
          ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(bytes.length).array());
      out.writeBytes(bytes);
      return this;
    }

    Program number(int value) {
      out.write('J');
      out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
      return this;
    }

    Program global(String module, String name) {
      out.write('c');
      out.writeBytes((module + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
      return this;
    }

    /** A tensor of floats in storage {@code key}, as torch._utils._rebuild_tensor_v2 makes it. */
    Program tensor(String type, int key, int storageElements, int offset, int... shape) {
      global("torch._utils", "_rebuild_tensor_v2").op('(', '(').text("storage");
      global("torch", type).text(Integer.toString(key)).text("cpu").number(storageElements);
      op('t', 'Q').number(offset).op('(');
      for (int axis : shape) {
        number(axis);
      }
      op('t', '(');
      long stride = 1;
      for (int axis : shape) {
        stride *= axis;
      }
      for (int axis : shape) {
        stride /= Math.max(1, axis);
        number((int) stride);
      }
      return op('t', 0x89).global("collections", "OrderedDict").op(')', 'R', 't', 'R');
    }

    byte[] end() {
      out.write('.');
      return out.toByteArray();
    }
  }

  private TorchFiles() {}

  static void write(Path file, byte[] pickle, List<byte[]> storages, int method)
      throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("archive/data.pkl", pickle);
    entries.put("archive/byteorder", "little".getBytes(StandardCharsets.US_ASCII));
    for (int i = 0; i < storages.size(); i++) {
      entries.put("archive/data/" + i, storages.get(i));
    }
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.setMethod(method);
      for (Map.Entry<String, byte[]> e : entries.entrySet()) {
        ZipEntry entry = new ZipEntry(e.getKey());
        CRC32 crc = new CRC32();
        crc.update(e.getValue());
        entry.setCrc(crc.getValue());
        entry.setSize(e.getValue().length);
        zip.putNextEntry(entry);
        zip.write(e.getValue());
        zip.closeEntry();
      }
    }
  }

  static byte[] floats(float... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return bytes.array();
  }
}
