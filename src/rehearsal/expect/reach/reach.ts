import { PlinthError } from '@plinth/contract';
import { ifApplied, type Applied, type Verdict } from '../verdict';
import { listed } from '../assertion';
import { all, some, type Peer, type Pods, type Port, type Protocol, type Step } from './answer';
import { judgePolicies, portsNamed, type NetworkPolicy } from './network-policy';
import { peersOf, podPort, type Place } from './places';
import { exposing } from './exposure';
import { groupRules, groupsKnown, judgeGroups } from './security-groups';

export interface ReachOptions {
  /** At what takes the connection; of a Service, the Service's own. Default: any port will do. */
  readonly port?: number;
  /** Default `TCP`; without a port, any. */
  readonly protocol?: Protocol;
}

/**
 * Whether `from` can open a connection to `to`, judged from the NetworkPolicies, Services and security groups that were applied. What is
 * between them is not looked at: routes, network ACLs, firewalls, the network plugin, policies that charts make, and of pods on one
 * cluster the security groups of their nodes.
 */
export function reaches(applied: Applied, from: Place, to: Place, { port, protocol }: ReachOptions = {}): Verdict {
  return ifApplied(applied, () => {
    if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536)) throw badPort(port);
    const ground = groundOf(applied);
    const pairs = peersOf(applied, from).flatMap((a) => peersOf(applied, to).map((b) => [a, b] as const));
    const verdicts = pairs.map(([a, b]) => judgePair(applied, ground, a, b, { port, protocol }));
    const says = verdicts.map((one) => one.says).join('\n');
    // Several pods behind one name: all of them, or none.
    const answers = verdicts.map(({ holds }) => holds);
    const holds = all(answers) === 'yes' ? 'yes' : some(answers) === 'no' ? 'no' : 'unknown';
    return { holds, says };
  });
}

interface Ground {
  readonly policies: readonly NetworkPolicy[];
  readonly rules: ReturnType<typeof groupRules>;
  readonly known: ReadonlySet<string>;
}

function groundOf(applied: Applied): Ground {
  const resources = applied.resources();
  const policies = applied
    .objects()
    .filter(({ kind, apiVersion }) => kind === 'NetworkPolicy' && apiVersion.startsWith('networking.k8s.io/'))
    .map(({ metadata, provenance, spec }) => ({
      name: String(metadata.name),
      namespace: metadata.namespace ?? provenance.namespace ?? 'default',
      at: `${provenance.stack}/${provenance.address}`,
      spec: (spec ?? {}) as NetworkPolicy['spec'],
    }));
  return { policies, rules: groupRules(resources), known: groupsKnown(resources) };
}

function judgePair(applied: Applied, ground: Ground, from: Peer, to: Peer, asked: ReachOptions): Verdict {
  const declared = declaredBy(to);
  const tried = asked.port === undefined ? candidates(ground, declared, asked.protocol) : [];
  const ports: Port[] = asked.port === undefined ? tried : [{ port: asked.port, protocol: asked.protocol ?? 'TCP' }];
  const judged = ports.map((port) => ({ port, steps: stepsOf(applied, ground, from, to, port) }));
  const open = judged.find(({ steps }) => all(steps.map(({ holds }) => holds)) === 'yes');
  const maybe = judged.find(({ steps }) => all(steps.map(({ holds }) => holds)) === 'unknown');
  const shown = open ?? maybe ?? judged[0];
  if (shown === undefined) throw new Error('no port was judged');
  const { port, steps } = shown;
  const onPort = `${port.port}/${port.protocol}`;
  const is = open !== undefined ? 'can' : maybe !== undefined ? 'may or may not' : 'cannot';
  const anyPort = asked.port === undefined && open === undefined && maybe === undefined;
  const heading = `${from.title} ${is} reach ${to.title} on ${anyPort ? 'any port' : onPort}:`;
  const says = listed(
    heading,
    steps.map((step) => step.says),
  );
  if (open === undefined) return { holds: maybe === undefined ? 'no' : 'unknown', says };
  const unheard =
    asked.port === undefined &&
    declared.length > 0 &&
    !declared.some((one) => one.port === port.port && one.protocol === port.protocol);
  return unheard
    ? { holds: 'unknown', says: `${says}\n  - but ${to.title} declares no such port; say which port is meant` }
    : { holds: 'yes', says };
}

function stepsOf(applied: Applied, { policies, rules, known }: Ground, from: Peer, to: Peer, asked: Port): Step[] {
  const port = to.kind === 'pods' ? podPort(to, asked) : asked;
  if (port === undefined) {
    const says = `Service ${(to as Pods).service?.title} has no port ${asked.port}/${asked.protocol}`;
    return [{ holds: 'no', says }];
  }
  const steps: Step[] = [];
  const nodes = from.kind === 'pods' && to.kind === 'pods';
  if (from.kind === 'pods') steps.push(judgePolicies(policies, 'Egress', from, to, port));
  if (from.kind !== 'network' && !nodes && (from.kind === 'machine' || to.kind === 'machine')) {
    steps.push(judgeGroups(rules, 'egress', from, to, port, known));
  }
  if (to.kind === 'machine') {
    if (from.kind === 'network' && from.internet && to.closed !== undefined) {
      steps.push({ holds: 'no', says: `the internet has no way to ${to.title}, as ${to.closed}` });
    }
    steps.push(judgeGroups(rules, 'ingress', to, from, port, known));
  }
  if (to.kind === 'pods') {
    if (from.kind === 'network' && from.internet) steps.push(exposing(applied, to));
    else steps.push(judgePolicies(policies, 'Ingress', to, from, port));
    if (from.kind === 'machine') steps.push(judgeGroups(rules, 'ingress', to, from, port, known));
  }
  if (steps.length === 0) steps.push({ holds: 'unknown', says: 'neither end is anything that was applied' });
  return steps;
}

const declaredBy = (to: Peer): readonly Port[] => (to.kind !== 'pods' ? [] : (to.service?.ports ?? to.ports ?? []));

/** Ports that stand for all: those that are declared, the first of each range that a rule opens, and one that no rule names. */
function candidates({ policies, rules }: Ground, declared: readonly Port[], protocol: Protocol | undefined): Port[] {
  const numbers = [...portsNamed(policies), ...rules.map(({ from }) => Math.max(from, 1)), 1];
  const protocols: readonly Protocol[] = protocol === undefined ? ['TCP', 'UDP', 'SCTP'] : [protocol];
  const others = protocols.flatMap((one) => [...new Set(numbers)].map((port) => ({ port, protocol: one })));
  return [...declared.filter((one) => protocols.includes(one.protocol)), ...others];
}

const badPort = (port: number): PlinthError =>
  new PlinthError({
    code: 'port-range',
    what: `${port} is no port`,
    where: 'toReach',
    why: 'ports are whole numbers from 1 to 65535',
    cure: 'write one such as { port: 5432 }',
  });
