package dev.hemlock.common.grpc;

import dev.hemlock.common.error.HemlockException;

/** In the place of a request message whose bytes can't be read. */
record Unreadable(HemlockException refusal) {}
