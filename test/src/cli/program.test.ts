import { plinth } from './support';

it.each([
  [
    ['catalog'],
    'plinth: "catalog" is not a command, because there are rehearse, manifests, catalogue, graph, contract, doctor; did you mean catalogue.\n',
  ],
  [
    ['deploy'],
    'plinth: "deploy" is not a command, because there are rehearse, manifests, catalogue, graph, contract, doctor; see plinth --help.\n',
  ],
  [
    ['graph', '--ot', 'x'],
    'plinth graph: --ot is not a flag, because there are --app, --out, --json, --help; did you mean --out.\n',
  ],
  [
    ['rehearse', '--stack'],
    'plinth rehearse: --stack <name> has no value, because it needs one; write --stack <name>.\n',
  ],
  [
    ['doctor', 'me'],
    'plinth doctor: "me" is not expected, because it takes no more than its flags and what --help names; see plinth doctor --help.\n',
  ],
  [['contract'], 'plinth contract: the name is missing, because it cannot do without; see plinth contract --help.\n'],
])('tells wrong usage in a sentence and ends with 2: %j', async (argv, sentence) => {
  const { code, out, err } = await plinth(argv);
  expect({ code, out, err }).toEqual({ code: 2, out: '', err: sentence });
});

it('tells wrong usage to a machine in one document', async () => {
  const ran = await plinth(['graph', '--json', '--ot']);
  expect(ran.code).toBe(2);
  expect(ran.err).toBe('');
  expect(ran.document()).toMatchObject({
    schemaVersion: 1,
    ok: false,
    result: null,
    errors: [{ code: 'unknown-flag' }],
  });
});

it.each([
  [[]],
  [['--help']],
  [['rehearse', '--help']],
  [['catalogue', '--help']],
  [['graph', '--help']],
  [['contract', '--help']],
  [['doctor', '--help']],
])('helps with examples: %j', async (argv) => {
  const { code, out, err } = await plinth(argv);
  expect(code).toBe(0);
  expect(out).toContain('Usage: plinth');
  expect(out).toMatch(/Examples:\n {2}plinth /);
  expect(err).toBe('');
});
