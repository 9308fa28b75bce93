import { Rehearsal, rehearse } from '@plinth/rehearsal';
import { commandOf, Example, examples, root } from './support';

/** What the team's program looks up, as the platform of examples/complete would have published it. */
const fixtures: Partial<Record<Example, string>> = { team: 'examples/team/fixtures.json' };

describe.each(examples)('examples/%s', (example) => {
  let rehearsal: Rehearsal;
  beforeAll(async () => {
    rehearsal = await rehearse({ cwd: root, app: commandOf(example), fixtures: fixtures[example], destroy: true });
  }, 180_000);
  afterAll(() => rehearsal?.close());

  test('is applied by the real Terraform, finds nothing to do afterwards, and is destroyed again', () => {
    expect(rehearsal.report.findings).toEqual([]);
    for (const { name, secondPlan } of rehearsal.report.stacks)
      expect({ name, secondPlan }).toEqual({ name, secondPlan: 'empty' });
    expect(rehearsal.report.resources).toBeGreaterThan(20);
  });

  test('leaves no custom resource to a provider that would look for its definition when it plans', () => {
    expect(rehearsal.resources().filter(({ type }) => type === 'kubernetes_manifest')).toEqual([]);
  });
});
