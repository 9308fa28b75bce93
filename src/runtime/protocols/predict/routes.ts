import { decodeName, pathOf } from '../open-inference/routes.js';

/** What a path of the predict protocols is about. */
export interface PredictTarget {
  readonly kind: 'models' | 'status' | 'metadata' | 'predict' | 'unsupported';
  /** With its alias, if any; a label is one. */
  readonly model: string;
  readonly version: string | undefined;
}

const path =
  /^\/v1\/models\/([^/:]+)(?:\/versions\/([0-9]+)|\/labels\/([^/:]+))?(?::(predict|explain|classify|regress)|\/(metadata))?$/;

/** What is asked for; undefined where there is nothing. */
export function predictTarget(url: string): PredictTarget | undefined {
  const asked = pathOf(url);
  if (asked === '/v1/models') return { kind: 'models', model: '', version: undefined };
  const match = path.exec(asked);
  if (match === null) return undefined;
  const [, name = '', version, label, verb, metadata] = match;
  const model = decodeName(label === undefined ? name : `${name}@${label}`);
  if (model === undefined) return undefined;
  const kind =
    verb === 'predict'
      ? 'predict'
      : verb !== undefined
        ? 'unsupported'
        : metadata !== undefined
          ? 'metadata'
          : 'status';
  return { kind, model, version };
}
