package dev.hemlock.common.storage;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Makes what a test has separated one tenant again, for the tests after it. */
public final class OneTenant implements AfterEachCallback {
  @Override
  public void afterEach(ExtensionContext context) {
    Tenant.join();
  }
}
