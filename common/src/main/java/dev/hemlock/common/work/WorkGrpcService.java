package dev.hemlock.common.work;

import dev.hemlock.common.grpc.GrpcCalls;
import dev.hemlock.proto.run.v1.ListWorkRequest;
import dev.hemlock.proto.run.v1.ListWorkResponse;
import dev.hemlock.proto.run.v1.WorkService;
import io.quarkus.grpc.GrpcService;
import io.smallrye.mutiny.Uni;

/** The gRPC edge of {@link WorkRuntime}. */
@GrpcService
public class WorkGrpcService implements WorkService {
  private static final int DEFAULT_TRIES = 100;

  private final WorkRuntime runtime;

  /** Delegates to {@code runtime}. */
  public WorkGrpcService(WorkRuntime runtime) {
    this.runtime = runtime;
  }

  @Override
  public Uni<ListWorkResponse> listWork(ListWorkRequest request) {
    int tries = request.getMaxTries() == 0 ? DEFAULT_TRIES : request.getMaxTries();
    return GrpcCalls.onWorker(
        () -> ListWorkResponse.newBuilder().addAllStages(runtime.work(tries)).build());
  }
}
