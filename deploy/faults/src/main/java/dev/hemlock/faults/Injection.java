package dev.hemlock.faults;

/** Asks for work, breaks something and mends it. */
interface Injection {
  void inject(Round round) throws Exception;
}
