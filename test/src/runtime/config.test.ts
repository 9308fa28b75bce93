import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorConfig, serveConfig } from '@plinth/contract';
import { helpText, readConfig } from '../../../src/runtime/config';

const folder = mkdtempSync(join(tmpdir(), 'plinth-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(content: unknown): string {
  const path = join(folder, `${Math.random().toString(36).slice(2)}.json`);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const read = (argv: string[], env: Record<string, string> = {}): ReturnType<typeof serveConfig.parse> =>
  readConfig(serveConfig, 'serve', { argv, env });

test('a flag wins over its variable, a variable over the file, the file over the default', () => {
  const config = file({ modelRepository: '/file', httpPort: 1, metricsPort: 2, maxPending: 3 });
  const argv = ['--config', config, '--http-port', '11'];
  const got = read(argv, { PLINTH_HTTP_PORT: '12', PLINTH_METRICS_PORT: '22' });
  expect(got).toMatchObject({
    modelRepository: '/file',
    httpPort: 11,
    metricsPort: 22,
    maxPending: 3,
    host: '0.0.0.0',
  });
});

test('nested settings have joined names, and a nested value of the file survives beside a flag', () => {
  const config = file({ modelRepository: '/m', payloadLog: { location: '/log', sampleRate: 0.5 } });
  const got = read(['--config', config, '--payload-log-flush-seconds=2'], { PLINTH_PAYLOAD_LOG_SEGMENT_EVENTS: '7' });
  expect(got.payloadLog).toMatchObject({ location: '/log', sampleRate: 0.5, flushSeconds: 2, segmentEvents: 7 });
});

test('the file may be named by a variable, and an empty variable counts as not set', () => {
  const config = file({ modelRepository: '/m', httpPort: 5 });
  expect(read([], { PLINTH_CONFIG: config, PLINTH_HTTP_PORT: '' }).httpPort).toBe(5);
});

test('a boolean is true by its bare flag, and takes true and false', () => {
  const base = ['--model-repository', '/m'];
  expect(read([...base, '--ready-when-empty']).readyWhenEmpty).toBe(true);
  expect(read([...base, '--ready-when-empty', 'false'], { PLINTH_READY_WHEN_EMPTY: 'true' }).readyWhenEmpty).toBe(
    false,
  );
});

test('nested defaults of the monitor can be set one by one', () => {
  const argv = [
    '--model',
    'm',
    '--payloads',
    '/p',
    '--reference',
    '/r.json',
    '--persistence-raise',
    '1',
    '--persistence-of',
    '4',
  ];
  expect(readConfig(monitorConfig, 'monitor', { argv, env: {} }).persistence).toEqual({ raise: 1, of: 4 });
});

test.each<[string, string[], Record<string, string>, string]>([
  [
    'an unknown flag',
    ['--htp-port', '1'],
    {},
    'plinth-runtime serve: --htp-port is unknown, because no setting has that name; did you mean --http-port.',
  ],
  [
    'a flag like no other',
    ['--zzzzzzzzzz', '1'],
    {},
    'plinth-runtime serve: --zzzzzzzzzz is unknown, because no setting has that name; see plinth-runtime serve --help.',
  ],
  [
    'a bare word',
    ['models'],
    {},
    'plinth-runtime serve: "models" is not a flag, because every setting is given by its name; see plinth-runtime serve --help.',
  ],
  [
    'a flag without value',
    ['--http-port'],
    {},
    'plinth-runtime serve: --http-port has no value, because it needs one; write --http-port VALUE.',
  ],
  [
    'a missing setting',
    [],
    {},
    'plinth-runtime serve: modelRepository is missing, because it has no default; give --model-repository, PLINTH_MODEL_REPOSITORY, or "modelRepository" in the file of --config.',
  ],
  [
    'text for a number',
    ['--model-repository', '/m', '--http-port', 'eight'],
    {},
    '--http-port: httpPort is not acceptable, because invalid input: expected number, received string; correct --http-port, PLINTH_HTTP_PORT, or "httpPort" in the file of --config.',
  ],
  [
    'a port out of range',
    ['--model-repository', '/m'],
    { PLINTH_HTTP_PORT: '70000' },
    'PLINTH_HTTP_PORT: httpPort is not acceptable, because too big: expected number to be <=65535; correct --http-port, PLINTH_HTTP_PORT, or "httpPort" in the file of --config.',
  ],
  [
    'a wrong boolean',
    ['--model-repository', '/m'],
    { PLINTH_READY_WHEN_EMPTY: 'yes' },
    'PLINTH_READY_WHEN_EMPTY: readyWhenEmpty is not acceptable, because invalid input: expected boolean, received string; correct --ready-when-empty, PLINTH_READY_WHEN_EMPTY, or "readyWhenEmpty" in the file of --config.',
  ],
  [
    'a nested setting without its sibling',
    ['--model-repository', '/m', '--payload-log-sample-rate', '1'],
    {},
    'plinth-runtime serve: payloadLog.location is missing, because it has no default; give --payload-log-location, PLINTH_PAYLOAD_LOG_LOCATION, or "payloadLog.location" in the file of --config.',
  ],
  [
    'a file that is not there',
    ['--config', '/nowhere.json'],
    {},
    "/nowhere.json: the configuration cannot be read, because ENOENT: no such file or directory, open '/nowhere.json'; name a JSON file that exists with --config.",
  ],
])('%s gets its sentence', (_, argv, env, message) => {
  expect(() => read(argv, env)).toThrow(expect.objectContaining({ message }) as Error);
});

test('mistakes in the file name the file', () => {
  const misspelt = file({ modelRepository: '/m', htpPort: 1 });
  expect(() => read(['--config', misspelt])).toThrow(
    `${misspelt}: "htpPort" is unknown, because no setting has that name; did you mean "httpPort".`,
  );
  const strange = file({ modelRepository: '/m', payloadLog: { location: '/l', zzzzzzzzzzzzzzz: 1 } });
  expect(() => read(['--config', strange])).toThrow(
    `${strange}: "payloadLog.zzzzzzzzzzzzzzz" is unknown, because no setting has that name; remove it.`,
  );
  const broken = file('{ "modelRepository": ');
  expect(() => read(['--config', broken])).toThrow(`${broken}: the configuration is not JSON, because`);
  const list = file('[]');
  expect(() => read(['--config', list])).toThrow(
    `${list}: the configuration is not a JSON object, because settings are read by name; write { "key": value, ... }.`,
  );
});

test('help names every setting with its flag, variable and default', () => {
  const help = helpText(serveConfig, 'serve', 'serves.');
  expect(help).toMatch(/--model-repository TEXT +PLINTH_MODEL_REPOSITORY, required/);
  expect(help).toMatch(/--http-port N +PLINTH_HTTP_PORT, default 8000/);
  expect(help).toMatch(/--payload-log-sample-rate NUMBER +PLINTH_PAYLOAD_LOG_SAMPLE_RATE, default 1/);
  expect(help).toMatch(/--ready-when-empty true\|false +PLINTH_READY_WHEN_EMPTY, default false/);
  expect(help).toMatch(/--log-level fatal\|error\|warn\|info\|debug\|silent /);
  expect(help).toMatch(/--workers N +PLINTH_WORKERS, optional/);
});
