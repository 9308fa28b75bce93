import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { rehearseUpgrade } from '@plinth/rehearsal';
import { commandOf } from './support';

const root = join(__dirname, '../..');
const releases = join(root, 'test/fixtures/rehearsal/releases');

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'plinth-states-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

// Whoever deployed an older release must be able to deploy this one without losing what the platform holds.
test.each(readdirSync(releases).filter((file) => file.endsWith('.gz')))(
  'examples/complete takes over what %s left standing, and loses nothing of it',
  async (file) => {
    const states = JSON.parse(gunzipSync(readFileSync(join(releases, file))).toString('utf8')) as Record<
      string,
      object
    >;
    for (const [stack, state] of Object.entries(states))
      writeFileSync(join(folder, `${stack}.tfstate`), JSON.stringify(state));
    const { ok, findings, changes, stacks } = await rehearseUpgrade({
      before: { states: folder },
      after: { cwd: root, app: commandOf('complete') },
    });
    expect(findings).toEqual([]);
    expect(ok).toBe(true);
    expect(stacks).toEqual({ added: [], gone: [] });
    // Had the states not been found, everything would be created.
    expect(changes.filter(({ action, type }) => action === 'create' && type === 'aws_vpc')).toEqual([]);
  },
  120_000,
);
