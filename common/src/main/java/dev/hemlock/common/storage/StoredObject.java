package dev.hemlock.common.storage;

import java.time.Instant;

/**
 * An object as a listing shows it.
 *
 * @param key the whole key
 * @param size in bytes
 * @param lastModified by the store's own clock; some stores cut it to seconds
 */
public record StoredObject(String key, long size, Instant lastModified) {}
