package dev.hemlock.common.storage;

class InMemoryObjectStoreTest extends AbstractObjectStoreTest {
  private final InMemoryObjectStore store = new InMemoryObjectStore();

  @Override
  protected ObjectStore store() {
    return store;
  }

  @Override
  protected void corrupt(String key) {
    store.corrupt(key);
  }
}
