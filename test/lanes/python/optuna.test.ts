import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = join(__dirname, '../../..');
const python = process.env.PLINTH_PYTHON ?? join(tmpdir(), 'plinth-python/bin/python');
const step = join(root, 'constructs/experiments/tuning/optuna_step.py');
const space = {
  max_depth: { type: 'int', low: 1, high: 8 },
  min_samples_leaf: { type: 'int', low: 1, high: 32, log: true },
  criterion: { type: 'categorical', choices: ['gini', 'entropy'] },
};

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'plinth-optuna-'));
  // Wisconsin diagnostic breast cancer, 569 rows: it ships with scikit-learn.
  const table = `
from sklearn.datasets import load_breast_cancer
import csv, sys
data = load_breast_cancer()
with open(sys.argv[1], "w", newline="") as file:
    writer = csv.writer(file)
    writer.writerow([*(name.replace(" ", "_") for name in data.feature_names), "diagnosis"])
    writer.writerows([*row, data.target_names[label]] for row, label in zip(data.data, data.target))
`;
  await run(python, ['-c', table, join(folder, 'table.csv')]);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Best {
  readonly score: number;
  readonly parameters: Record<string, unknown>;
  readonly trials: number;
  readonly failed: number;
  readonly rows: number;
}

async function search(
  name: string,
  change: Record<string, string> = {},
  variables: Record<string, string> = {},
): Promise<{ code: number; text: string; best?: Best }> {
  const flags: Record<string, string> = {
    '--table': join(folder, 'table.csv'),
    '--target': 'diagnosis',
    '--estimator': 'sklearn.tree.DecisionTreeClassifier',
    '--space': JSON.stringify(space),
    '--trials': '12',
    '--out': join(folder, name),
    ...change,
  };
  try {
    const env = { PATH: process.env.PATH, HOME: folder, ...variables };
    const { stdout } = await run(python, [step, ...Object.entries(flags).flat()], { env });
    return { code: 0, text: stdout, best: JSON.parse(readFileSync(join(folder, name, 'best.json'), 'utf8')) as Best };
  } catch (error) {
    const { code, stderr } = error as { code: number; stderr: string };
    return { code, text: stderr.trim().split('\n').at(-1) ?? '' };
  }
}

test('it finds a better tree than the one it tries first, and the same one each time', async () => {
  const [first, again] = [await search('first'), await search('again')];
  expect(first.code).toBe(0);
  expect(first.best).toEqual(again.best);
  expect(first.best).toMatchObject({ trials: 12, failed: 0, rows: 569 });
  const trials = readFileSync(join(folder, 'first/trials.csv'), 'utf8').trim().split(/\r?\n/);
  expect(trials[0]).toBe('number,state,score,max_depth,min_samples_leaf,criterion');
  const scores = trials.slice(1).map((line) => Number(line.split(',')[2]));
  expect(scores).toHaveLength(12);
  expect(first.best?.score).toBe(Math.max(...scores));
  expect(first.best?.score).toBeGreaterThan(0.92);
}, 120_000);

test('runs share a study by a database', async () => {
  const variables = { OPTUNA_STORAGE: `sqlite:///${join(folder, 'study.db')}` };
  const half = { '--trials': '4', '--study': 'shared' };
  expect((await search('one', half, variables)).best?.trials).toBe(4);
  expect((await search('two', half, variables)).best?.trials).toBe(8);
}, 60_000);

test('combinations that scikit-learn refuses fail their trial, and not the study', async () => {
  const solvers = { penalty: { type: 'categorical', choices: ['l2', 'no-such-penalty'] } };
  const { code, best } = await search('mixed', {
    '--estimator': 'sklearn.linear_model.RidgeClassifier',
    '--space': JSON.stringify({ solver: { type: 'categorical', choices: ['svd', 'no-such-solver'] } }),
    '--trials': '8',
  });
  expect(code).toBe(0);
  expect(best?.failed).toBeGreaterThan(0);
  expect(best?.parameters).toEqual({ solver: 'svd' });
  const none = await search('none', {
    '--estimator': 'sklearn.linear_model.RidgeClassifier',
    '--space': JSON.stringify({ solver: solvers.penalty }),
    '--trials': '2',
  });
  expect(none.code).toBe(2);
  expect(none.text).toMatch(/^optuna_step: all of 2 trials failed/);
}, 120_000);

test('a regression is scored by R2, its target being numbers', async () => {
  const rows = Array.from({ length: 60 }, (_, i) => `${i},${(i * 7) % 11},${3 * i + ((i * 7) % 11)}`);
  writeFileSync(join(folder, 'line.csv'), ['a,b,y', ...rows].join('\n'));
  const { best } = await search('line', {
    '--table': join(folder, 'line.csv'),
    '--target': 'y',
    '--estimator': 'sklearn.linear_model.Ridge',
    '--space': JSON.stringify({ alpha: { type: 'float', low: 0.001, high: 1000, log: true } }),
  });
  expect(best?.score).toBeGreaterThan(0.99);
}, 60_000);

test.each([
  [
    'a target that is no column',
    { '--target': 'outcome' },
    /has no column 'outcome', because its columns are mean_radius/,
  ],
  [
    'an estimator of somebody else',
    { '--estimator': 'os.system' },
    /the estimator 'os.system' is not scikit-learn's; give its full name/,
  ],
  ['an estimator that does not exist', { '--estimator': 'sklearn.tree.Oak' }, /has no 'sklearn.tree.Oak'/],
  [
    'a hyperparameter that it lacks',
    { '--space': '{"depth":{"type":"int","low":1,"high":2}}' },
    /has no hyperparameter 'depth'/,
  ],
  [
    'a range without its end',
    { '--space': '{"max_depth":{"type":"int","low":1}}' },
    /'max_depth' says no 'high', which int needs/,
  ],
  [
    'a type that there is not',
    { '--space': '{"max_depth":{"type":"real"}}' },
    /is of the type 'real', because the types are int, float and categorical/,
  ],
  ['a space that is no JSON', { '--space': '{' }, /the space cannot be read as JSON/],
])(
  '%s is refused in a sentence',
  async (name, change, sentence) => {
    const { code, text } = await search(name.replaceAll(' ', '-'), change);
    expect(code).toBe(2);
    expect(text).toMatch(sentence);
  },
  60_000,
);

test('a table with words among its features, or without rows, is refused', async () => {
  writeFileSync(join(folder, 'words.csv'), 'a,y\nred,1\n');
  expect((await search('words', { '--table': join(folder, 'words.csv'), '--target': 'y' })).text).toMatch(
    /cannot be read as numbers .*; encode every column but the target as numbers first/,
  );
  writeFileSync(join(folder, 'empty.csv'), 'a,y\n');
  expect((await search('empty', { '--table': join(folder, 'empty.csv') })).text).toMatch(/holds no rows/);
}, 60_000);
