package dev.hemlock.evaluation;

import dev.hemlock.proto.run.v1.RunStatus;
import io.smallrye.mutiny.Multi;
import java.time.Duration;

/**
 * Long jobs of one kind, of this service or of another. Blocking, except {@link #watch}.
 *
 * @param <S> what is asked for
 * @param <J> the job
 */
public interface Jobs<S, J> {
  /** How long one watch stream stays open before it is opened anew. */
  Duration WATCH = Duration.ofMinutes(5);

  /** Asks for a job; the same spec gives the same job. */
  J create(S spec);

  /** What {@link #create} would give, without asking; in state UNSPECIFIED if there is no such job. */
  J preview(S spec);

  /** The present state at once, then each change, up to a terminal one. */
  Multi<J> watch(String name);

  /** Asks a job to stop; one that has ended stays as it is. */
  void cancel(String name);

  /** The resource name. */
  String name(J job);

  /** Where the job stands. */
  RunStatus status(J job);
}
