package dev.hemlock.common.ledger;

import dev.hemlock.proto.run.v1.RunStatus;
import java.util.Optional;

/**
 * A run as the ledger shows it.
 *
 * @param name the resource name, for example {@code trainingRuns/{64 hex}}
 * @param spec the canonical spec document
 * @param status state, error, share done, try and times
 * @param progress the latest progress document of a run that is RUNNING
 * @param result the result document of a run that has SUCCEEDED
 */
@SuppressWarnings("ArrayRecordComponent")
public record RunView(
    String name,
    byte[] spec,
    RunStatus status,
    Optional<byte[]> progress,
    Optional<byte[]> result) {}
