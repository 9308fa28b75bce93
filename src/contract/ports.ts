/** The ports every runtime pod listens on, the same as Triton's, so that its dashboards and probes fit. */
export const ports = {
  /** Open Inference Protocol over REST; on a monitor, its own small HTTP interface. */
  http: 8000,
  /** Open Inference Protocol over gRPC. */
  grpc: 8001,
  /** Prometheus text format. */
  metrics: 8002,
} as const;
