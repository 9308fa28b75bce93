import type { Machine, Peer } from '../../../../../src/rehearsal/expect/reach/answer';
import { groupRules, groupsKnown, judgeGroups } from '../../../../../src/rehearsal/expect/reach/security-groups';
import type { AppliedResource } from '../../../../../src/rehearsal/report';
import { made } from '../support';

const inline = { from_port: 5432, to_port: 5432, protocol: 'tcp' };

test.each<[string, AppliedResource]>([
  [
    'aws_security_group',
    made('aws_security_group', { id: 'sg-a', ingress: [{ ...inline, cidr_blocks: ['10.0.0.0/16'] }] }),
  ],
  [
    'aws_default_security_group',
    made('aws_default_security_group', { id: 'sg-a', ingress: [{ ...inline, cidr_blocks: ['10.0.0.0/16'] }] }),
  ],
  [
    'aws_security_group_rule',
    made('aws_security_group_rule', {
      ...inline,
      type: 'ingress',
      security_group_id: 'sg-a',
      cidr_blocks: ['10.0.0.0/16'],
    }),
  ],
  [
    'aws_vpc_security_group_ingress_rule',
    made('aws_vpc_security_group_ingress_rule', {
      ...inline,
      ip_protocol: 'tcp',
      security_group_id: 'sg-a',
      cidr_ipv4: '10.0.0.0/16',
    }),
  ],
])('a rule is read from %s', (type, resource) => {
  expect(groupRules([resource])).toEqual([
    {
      group: 'sg-a',
      direction: 'ingress',
      protocol: 'tcp',
      from: 5432,
      to: 5432,
      networks: ['10.0.0.0/16'],
      groups: [],
      prefixLists: [],
      at: `s/${type}.x`,
    },
  ]);
});

test('groups, the group itself, prefix lists and IPv6 are read in each form', () => {
  const rules = groupRules([
    made('aws_security_group', {
      id: 'sg-a',
      egress: [
        {
          protocol: '-1',
          security_groups: ['sg-b'],
          self: true,
          ipv6_cidr_blocks: ['::/0'],
          prefix_list_ids: ['pl-1'],
        },
      ],
    }),
    made('aws_security_group_rule', { type: 'egress', protocol: 'all', security_group_id: 'sg-a', self: true }),
    made('aws_security_group_rule', {
      type: 'egress',
      protocol: '6',
      security_group_id: 'sg-a',
      source_security_group_id: 'sg-b',
    }),
    made('aws_vpc_security_group_egress_rule', {
      ip_protocol: '-1',
      security_group_id: 'sg-a',
      referenced_security_group_id: '111122223333/sg-b',
      cidr_ipv6: '::/0',
      prefix_list_id: 'pl-1',
    }),
  ]);
  expect(
    rules.map(({ protocol, from, to, networks, groups, prefixLists }) => ({
      protocol,
      from,
      to,
      networks,
      groups,
      prefixLists,
    })),
  ).toEqual([
    { protocol: '-1', from: 0, to: 65_535, networks: ['::/0'], groups: ['sg-b', 'sg-a'], prefixLists: ['pl-1'] },
    { protocol: '-1', from: 0, to: 65_535, networks: [], groups: ['sg-a'], prefixLists: [] },
    { protocol: 'tcp', from: 0, to: 65_535, networks: [], groups: ['sg-b'], prefixLists: [] },
    { protocol: '-1', from: 0, to: 65_535, networks: ['::/0'], groups: ['sg-b'], prefixLists: ['pl-1'] },
  ]);
  expect(rules.every(({ direction }) => direction === 'egress')).toBe(true);
});

const cluster = made('aws_eks_cluster', { vpc_config: [{ cluster_security_group_id: 'sg-eks' }] });
test('the group that EKS makes has the rules that EKS gives it', () => {
  expect(groupRules([cluster])).toMatchObject([
    { group: 'sg-eks', direction: 'ingress', groups: ['sg-eks'], networks: [] },
    { group: 'sg-eks', direction: 'egress', groups: [], networks: ['0.0.0.0/0', '::/0'] },
  ]);
  expect([...groupsKnown([cluster, made('aws_security_group', { id: 'sg-a' })])]).toEqual(['sg-eks', 'sg-a']);
});

