import type { AppliedResource } from '../../report';
import { some, type Answer, type Machine, type Network, type Peer, type Pods, type Port, type Step } from './answer';
import { blockHolds, blockHoldsInternet, everywhere } from './networks';

/** One rule of a security group. */
export interface GroupRule {
  /** The id of the group: `sg-...`. */
  readonly group: string;
  readonly direction: 'ingress' | 'egress';
  /** `tcp`, `udp`, a number, or `-1` for everything. */
  readonly protocol: string;
  readonly from: number;
  readonly to: number;
  readonly networks: readonly string[];
  /** Ids of groups. */
  readonly groups: readonly string[];
  readonly prefixLists: readonly string[];
  /** `stack/type.name`. */
  readonly at: string;
}

/** The rules of every security group that was applied, however they are written. */
export function groupRules(resources: readonly AppliedResource[]): GroupRule[] {
  return resources.filter(({ mode }) => mode === 'managed').flatMap(rulesOf);
}

function rulesOf({ stack, address, type, values }: AppliedResource): GroupRule[] {
  const at = `${stack}/${address}`;
  const id = text(values['id']);
  switch (type) {
    case 'aws_security_group':
    case 'aws_default_security_group':
      return (['ingress', 'egress'] as const).flatMap((direction) =>
        objects(values[direction]).map((rule) => ({
          ...common(rule),
          group: id,
          direction,
          networks: [...texts(rule['cidr_blocks']), ...texts(rule['ipv6_cidr_blocks'])],
          groups: [...texts(rule['security_groups']), ...(rule['self'] === true ? [id] : [])],
          prefixLists: texts(rule['prefix_list_ids']),
          at,
        })),
      );
    case 'aws_security_group_rule': {
      const group = text(values['security_group_id']);
      return [
        {
          ...common(values),
          group,
          direction: values['type'] === 'egress' ? 'egress' : 'ingress',
          networks: [...texts(values['cidr_blocks']), ...texts(values['ipv6_cidr_blocks'])],
          groups: [...texts(values['source_security_group_id']), ...(values['self'] === true ? [group] : [])],
          prefixLists: texts(values['prefix_list_ids']),
          at,
        },
      ];
    }
    case 'aws_vpc_security_group_ingress_rule':
    case 'aws_vpc_security_group_egress_rule':
      return [
        {
          ...common({ ...values, protocol: values['ip_protocol'] }),
          group: text(values['security_group_id']),
          direction: type.includes('ingress') ? 'ingress' : 'egress',
          networks: [...texts(values['cidr_ipv4']), ...texts(values['cidr_ipv6'])],
          // Another account's group is written with the account in front.
          groups: texts(values['referenced_security_group_id']).map((group) => group.replace(/^\d+\//, '')),
          prefixLists: texts(values['prefix_list_id']),
          at,
        },
      ];
    case 'aws_eks_cluster':
      // Its own group, whose rules EKS makes: https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html
      return objects(values['vpc_config']).flatMap((config) => {
        const group = text(config['cluster_security_group_id']);
        const rule = { group, protocol: '-1', from: 0, to: 65_535, prefixLists: [], at: `${at}, as EKS makes it` };
        return [
          { ...rule, direction: 'ingress' as const, networks: [], groups: [group] },
          { ...rule, direction: 'egress' as const, networks: everywhere, groups: [] },
        ];
      });
    default:
      return [];
  }
}

/** Ids of the groups whose rules are all known. */
export function groupsKnown(resources: readonly AppliedResource[]): Set<string> {
  return new Set(
    resources
      .filter(({ mode }) => mode === 'managed')
      .flatMap(({ type, values }) => {
        if (/^aws_(default_)?security_group$/.test(type)) return text(values['id']);
        if (type !== 'aws_eks_cluster') return [];
        return objects(values['vpc_config']).map((config) => text(config['cluster_security_group_id']));
      }),
  );
}

function common(rule: Readonly<Record<string, unknown>>): Pick<GroupRule, 'protocol' | 'from' | 'to'> {
  const protocol = String(rule['protocol'] ?? '-1').toLowerCase();
  const number = (value: unknown, otherwise: number): number =>
    typeof value === 'number' && value >= 0 ? value : otherwise;
  const every = protocol === '-1' || protocol === 'all';
  return {
    protocol: every ? '-1' : (protocols[protocol] ?? protocol),
    from: every ? 0 : number(rule['from_port'], 0),
    to: every ? 65_535 : number(rule['to_port'], 65_535),
  };
}

const protocols: Readonly<Record<string, string>> = { '6': 'tcp', '17': 'udp', '132': 'sctp' };

/**
 * Whether the security groups of something let it send to (`egress`) or take from (`ingress`) a peer. Groups only allow: what no
 * rule of any of them allows is refused, and answers to what was allowed always pass
 * (https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html). Terraform takes away the rule by which EC2 lets new groups
 * send everything, so a group without egress rules sends nothing.
 */
export function judgeGroups(
  rules: readonly GroupRule[],
  direction: 'ingress' | 'egress',
  of: Machine | Pods,
  peer: Peer,
  port: Port,
  known: ReadonlySet<string>,
): Step {
  const what = `${direction} of ${of.title}`;
  if (of.groups.length === 0) {
    return { holds: 'unknown', says: `${what}: which security groups it has is not known here` };
  }
  const own = rules.filter((rule) => rule.direction === direction && of.groups.includes(rule.group));
  const judged = own.map((rule) => {
    const open = portFits(rule, port);
    return { rule, open, holds: open ? peerFits(rule, peer) : ('no' as const) };
  });
  const named = ({ rule }: { rule: GroupRule }): string => `${rule.at} (${wordsOf(rule)})`;
  const allowing = judged.find(({ holds }) => holds === 'yes');
  if (allowing !== undefined) return { holds: 'yes', says: `${what}: allowed by ${named(allowing)}` };
  const maybe = judged.find(({ holds }) => holds === 'unknown');
  if (maybe !== undefined) return { holds: 'unknown', says: `${what}: perhaps allowed by ${named(maybe)}` };
  const foreign = of.groups.filter((group) => !known.has(group));
  if (foreign.length > 0) {
    return { holds: 'unknown', says: `${what}: the rules of ${foreign.join(', ')} are not made here` };
  }
  const closest = judged.find(({ rule }) => peerFits(rule, peer) === 'yes');
  const nearly = closest === undefined ? '' : `; the nearest is ${named(closest)}`;
  const none =
    own.length === 0 ? `its security groups have no ${direction} rule` : `none of ${own.length} rules allows it`;
  return { holds: 'no', says: `${what}: refused, as ${none}${nearly}` };
}

function portFits({ protocol, from, to }: GroupRule, port: Port): boolean {
  return protocol === '-1' || (protocol === port.protocol.toLowerCase() && port.port >= from && port.port <= to);
}

function peerFits({ networks, groups, prefixLists }: GroupRule, peer: Peer): Answer {
  const member: Answer = peer.kind !== 'network' && peer.groups.some((group) => groups.includes(group)) ? 'yes' : 'no';
  const outside = groups.length > 0 && peer.kind !== 'network' && peer.groups.length === 0 ? 'unknown' : 'no';
  const addressed = networks.map((block) => networkHolds(block, peer));
  return some([member, outside, ...addressed, ...(prefixLists.length > 0 ? (['unknown'] as const) : [])]);
}

const networkHolds = (block: string, peer: Network | Machine | Pods): Answer =>
  peer.kind === 'network' && peer.internet ? blockHoldsInternet(block) : blockHolds(block, [], peer.networks);

const wordsOf = ({ protocol, from, to, networks, groups, prefixLists }: GroupRule): string => {
  const ports = protocol === '-1' ? 'everything' : `${protocol} ${from === to ? from : `${from}-${to}`}`;
  return `${ports}, ${[...networks, ...groups, ...prefixLists].join(', ')}`;
};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const texts = (value: unknown): string[] =>
  [value].flat().filter((item): item is string => typeof item === 'string' && item !== '');
const objects = (value: unknown): Readonly<Record<string, unknown>>[] =>
  [value ?? []].flat().filter((item): item is Record<string, unknown> => typeof item === 'object' && item !== null);
