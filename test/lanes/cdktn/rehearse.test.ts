import { join } from 'node:path';
import { rehearse } from '@plinth/rehearsal';

const root = join(__dirname, '../../..');

// The programs of other people's kind are rehearsed in the same copy (test/src/rehearsal/corpus/programs.test.ts).
test('examples/minimal is a program of CDK Terrain here, and is applied, settles and is destroyed', async () => {
  const found = jest.requireActual<{ name: string }>('cdktf/package.json');
  expect(found.name).toBe('cdktn');
  const rehearsal = await rehearse({ cwd: root, app: 'npx tsx examples/minimal/main.ts', destroy: true });
  try {
    expect(rehearsal.report.findings).toEqual([]);
    expect(rehearsal.report.stacks.map(({ secondPlan }) => secondPlan)).toEqual(
      rehearsal.report.stacks.map(() => 'empty'),
    );
    expect(rehearsal.report.resources).toBeGreaterThan(20);
  } finally {
    await rehearsal.close();
  }
}, 300_000);
