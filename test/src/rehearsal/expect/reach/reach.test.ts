import type { Place } from '../../../../../src/rehearsal/expect/reach/places';
import { reaches, type ReachOptions } from '../../../../../src/rehearsal/expect/reach/reach';
import { applied, made, object } from '../support';

const workload = (name: string, ports: number[], namespace = 'ml') =>
  object(
    'Deployment',
    { name, namespace },
    {
      spec: {
        template: {
          metadata: { labels: { app: name } },
          spec: { containers: [{ ports: ports.map((containerPort) => ({ containerPort })) }] },
        },
      },
    },
  );
const policy = (name: string, spec: object) => object('NetworkPolicy', { name, namespace: 'ml' }, { spec });
const app = (name: string) => ({ matchLabels: { app: name } });
const objects = [
  object('Namespace', { name: 'ml' }),
  workload('web', [8000]),
  workload('db', [5432]),
  policy('closed', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }),
  policy('web', {
    podSelector: app('web'),
    policyTypes: ['Egress'],
    egress: [
      { to: [{ podSelector: app('db') }], ports: [{ port: 5432 }] },
      { to: [{ ipBlock: { cidr: '10.0.0.0/16' } }], ports: [{ port: 443 }, { port: 6379 }] },
      { to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] } }], ports: [{ port: 443 }] },
    ],
  }),
  policy('db', {
    podSelector: app('db'),
    policyTypes: ['Ingress'],
    ingress: [{ from: [{ podSelector: app('web') }], ports: [{ port: 5432 }] }],
  }),
  object(
    'Service',
    { name: 'postgres', namespace: 'ml' },
    { spec: { selector: { app: 'db' }, ports: [{ port: 1, targetPort: 5432 }] } },
  ),
];
const group = (name: string, rules: object) => made('aws_security_group', { id: `sg-${name}`, ...rules }, name);
const resources = [
  made('aws_subnet', { id: 'subnet-a', cidr_block: '10.0.1.0/24' }),
  made('aws_eks_cluster', { vpc_config: [{ cluster_security_group_id: 'sg-eks', subnet_ids: ['subnet-a'] }] }),
  group('cache', { ingress: [{ protocol: 'tcp', from_port: 6379, to_port: 6379, security_groups: ['sg-eks'] }] }),
  made('aws_elasticache_cluster', { security_group_ids: ['sg-cache'], subnet_group_name: 'g' }, 'cache'),
  made('aws_elasticache_subnet_group', { name: 'g', subnet_ids: ['subnet-a'] }),
  group('front', {
    ingress: [{ protocol: 'tcp', from_port: 443, to_port: 443, cidr_blocks: ['0.0.0.0/0'] }],
    egress: [{ protocol: 'tcp', from_port: 8000, to_port: 8000, cidr_blocks: ['10.0.0.0/16'] }],
  }),
  made('aws_lb', { internal: false, security_groups: ['sg-front'], subnets: ['subnet-a'] }, 'front'),
];
const judge = (from: Place, to: Place, options?: ReachOptions) =>
  reaches(applied(resources, objects), from, to, options);

test('both ends have to allow it, and each says by what', () => {
  expect(judge('ml/web', 'ml/db', { port: 5432 })).toEqual({
    holds: 'yes',
    says: [
      'ml/web can reach ml/db on 5432/TCP:',
      '  - egress of ml/web: allowed by NetworkPolicy ml/web, rule 1 (s/kubernetes_networkpolicy.web)',
      '  - ingress of ml/db: allowed by NetworkPolicy ml/db, rule 1 (s/kubernetes_networkpolicy.db)',
    ].join('\n'),
  });
  expect(judge('ml/db', 'ml/web', { port: 8000 }).holds).toBe('no');
  expect(judge({ namespace: 'ml', labels: { app: 'x' } }, 'ml/db', { port: 5432 }).says).toMatch(
    /^pods in ml with app=x cannot reach ml\/db on 5432\/TCP:\n {2}- egress .*: refused.*\n {2}- ingress of ml\/db: refused/,
  );
});

