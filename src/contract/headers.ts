/** HTTP headers and gRPC metadata of Plinth's own. */
export const headerNames = {
  /** Requests with the same value meet the same arm of a canary: the id of a customer or of a session. It is not logged. */
  sticky: 'plinth-sticky',
  /** Milliseconds after which nobody waits for the answer; gRPC has its own deadline. */
  timeout: 'plinth-timeout',
} as const;
