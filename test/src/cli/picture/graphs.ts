import type { StackOfProgram } from '../../../../src/cli/picture/rooms';

const names = [
  'Amazon RDS for PostgreSQL',
  'AWS Load Balancer Controller',
  'kube-prometheus-stack',
  'MLflow',
  'KEDA',
  'Wwwwwwwwwwwwwwwwwwwwwwwwwwwwww',
  '日本語のシステム名',
];
const forms = ['helm', 'workload', 'aws', 'external', 'library'] as const;

/** Numbers that look random and are the same each time (mulberry32). */
export function numbers(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A program of up to six stacks with up to 16 components each, which use each other every which way. */
export function generated(seed: number): StackOfProgram[] {
  const random = numbers(seed);
  const upTo = (most: number): number => Math.floor(random() * (most + 1));
  const sizes = Array.from({ length: 1 + upTo(5) }, () => upTo(16));
  const paths = sizes.flatMap((size, stack) => Array.from({ length: size }, (_, n) => `acme-room${stack}/part-${n}`));
  return sizes.map((size, stack) => ({
    name: `acme-room${stack}`,
    resources: upTo(300),
    graph: {
      schemaVersion: 1,
      components: Array.from({ length: size }, (_, n) => ({
        path: `acme-room${stack}/part-${n}`,
        system: names[upTo(names.length - 1)] ?? '',
        form: forms[upTo(forms.length - 1)] ?? 'aws',
        categories: [],
        ...(upTo(1) === 1 && { chart: { name: 'a-chart-with-a-long-name', version: '1.2.3' } }),
        endpoints: Array.from({ length: upTo(4) }, (__, port) => ({
          name: `port${port}`,
          protocol: 'http' as const,
          port: 8000 + port,
          host: 'x',
        })),
        resources: [],
        uses: paths.filter(() => random() < 0.06),
      })),
    },
  }));
}
