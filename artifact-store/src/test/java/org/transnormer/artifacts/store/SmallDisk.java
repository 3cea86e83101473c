package org.transnormer.artifacts.store;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Path;

/** A file system in memory that is soon full. */
record SmallDisk(FileSystem fileSystem) implements AutoCloseable {
  static SmallDisk of(long bytes) {
    return new SmallDisk(
        Jimfs.newFileSystem(
            Configuration.unix().toBuilder()
                .setMaxSize(bytes)
                .setBlockSize(1024)
                .setAttributeViews("basic", "posix")
                .build()));
  }

  Path root() {
    return fileSystem.getPath("/store");
  }

  @Override
  public void close() throws IOException {
    fileSystem.close();
  }
}
