import { PassThrough } from 'node:stream';
import { exitCodeOf, say, table } from '../../../src/cli/voice';

const finding = (code: string) => ({ code, what: 'it broke', where: 'here', why: 'of that', cure: 'mend it' });

it.each([
  [[], 0],
  [['second-plan-not-empty'], 1],
  [['unknown-stack'], 2],
  [['terraform-missing'], 3],
  [['second-plan-not-empty', 'tool-missing'], 3],
])('gives the exit code of %j', (codes, expected) => {
  expect(exitCodeOf(codes.map(finding))).toBe(expected);
});

it('says results on the one stream and findings on the other', () => {
  const [out, err] = [new PassThrough(), new PassThrough()];
  expect(say({ result: 1, findings: [finding('x')], text: 'one' }, false, { out, err })).toBe(1);
  expect(String(out.read())).toBe('one\n');
  expect(String(err.read())).toBe('here: it broke, because of that; mend it.\n');
});

it('lines columns up', () => {
  expect(
    table([
      ['A', 'B'],
      ['long', 'x'],
      ['', 'y'],
    ]),
  ).toBe('A     B\nlong  x\n      y');
});
