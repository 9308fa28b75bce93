/** What a caller says of the trace that its request is part of (https://www.w3.org/TR/trace-context/). */
export interface ParentContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly sampled: boolean;
}

const pattern = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Reads `traceparent`; what is not valid counts as not there, as the recommendation says. */
export function parseTraceparent(text: string | undefined): ParentContext | undefined {
  const [, version, traceId = '', spanId = '', flags = '', rest] = pattern.exec(text ?? '') ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (parseInt(flags, 16) & 1) === 1 };
}

export function formatTraceparent({ traceId, spanId, sampled }: ParentContext): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}
