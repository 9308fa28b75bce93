import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { referenceProfile } from '@plinth/contract';

/* What tools/models/make.py made, as committed: whether it is what its provenance and the contract say. */
const folder = 'examples/models';
const provenance = readFileSync(join(folder, 'PROVENANCE.md'), 'utf8');
const [header = '', ...lines] = readFileSync(join(folder, 'tumour/heldout.csv'), 'utf8').trim().split('\n');
const table = lines.map((line) => line.split(',').map(Number));
const profile = referenceProfile.parse(JSON.parse(readFileSync(join(folder, 'tumour/1/profile.json'), 'utf8')));

const predict = `
  const { InferenceSession, Tensor } = require('onnxruntime-node');
  const rows = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
  (async () => {
    const session = await InferenceSession.create(process.argv[1]);
    const features = new Tensor('float32', Float32Array.from(rows.flat()), [rows.length, rows[0].length]);
    const { label, probabilities } = await session.run({ features });
    const labels = Array.from(label.data, Number);
    const { inputNames: inputs, outputNames: outputs } = session;
    process.stdout.write(JSON.stringify({ inputs, outputs, labels, probabilities: probabilities.dims }));
  })();
`;

describe('the example model', () => {
  it('consists of the files of its provenance, byte for byte, and of no other', () => {
    const listed = [...provenance.matchAll(/^\| `(.+)` \| (\d+) \| `([0-9a-f]{64})` \|$/gm)].map(
      ([, name, bytes, sum]) => {
        return { name, bytes: Number(bytes), sum };
      },
    );
    const present = readdirSync(join(folder, 'tumour'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        const body = readFileSync(path);
        const sum = createHash('sha256').update(body).digest('hex');
        return { name: path.slice(folder.length + 1), bytes: body.length, sum };
      })
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    expect(present).toEqual(listed);
  });

  it('names the versions that requirements.txt pins', () => {
    for (const line of readFileSync('tools/models/requirements.txt', 'utf8').trim().split('\n')) {
      const [name, version] = line.replace('scikit-learn', 'sklearn').split('==');
      expect(provenance).toContain(`${name} ${version}`);
    }
  });

  it('predicts the held-out rows as accurately as its provenance says, in the engine that serves it', () => {
    // In a process of its own: jest gives tests other typed arrays than those that the native engine looks for.
    const answer = JSON.parse(
      execFileSync(process.execPath, ['-e', predict, join(folder, 'tumour/1/model.onnx')], {
        input: JSON.stringify(table.map((row) => row.slice(0, -1))),
        encoding: 'utf8',
      }),
    ) as { inputs: string[]; outputs: string[]; labels: number[]; probabilities: number[] };
    expect(answer).toMatchObject({
      inputs: ['features'],
      outputs: ['label', 'probabilities'],
      probabilities: [228, 2],
    });
    expect(answer.labels).toHaveLength(228);
    const right = table.filter((row, i) => answer.labels[i] === row[30]).length;
    expect(provenance).toContain(`(${right} of ${table.length})`);
    expect(right / table.length).toBeGreaterThan(0.95);
  });

  it('has a profile of the columns that its table has, made from other rows', () => {
    expect(header.split(',')).toEqual([...profile.features.map((feature) => feature.name), 'label']);
    expect(profile).toMatchObject({ model: 'tumour', version: '1', input: 'features', datatype: 'FP32', rows: 341 });
    for (const { edges, shares, sample } of profile.features) {
      expect(sample).toHaveLength(341);
      const below = edges.map((edge) => sample.filter((value) => value <= edge).length / sample.length);
      const cumulated = edges.map((_, i) => shares.slice(0, i + 1).reduce((a, b) => a + b, 0));
      below.forEach((share, i) => expect(cumulated[i]).toBeCloseTo(share, 9));
    }
    // mean_area is nearly unique in the 569 rows: were the table part of training, most of its values would be in the sample.
    const areas = new Set(profile.features[3]!.sample);
    expect(table.filter((row) => areas.has(row[3]!)).length).toBeLessThan(table.length * 0.1);
  });
});