const machine = (title: string, more: Partial<Machine> = {}): Machine => ({
  kind: 'machine',
  title,
  groups: [`sg-${title}`],
  networks: ['10.0.1.0/24'],
  ...more,
});
const [a, b] = [machine('a'), machine('b')];
const group = (name: string, rules: object) => made('aws_security_group', { id: `sg-${name}`, ...rules }, name);
const judge = (
  resources: readonly AppliedResource[],
  {
    direction = 'ingress' as 'ingress' | 'egress',
    of = b,
    peer = a as Peer,
    port = 5432,
    protocol = 'TCP' as 'TCP' | 'UDP',
  } = {},
) => judgeGroups(groupRules(resources), direction, of, peer, { port, protocol }, groupsKnown(resources));

test('a group without a rule takes and sends nothing, since Terraform takes the first rule away', () => {
  expect(judge([group('b', {})])).toEqual({
    holds: 'no',
    says: 'ingress of b: refused, as its security groups have no ingress rule',
  });
  expect(judge([group('b', {})], { direction: 'egress' }).holds).toBe('no');
});

test('a rule allows the members of another group, or addresses', () => {
  expect(judge([group('b', { ingress: [{ ...inline, security_groups: ['sg-a'] }] })])).toEqual({
    holds: 'yes',
    says: 'ingress of b: allowed by s/aws_security_group.b (tcp 5432, sg-a)',
  });
  expect(judge([group('b', { ingress: [{ ...inline, security_groups: ['sg-c'] }] })]).holds).toBe('no');
  expect(judge([group('b', { ingress: [{ ...inline, cidr_blocks: ['10.0.0.0/16'] }] })]).holds).toBe('yes');
  expect(judge([group('b', { ingress: [{ ...inline, cidr_blocks: ['10.0.1.0/25'] }] })]).says).toBe(
    'ingress of b: perhaps allowed by s/aws_security_group.b (tcp 5432, 10.0.1.0/25)',
  );
  expect(judge([group('b', { ingress: [{ ...inline, prefix_list_ids: ['pl-1'] }] })]).holds).toBe('unknown');
});

test('members of a group that allows itself reach each other', () => {
  const own = [group('b', { ingress: [{ ...inline, self: true }] })];
  expect(judge(own, { peer: machine('other', { groups: ['sg-b'] }) }).holds).toBe('yes');
  expect(judge(own).holds).toBe('no');
});

test('any group of several is enough, as rules add up', () => {
  const resources = [group('b', {}), group('c', { ingress: [{ ...inline, security_groups: ['sg-a'] }] })];
  expect(judge(resources, { of: machine('b', { groups: ['sg-b', 'sg-c'] }) }).holds).toBe('yes');
});

test('ports and protocols', () => {
  const rule = [
    group('b', { ingress: [{ from_port: 5000, to_port: 6000, protocol: 'tcp', security_groups: ['sg-a'] }] }),
  ];
  expect(judge(rule).holds).toBe('yes');
  expect(judge(rule, { protocol: 'UDP' }).holds).toBe('no');
  expect(judge(rule, { port: 80 }).says).toBe(
    'ingress of b: refused, as none of 1 rules allows it; the nearest is s/aws_security_group.b (tcp 5000-6000, sg-a)',
  );
  const all = [group('b', { ingress: [{ from_port: 0, to_port: 0, protocol: '-1', security_groups: ['sg-a'] }] })];
  expect(judge(all, { port: 80, protocol: 'UDP' }).holds).toBe('yes');
});

test('the internet is everywhere', () => {
  const internet: Peer = { kind: 'network', title: 'the internet', networks: ['0.0.0.0/0', '::/0'], internet: true };
  const open = (cidr: string) =>
    judge([group('b', { ingress: [{ ...inline, cidr_blocks: [cidr] }] })], { peer: internet });
  expect([open('0.0.0.0/0').holds, open('10.0.0.0/8').holds, open('203.0.113.0/24').holds]).toEqual([
    'yes',
    'no',
    'unknown',
  ]);
});

test('what is not made here is not known', () => {
  expect(judge([], { of: machine('b', { groups: [] }) }).says).toBe(
    'ingress of b: which security groups it has is not known here',
  );
  expect(judge([]).says).toBe('ingress of b: the rules of sg-b are not made here');
  const rule = [group('b', { ingress: [{ ...inline, security_groups: ['sg-a'] }] })];
  expect(judge(rule, { peer: machine('a', { groups: [] }) }).holds).toBe('unknown');
});
