package dev.hemlock.poison;

import io.quarkus.grpc.GrpcService;

/** The fake as a neighbour on the same port. */
@GrpcService
class FakeEvaluationBean extends FakeEvaluationService {}
