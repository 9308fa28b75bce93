import { Persistence } from '../../../../src/runtime/monitoring/persistence';

const run = (persistence: Persistence, verdicts: string): (string | undefined)[] =>
  [...verdicts].map((verdict) => persistence.take(verdict === 'd'));

describe('Persistence', () => {
  it('raises at k of n and clears when none of n drifted', () => {
    const persistence = new Persistence({ raise: 2, of: 3 });
    expect(run(persistence, 's')).toEqual([undefined]);
    expect(run(persistence, 'dsd')).toEqual([undefined, undefined, 'raised']);
    expect(persistence.standing).toBe(true);
    expect(run(persistence, 'dss')).toEqual([undefined, undefined, undefined]);
    expect(run(persistence, 's')).toEqual(['cleared']);
    expect(persistence.standing).toBe(false);
  });

  it('lets drifted windows that lie too far apart pass', () => {
    expect(run(new Persistence({ raise: 2, of: 2 }), 'dsdsd')).not.toContain('raised');
  });

  it('goes on after a restart, and clears a standing alarm only after n windows of its own', () => {
    const before = new Persistence({ raise: 2, of: 3 });
    run(before, 'd');
    expect(run(new Persistence({ raise: 2, of: 3 }, before.memory), 'd')).toEqual(['raised']);
    const fresh = new Persistence({ raise: 2, of: 3 }, { recent: [], standing: true });
    expect(run(fresh, 'sss')).toEqual([undefined, undefined, 'cleared']);
  });
});