test('without a port, any that both ends have in common will do', () => {
  expect(judge('ml/web', 'ml/db').holds).toBe('yes');
  expect(judge('ml/db', 'ml/web')).toMatchObject({
    holds: 'no',
    says: expect.stringMatching(/^ml\/db cannot reach ml\/web on any port:/) as string,
  });
  expect(judge('ml/web', 'ml/db', { protocol: 'UDP' }).holds).toBe('no');
  const elsewhere = [
    workload('a', [1]),
    workload('b', [2]),
    policy('p', { podSelector: app('b'), ingress: [{ ports: [{ port: 3 }] }] }),
  ];
  expect(reaches(applied([], elsewhere), 'ml/a', 'ml/b')).toMatchObject({
    holds: 'unknown',
    says: expect.stringMatching('but ml/b declares no such port; say which port is meant') as string,
  });
});

test("a Service is reached on its own port, and judged on its pods'", () => {
  expect(judge('ml/web', 'service/ml/postgres', { port: 1 }).holds).toBe('yes');
  expect(judge('ml/web', 'service/ml/postgres').holds).toBe('yes');
  expect(judge('ml/web', 'service/ml/postgres', { port: 5432 })).toMatchObject({
    holds: 'no',
    says: expect.stringMatching('Service ml/postgres has no port 5432/TCP') as string,
  });
});

test("from pods to AWS, policies and both ends' security groups are asked", () => {
  const verdict = judge('ml/web', 'aws_elasticache_cluster.cache', { port: 6379 });
  expect(verdict.says.split('\n').map((line) => line.trim())).toEqual([
    'ml/web can reach s/aws_elasticache_cluster.cache on 6379/TCP:',
    '- egress of ml/web: allowed by NetworkPolicy ml/web, rule 2 (s/kubernetes_networkpolicy.web)',
    '- egress of ml/web: allowed by s/aws_eks_cluster.x, as EKS makes it (everything, 0.0.0.0/0, ::/0)',
    '- ingress of s/aws_elasticache_cluster.cache: allowed by s/aws_security_group.cache (tcp 6379, sg-eks)',
  ]);
  expect(judge('ml/web', 'aws_elasticache_cluster.cache', { port: 443 }).holds).toBe('no');
  expect(judge('ml/db', 'aws_elasticache_cluster.cache', { port: 6379 }).holds).toBe('no');
});

test('from AWS to AWS, security groups are asked; from AWS to pods, all of them', () => {
  expect(judge('aws_lb.front', 'aws_elasticache_cluster.cache', { port: 6379 }).holds).toBe('no');
  const verdict = judge('aws_lb.front', 'ml/web', { port: 8000 });
  expect(verdict.holds).toBe('no');
  expect(verdict.says).toMatch(
    /egress of s\/aws_lb.front: allowed by .*\n.*ingress of ml\/web: refused.*\n.*ingress of ml\/web: refused, as none of 1 rules/,
  );
});

test('the internet comes to what has a way in, and an open group', () => {
  expect(judge('internet', 'aws_lb.front', { port: 443 }).holds).toBe('yes');
  expect(judge('internet', 'aws_lb.front', { port: 80 }).holds).toBe('no');
  expect(judge('internet', 'aws_elasticache_cluster.cache').says).toMatch('as it has private addresses only');
  expect(judge('internet', 'ml/web').says).toMatch('no Service or Ingress of ml/web faces the internet');
  expect(judge('ml/web', 'internet', { port: 443 }).holds).toBe('yes');
  expect(judge('ml/web', 'internet', { port: 80 }).holds).toBe('no');
  expect(judge('ml/db', 'internet').holds).toBe('no');
});

test('two places outside are not ours to judge, and neither is half of a program', () => {
  expect(judge('internet', '10.0.0.0/16')).toMatchObject({
    holds: 'unknown',
    says: expect.stringMatching('neither end is anything that was applied') as string,
  });
  const finding = { code: 'terraform-failed', what: 'a', where: 'b', why: 'c', cure: 'd' };
  const report = { ok: false, stacks: [], resources: 0, findings: [finding] };
  expect(reaches(applied([], objects, { report }), 'ml/web', 'ml/db').holds).toBe('unknown');
});

test('a port that is none is told', () => {
  expect(() => judge('ml/web', 'ml/db', { port: 70_000 })).toThrow(
    'toReach: 70000 is no port, because ports are whole numbers from 1 to 65535; write one such as { port: 5432 }.',
  );
});
