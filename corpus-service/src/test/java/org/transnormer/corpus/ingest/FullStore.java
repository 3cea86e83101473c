package org.transnormer.corpus.ingest;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.transnormer.artifacts.store.ObjectInfo;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.artifacts.store.ObjectWriter;
import org.transnormer.artifacts.store.StoredObject;

/** A store whose disk is full: every write fails at its first byte. */
final class FullStore implements ObjectStore {
  private final ObjectStore store;

  FullStore(ObjectStore store) {
    this.store = store;
  }

  @Override
  public ObjectWriter create(String key) {
    return new ObjectWriter() {
      @Override
      public void write(int b) throws IOException {
        throw new IOException("No space left on device");
      }

      @Override
      public StoredObject commit() throws IOException {
        throw new IOException("No space left on device");
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public InputStream open(String key) throws IOException {
    return store.open(key);
  }

  @Override
  public InputStream open(String key, long offset, long length) throws IOException {
    return store.open(key, offset, length);
  }

  @Override
  public Optional<ObjectInfo> stat(String key) throws IOException {
    return store.stat(key);
  }

  @Override
  public List<ObjectInfo> list(String prefix) throws IOException {
    return store.list(prefix);
  }

  @Override
  public void delete(String key) throws IOException {
    store.delete(key);
  }

  @Override
  public Path localCopy(StoredObject object) throws IOException {
    return store.localCopy(object);
  }

  @Override
  public URI uri() {
    return store.uri();
  }

  @Override
  public Optional<Path> cache() {
    return store.cache();
  }

  @Override
  public void close() {}
}
