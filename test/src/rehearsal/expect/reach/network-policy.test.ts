import type { Peer, Pods } from '../../../../../src/rehearsal/expect/reach/answer';
import {
  judgePolicies,
  portsNamed,
  type Direction,
  type NetworkPolicy,
} from '../../../../../src/rehearsal/expect/reach/network-policy';

const pods = (title: string, more: Partial<Pods> = {}): Pods => ({
  kind: 'pods',
  title,
  namespace: title.split('/')[0] ?? '',
  labels: { app: title.split('/')[1] ?? '' },
  namespaceLabels: {},
  ports: [{ port: 8000, protocol: 'TCP', name: 'http' }],
  hostNetwork: false,
  groups: [],
  networks: [],
  ...more,
});
const web = pods('ml/web');
const db = pods('ml/db');
const policy = (name: string, spec: NetworkPolicy['spec'], namespace = 'ml'): NetworkPolicy => ({
  name,
  namespace,
  at: `s/${name}`,
  spec,
});
const judge = (
  policies: readonly NetworkPolicy[],
  direction: Direction = 'Ingress',
  of: Pods = db,
  peer: Peer = web,
  port = 8000,
  protocol: 'TCP' | 'UDP' = 'TCP',
) => judgePolicies(policies, direction, of, peer, { port, protocol });
const network = (...networks: string[]): Peer => ({
  kind: 'network',
  title: networks.join(),
  networks,
  internet: false,
});
const internet: Peer = { kind: 'network', title: 'the internet', networks: ['0.0.0.0/0', '::/0'], internet: true };

const closed = policy('closed', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
const fromWeb = policy('from-web', {
  podSelector: { matchLabels: { app: 'db' } },
  policyTypes: ['Ingress'],
  ingress: [{ from: [{ podSelector: { matchLabels: { app: 'web' } } }] }],
});

describe('isolation', () => {
  test('pods that no policy selects are open', () => {
    expect(judge([])).toEqual({
      holds: 'yes',
      says: 'ingress of ml/db: allowed, as no NetworkPolicy selects it for ingress',
    });
    expect(judge([policy('other', closed.spec, 'elsewhere')]).holds).toBe('yes');
    expect(judge([policy('other', { podSelector: { matchLabels: { app: 'x' } } })]).holds).toBe('yes');
  });

  test('pods that a policy selects are closed', () => {
    expect(judge([closed])).toEqual({
      holds: 'no',
      says: 'ingress of ml/db: refused, as it is selected by ml/closed (s/closed), and no rule of theirs allows it',
    });
    expect(judge([closed], 'Egress').holds).toBe('no');
  });

  test('each direction is closed for itself', () => {
    expect(judge([fromWeb], 'Egress').holds).toBe('yes');
    expect(judge([policy('e', { podSelector: {}, policyTypes: ['Egress'] })]).holds).toBe('yes');
  });

  test('a policy without types is about ingress, and about egress where it has rules for it', () => {
    const silent = policy('silent', { podSelector: {} });
    expect([judge([silent]).holds, judge([silent], 'Egress').holds]).toEqual(['no', 'yes']);
    const both = policy('both', { podSelector: {}, egress: [{}] });
    expect([judge([both]).holds, judge([both], 'Egress').holds]).toEqual(['no', 'yes']);
    const none = policy('none', { podSelector: {}, egress: [] });
    expect(judge([none], 'Egress').holds).toBe('no');
  });

  test('policies add up: one that allows is enough, and none can take away', () => {
    expect(judge([closed, fromWeb])).toEqual({
      holds: 'yes',
      says: 'ingress of ml/db: allowed by NetworkPolicy ml/from-web, rule 1 (s/from-web)',
    });
    expect(judge([fromWeb, closed]).holds).toBe('yes');
  });
});

describe('peers', () => {
  const from = (...peers: NonNullable<NonNullable<NetworkPolicy['spec']['ingress']>[number]['from']>) =>
    policy('p', { podSelector: {}, policyTypes: ['Ingress'], ingress: [{ from: peers }] });
  const other = pods('apps/web', { namespaceLabels: { team: 'a' } });

  test('a rule without peers allows all, and so does one with an empty list', () => {
    const all = policy('p', { podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] });
    for (const peer of [web, other, internet, network('10.0.0.0/8')])
      expect(judge([all], 'Ingress', db, peer).holds).toBe('yes');
    expect(judge([from()], 'Ingress', db, other).holds).toBe('yes');
  });

  test('a pod selector alone selects in the namespace of its policy', () => {
    expect(judge([from({ podSelector: {} })]).holds).toBe('yes');
    expect(judge([from({ podSelector: {} })], 'Ingress', db, other).holds).toBe('no');
  });

  test('a namespace selector alone selects every pod in those namespaces', () => {
    expect(judge([from({ namespaceSelector: { matchLabels: { team: 'a' } } })], 'Ingress', db, other).holds).toBe(
      'yes',
    );
    expect(judge([from({ namespaceSelector: { matchLabels: { team: 'b' } } })], 'Ingress', db, other).holds).toBe('no');
    expect(judge([from({ namespaceSelector: {} })], 'Ingress', db, other).holds).toBe('yes');
  });

  test('both in one peer must fit; as two peers, one is enough', () => {
    const namespaceSelector = { matchLabels: { team: 'a' } };
    const podSelector = { matchLabels: { app: 'db' } };
    expect(judge([from({ namespaceSelector, podSelector })], 'Ingress', db, other).holds).toBe('no');
    expect(judge([from({ namespaceSelector }, { podSelector })], 'Ingress', db, other).holds).toBe('yes');
  });

  test('every namespace has its name for a label', () => {
    const named = from({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'apps' } } });
    expect(judge([named], 'Ingress', db, other).holds).toBe('yes');
    expect(judge([named], 'Ingress', db, pods('apps/web', { namespaceLabels: undefined })).holds).toBe('yes');
    expect(judge([named], 'Ingress', db, web).holds).toBe('no');
  });

  test('labels of a namespace that is made elsewhere are not known', () => {
    const foreign = pods('apps/web', { namespaceLabels: undefined });
    expect(judge([from({ namespaceSelector: { matchLabels: { team: 'a' } } })], 'Ingress', db, foreign)).toEqual({
      holds: 'unknown',
      says: 'ingress of ml/db: perhaps allowed by NetworkPolicy ml/p, rule 1 (s/p), which asks for labels or addresses, and the namespace apps is not made here',
    });
  });

  test('blocks of addresses are about what is outside; whether pods lie in them is not known', () => {
    const block = (cidr: string, except?: string[]) => from({ ipBlock: { cidr, ...(except && { except }) } });
    expect(judge([block('10.0.0.0/8')], 'Ingress', db, network('10.1.0.0/16')).holds).toBe('yes');
    expect(judge([block('10.0.0.0/8', ['10.1.0.0/16'])], 'Ingress', db, network('10.1.0.0/16')).holds).toBe('no');
    expect(judge([block('10.1.2.0/24')], 'Ingress', db, network('10.1.0.0/16')).says).toMatch(
      'which may hold some of the addresses of 10.1.0.0/16',
    );
    expect(judge([block('0.0.0.0/0')], 'Ingress', db, internet).holds).toBe('yes');
    expect(judge([block('52.0.0.0/8')], 'Ingress', db, internet).says).toMatch('ask about that network instead');
    expect(judge([block('10.0.0.0/8')], 'Ingress', db, web).says).toMatch(
      'as whether ml/web has an address in its block is not known before it runs',
    );
    expect(judge([block('169.254.170.23/32')], 'Ingress', db, web).holds).toBe('no');
    expect(judge([from({ podSelector: {} })], 'Ingress', db, network('10.0.0.0/8')).holds).toBe('no');
  });

  test('pods with the network of their node are seen differently by each plugin', () => {
    const host = pods('ml/agent', { hostNetwork: true });
    expect(judge([closed], 'Ingress', host).says).toBe(
      "ingress of ml/agent: it has its node's network, of which each network plugin thinks differently",
    );
    expect(judge([], 'Ingress', host).holds).toBe('yes');
    expect(judge([from({ podSelector: {} })], 'Ingress', db, host).holds).toBe('unknown');
    expect(judge([from({ ipBlock: { cidr: '52.0.0.0/8' } })], 'Ingress', db, host).holds).toBe('unknown');
  });
});

