import { nearest, PlinthError } from '@plinth/contract';
import type { AppliedResource } from '../../report';
import { listed } from '../assertion';
import { covers } from '../grants/patterns';
import { groupRules } from '../reach/security-groups';
import { ifApplied, type Applied, type Verdict } from '../verdict';
import { isAnyAddress } from './everybody';
import { internetFacing } from './kubernetes-exposure';
import { rules } from './rules';

export interface PublicOptions {
  /** What may be public: addresses, `stack/type.name` or `type.name`; `*` stands for any text. Default: nothing. */
  readonly except?: readonly string[];
}

/** Something that is open to everybody, and by what. */
export interface Exposure {
  readonly code: string;
  readonly stack: string;
  readonly address: string;
  readonly says: string;
}

/** Nobody from outside can reach, read or use what was applied. */
export function nothingPublic(applied: Applied, { except = [] }: PublicOptions = {}): Verdict {
  return ifApplied(applied, () => {
    const resources = applied.resources().filter(({ mode }) => mode === 'managed');
    const unused = except.find((pattern) => !resources.some((one) => excepted(pattern, one)));
    if (unused !== undefined) throw unknownException(unused, resources);
    const found = exposures(applied).filter((one) => !except.some((pattern) => excepted(pattern, one)));
    return found.length === 0
      ? { holds: 'yes', says: `nothing is public among ${resources.length} resources` }
      : {
          holds: 'no',
          says: listed(
            found.length === 1 ? 'one thing is public:' : `${found.length} things are public:`,
            found.map(({ stack, address, says }) => `${stack}/${address}: ${says}`),
          ),
        };
  });
}

/** Everything that is public, in the order in which it was applied. */
export function exposures(applied: Pick<Applied, 'resources' | 'objects'>): Exposure[] {
  const resources = applied.resources();
  const managed = resources.filter(({ mode }) => mode === 'managed');
  const byRule = managed.flatMap(({ stack, address, type, values }) =>
    rules
      .filter(({ types }) => types.includes(type))
      .flatMap(({ code, says, fires }): Exposure[] => {
        const fired = fires(values, resources);
        if (fired === false) return [];
        return [{ code, stack, address, says: fired === true ? says : `${says} (${fired})` }];
      }),
  );
  const byGroup = managed.flatMap((resource): Exposure[] => {
    const { stack, address } = resource;
    const open = groupRules([resource]).filter(
      ({ direction, networks }) => direction === 'ingress' && networks.some(isAnyAddress),
    );
    return open.map(({ protocol, from, to, networks }) => {
      const ports = protocol === '-1' ? 'everything' : `${protocol} ${from === to ? from : `${from}-${to}`}`;
      const says = `it lets everybody in on ${ports} (${networks.filter(isAnyAddress).join(', ')})`;
      return { code: 'security-group', stack, address, says };
    });
  });
  const byObject = applied
    .objects()
    .filter(internetFacing)
    .map(({ kind, metadata, provenance }): Exposure => ({
      code: `kubernetes-${kind.toLowerCase()}`,
      stack: provenance.stack,
      address: provenance.address,
      says: `the ${kind} ${metadata.namespace ?? provenance.namespace ?? ''}/${metadata.name} makes a load balancer that faces the internet`,
    }));
  return [...byRule, ...byGroup, ...byObject];
}

const excepted = (pattern: string, { stack, address }: { stack: string; address: string }): boolean =>
  covers(pattern, address) || covers(pattern, `${stack}/${address}`);

function unknownException(pattern: string, resources: readonly AppliedResource[]): PlinthError {
  const near = nearest(
    pattern,
    resources.flatMap(({ stack, address }) => [address, `${stack}/${address}`]),
  );
  return new PlinthError({
    code: 'unknown-exception',
    what: `"${pattern}" excepts nothing`,
    where: 'toHaveNothingPublic',
    why: 'no resource that was applied has that address',
    cure: near === undefined ? 'leave it out' : `did you mean ${near}`,
  });
}
