import type { Answer } from './answer';

type Labels = Readonly<Record<string, string>>;

/** A label selector of Kubernetes (https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/). */
export interface LabelSelector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

/**
 * Whether a selector selects something with these labels. An empty one selects everything.
 * @param partly there may be labels that nobody knows of
 */
export function selects(
  { matchLabels = {}, matchExpressions = [] }: LabelSelector,
  labels: Labels,
  partly = false,
): Answer {
  const equal = Object.entries(matchLabels).map(([key, value]) => judge(key, 'In', [value], labels, partly));
  const fit = matchExpressions.map(({ key, operator, values = [] }) => judge(key, operator, values, labels, partly));
  const answers = [...equal, ...fit];
  return answers.includes('no') ? 'no' : answers.includes('unknown') ? 'unknown' : 'yes';
}

function judge(key: string, operator: string, values: readonly string[], labels: Labels, partly: boolean): Answer {
  const value = labels[key];
  if (value === undefined && partly) return 'unknown';
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value) ? 'yes' : 'no';
    case 'NotIn':
      return value === undefined || !values.includes(value) ? 'yes' : 'no';
    case 'Exists':
      return value !== undefined ? 'yes' : 'no';
    case 'DoesNotExist':
      return value === undefined ? 'yes' : 'no';
    default:
      return 'unknown';
  }
}
