import { isKnown, type TfObject, type TfValue } from '../protocol/codec';
import { block, blocks, text, type Wrong } from './kubernetes-config';

// Source: pkg/apis/apps/validation/validation.go of Kubernetes.

export function deployment(config: TfObject): Wrong[] {
  const spec = block(config['spec']);
  return [...progressWrong(spec), ...rollingWrong(spec)];
}

export function daemonSet(config: TfObject): Wrong[] {
  const { max_surge: more, max_unavailable: less } = block(block(block(config['spec'])['strategy'])['rolling_update']);
  if (!isNone(less) || !isKnown(more ?? null) || (text(more) !== undefined && !isNone(more))) return [];
  return [
    {
      path: ['spec', 0, 'strategy', 0, 'rolling_update'],
      clause: 'neither a pod more nor a pod less is allowed, so that none can be replaced; write 1 for one of them',
    },
  ];
}

export function statefulSet(config: TfObject): Wrong[] {
  const strategy = block(block(config['spec'])['update_strategy']);
  if (strategy['type'] !== 'OnDelete' || blocks(strategy['rolling_update']).length === 0) return [];
  return [
    {
      path: ['spec', 0, 'update_strategy', 0, 'rolling_update'],
      clause: 'it is given, though OnDelete replaces no pod; leave it out, or write the type RollingUpdate',
    },
  ];
}

const isNone = (value: TfValue | undefined): boolean => /^0+%?$/.test(text(value) ?? '');

function progressWrong({ progress_deadline_seconds: deadline, min_ready_seconds: ready }: TfObject): Wrong[] {
  if (!isKnown(deadline ?? null) || !isKnown(ready ?? null)) return [];
  // The defaults are the provider's.
  const [most, least] = [deadline ?? 600, ready ?? 0];
  if (typeof most !== 'number' || typeof least !== 'number' || most > least) return [];
  return [
    {
      path: ['spec', 0, 'progress_deadline_seconds'],
      clause: `it is ${most}, though a pod is ready only after min_ready_seconds, which is ${least}; write more than ${least}`,
    },
  ];
}

function rollingWrong(spec: TfObject): Wrong[] {
  const strategy = block(spec['strategy']);
  const rolling = blocks(strategy['rolling_update'])[0];
  const path = ['spec', 0, 'strategy', 0, 'rolling_update'];
  if (rolling === undefined) return [];
  if (strategy['type'] === 'Recreate') {
    return [
      {
        path,
        clause: 'it is given, though Recreate stops every pod first; leave it out, or write the type RollingUpdate',
      },
    ];
  }
  return isNone(rolling['max_surge']) && isNone(rolling['max_unavailable'])
    ? [
        {
          path,
          clause: 'neither a pod more nor a pod less is allowed, so that none can be replaced; write 1 for one of them',
        },
      ]
    : [];
}