describe('ports', () => {
  const on = (...ports: NonNullable<NonNullable<NetworkPolicy['spec']['ingress']>[number]['ports']>) =>
    policy('p', { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [{ ports }], egress: [{ ports }] });

  test('a number, a range, a protocol, or any', () => {
    expect(judge([on({ port: 8000 })]).holds).toBe('yes');
    expect(judge([on({ port: 8001 })]).holds).toBe('no');
    expect(judge([on({ port: 7000, endPort: 9000 })]).holds).toBe('yes');
    expect(judge([on({ port: 7000, endPort: 7999 })]).holds).toBe('no');
    expect(judge([on({ protocol: 'TCP' })]).holds).toBe('yes');
    expect(judge([on({ port: 8000, protocol: 'UDP' })]).holds).toBe('no');
    expect(judge([on({ port: 8000, protocol: 'UDP' })], 'Ingress', db, web, 8000, 'UDP').holds).toBe('yes');
    expect(judge([on()]).holds).toBe('yes');
  });

  test('a name is that of a port of the pods that take the connection, in either direction', () => {
    expect(judge([on({ port: 'http' })]).holds).toBe('yes');
    expect(judge([on({ port: 'grpc' })]).holds).toBe('no');
    const silent = pods('ml/web', { ports: [] });
    expect(judge([on({ port: 'http' })], 'Egress', silent, db).holds).toBe('yes');
    expect(judge([on({ port: 'http' })], 'Egress', db, silent).holds).toBe('no');
    expect(judge([on({ port: 'http' })], 'Egress', db, network('10.0.0.0/8')).holds).toBe('no');
    expect(judge([on({ port: 'http' })], 'Ingress', pods('ml/db', { ports: undefined })).says).toMatch(
      'which names a port, and what the pods call theirs is not known here',
    );
  });

  test('a rule that fails by its port alone is told', () => {
    const rule = policy('p', {
      podSelector: {},
      policyTypes: ['Ingress'],
      ingress: [
        { from: [{ podSelector: {} }], ports: [{ port: 5432 }, { port: 7000, endPort: 7100, protocol: 'UDP' }] },
      ],
    });
    expect(judge([rule]).says).toBe(
      'ingress of ml/db: refused, as it is selected by ml/p (s/p), and no rule of theirs allows it; NetworkPolicy ml/p, rule 1 (s/p) lets it through on 5432/TCP, 7000-7100/UDP only',
    );
  });

  test('peers and ports of one rule belong together', () => {
    const rules = policy('p', {
      podSelector: {},
      policyTypes: ['Ingress'],
      ingress: [
        { from: [{ podSelector: { matchLabels: { app: 'web' } } }], ports: [{ port: 1 }] },
        { from: [{ podSelector: { matchLabels: { app: 'x' } } }], ports: [{ port: 8000 }] },
      ],
    });
    expect(judge([rules]).holds).toBe('no');
  });

  test('ports that rules name are those worth trying', () => {
    expect(portsNamed([on({ port: 1 }, { port: 'http' }, {}, { port: 5, endPort: 9 })])).toEqual([1, 5, 1, 5]);
  });
});
