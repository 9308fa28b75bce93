/**
 * Metric names. Those of the server are Triton's where Triton has the metric
 * (https://github.com/triton-inference-server/server/blob/main/docs/user_guide/metrics.md), so that existing
 * dashboards and autoscaling rules keep working; Plinth's own begin with `plinth_`.
 * Durations named `_us` are cumulative microseconds, as Triton's; those named `_seconds` are histograms.
 */
export const metrics = {
  serve: {
    requestSuccess: 'nv_inference_request_success',
    /** Label `reason`: REJECTED, CANCELED, BACKEND, OTHER, and Plinth's INVALID (a client's mistake). */
    requestFailure: 'nv_inference_request_failure',
    /** Inferences, that is rows when batched. */
    inferenceCount: 'nv_inference_count',
    execCount: 'nv_inference_exec_count',
    requestDurationUs: 'nv_inference_request_duration_us',
    queueDurationUs: 'nv_inference_queue_duration_us',
    computeInputDurationUs: 'nv_inference_compute_input_duration_us',
    computeInferDurationUs: 'nv_inference_compute_infer_duration_us',
    computeOutputDurationUs: 'nv_inference_compute_output_duration_us',
    cacheHits: 'nv_cache_num_hits_per_model',
    cacheMisses: 'nv_cache_num_misses_per_model',
    /** Cumulative microseconds. */
    cacheHitDurationUs: 'nv_cache_hit_duration_per_model',
    /** Cumulative microseconds. */
    cacheMissDurationUs: 'nv_cache_miss_duration_per_model',
    /** Gauge: requests that wait or run. The signal that autoscaling follows. */
    pending: 'nv_inference_pending_request_count',
    requestSeconds: 'plinth_request_duration_seconds',
    /** Part of the request that it waited for its run. */
    queueSeconds: 'plinth_queue_duration_seconds',
    /** Part of the request that the model computed. */
    computeSeconds: 'plinth_compute_duration_seconds',
    /** Counter, labels model, version, lane (inline, worker, process): runs of the model by where they happened. */
    laneRuns: 'plinth_lane_runs_total',
    /** Gauge, 1 or 0. Labels model, version. */
    modelReady: 'plinth_model_ready',
    /** Counter of payload events that were dropped because the log could not keep up. */
    payloadDropped: 'plinth_payload_dropped_total',
    /** Counter, label reason (unauthenticated, forbidden): calls that were turned away for their token. */
    authFailures: 'plinth_auth_failures_total',
    /** Counter of requests above their tenant's rate. */
    tenantLimited: 'plinth_tenant_limited_total',
    /** Gauge, Prometheus' usual name: memory of the process. */
    residentBytes: 'process_resident_memory_bytes',
    /** Gauge, as Node's programs usually name it: 99 of 100 turns of the event loop were late by less than this. */
    eventLoopLag: 'nodejs_eventloop_lag_p99_seconds',
  },
  /** Of the server, by alias; the label `alias` is the one by which a request's version was chosen. */
  traffic: {
    /** Counter, labels model, version, alias: requests of models that have aliases. */
    requests: 'plinth_alias_requests_total',
    /** Counter, labels model, version, alias: those that the version failed. */
    failures: 'plinth_alias_failures_total',
    /** Gauge, labels model, version, alias: the share of the requests for the model that a canary gets now. */
    weight: 'plinth_canary_weight',
    /** Counter, label outcome: shadow copies that were done, failed, or were dropped because all were busy. */
    shadow: 'plinth_shadow_copies_total',
    /** Counter, label model: challengers that this replica found to be worse. */
    rollbacks: 'plinth_canary_rollbacks_total',
  },
  monitor: {
    rows: 'plinth_monitor_rows_total',
    windows: 'plinth_monitor_windows_total',
    /** Counter, labels model, reason: lines of the payload log that could not be used. */
    rejected: 'plinth_monitor_rejected_lines_total',
    /** Gauge, labels model, feature: population stability index of the last window. */
    psi: 'plinth_drift_psi',
    /** Gauge, labels model, feature: Kolmogorov-Smirnov statistic of the last window. */
    ks: 'plinth_drift_ks_statistic',
    /** Gauge, labels model, feature: p-value of that statistic, adjusted for the number of features. */
    ksPValue: 'plinth_drift_ks_p_value',
    /** Gauge, label model: how many features drifted in the last window. */
    driftedFeatures: 'plinth_drift_features',
    /** Gauge, label model: 1 while the drift alarm stands. */
    alarm: 'plinth_drift_alarm',
    /** Gauge, label model: seconds since a segment of the payload log was last read, or since the start. */
    lagSeconds: 'plinth_monitor_lag_seconds',
  },
} as const;

/** Label names on the metrics above. */
export const metricLabels = {
  model: 'model',
  version: 'version',
  reason: 'reason',
  feature: 'feature',
  lane: 'lane',
  alias: 'alias',
  outcome: 'outcome',
} as const;
