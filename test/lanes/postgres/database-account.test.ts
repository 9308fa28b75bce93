import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accountCommand, accountScript } from 'plinth/constructs/storage/database-account';

// Debian's: /usr/lib/postgresql/<major>/bin.
const installed = '/usr/lib/postgresql';
const binaries = process.env.PLINTH_POSTGRES ?? join(installed, readdirSync(installed).sort().at(-1) ?? '', 'bin');
// PostgreSQL does not run as root.
const asPostgres = process.getuid?.() === 0 ? ['runuser', '-u', 'postgres', '--'] : [];

let folder: string;
let port: number;

function server(...args: string[]): void {
  const [command = '', ...rest] = [...asPostgres, join(binaries, args[0] ?? ''), ...args.slice(1)];
  execFileSync(command, rest, { stdio: 'ignore', cwd: folder });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'plinth-postgres-'));
  const data = join(folder, 'data');
  mkdirSync(data);
  writeFileSync(join(folder, 'super'), 'super\n');
  if (asPostgres.length > 0) {
    const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' })));
    for (const path of [folder, data, join(folder, 'super')]) chownSync(path, uid ?? 0, gid ?? 0);
  }
  server('initdb', '-D', data, '-A', 'scram-sha-256', '-U', 'super', `--pwfile=${folder}/super`);
  const free = createServer();
  await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve));
  ({ port } = free.address() as AddressInfo);
  await new Promise((resolve) => free.close(resolve));
  // What RDS logs of our parameter group: a password in a statement would be written down.
  const options = `-p ${port} -k ${folder} -h 127.0.0.1 -c log_statement=ddl -c fsync=off`;
  server('pg_ctl', '-D', data, '-o', options, '-l', join(folder, 'log'), '-w', 'start');
  // The master of RDS is no superuser either.
  expect(sql('super', 'super', 'postgres', `CREATE ROLE plinth LOGIN CREATEROLE CREATEDB PASSWORD 'master'`)).toBe(
    'CREATE ROLE',
  );
  expect(sql('super', 'super', 'postgres', 'CREATE DATABASE plinth OWNER plinth')).toBe('CREATE DATABASE');
}, 60_000);

afterAll(() => {
  server('pg_ctl', '-D', join(folder, 'data'), '-m', 'immediate', 'stop');
  rmSync(folder, { recursive: true, force: true });
});

const signIn = (user: string, password: string, database: string) => ({
  ...{ PATH: process.env.PATH, PGHOST: '127.0.0.1', PGPORT: String(port) },
  ...{ PGUSER: user, PGPASSWORD: password, PGDATABASE: database },
});

/** What psql prints, or its complaint. */
function sql(user: string, password: string, database: string, statement: string): string {
  const { stdout, stderr } = spawnSync('psql', ['-XAtc', statement], {
    env: signIn(user, password, database),
    encoding: 'utf8',
  });
  return (stdout || stderr).trim();
}

/** The job's own command with its own script, as it runs in the pod; `setsid` because a pod has no terminal. */
function makeAccount(name: string, password: string) {
  writeFileSync(join(folder, 'account.sql'), accountScript);
  const command = accountCommand(join(folder, 'account.sql'));
  const env = { ...signIn('plinth', 'master', 'plinth'), NEW_NAME: name, NEW_PASSWORD: password };
  return spawnSync('setsid', ['-w', 'sh', '-euc', command], { env, encoding: 'utf8' });
}

test('it makes a database with an owner, and may be run again with another password', () => {
  expect(makeAccount('mlflow', 'born-first').status).toBe(0);
  expect(sql('mlflow', 'born-first', 'mlflow', 'CREATE TABLE runs (id int)')).toBe('CREATE TABLE');
  expect(makeAccount('mlflow', 'born-second').status).toBe(0);
  expect(sql('mlflow', 'born-first', 'mlflow', 'SELECT 1')).toContain('password authentication failed');
  expect(sql('mlflow', 'born-second', 'mlflow', 'SELECT count(*) FROM runs')).toBe('0');
}, 30_000);

test('one account does not get into the database of another', () => {
  expect(makeAccount('one', 'a').status).toBe(0);
  expect(makeAccount('two', 'b').status).toBe(0);
  expect(sql('one', 'a', 'two', 'SELECT 1')).toContain('permission denied for database "two"');
}, 30_000);

test("the password itself stands nowhere in the server's log", () => {
  expect(makeAccount('secretive', 'correct-horse-battery').status).toBe(0);
  const log = readFileSync(join(folder, 'log'), 'utf8');
  expect(log).toContain('ALTER USER secretive PASSWORD');
  expect(log).not.toContain('correct-horse-battery');
}, 30_000);

test('it fails where something fails, so that the job is tried again', () => {
  // PostgreSQL keeps names that begin so for itself.
  const { status, stderr } = makeAccount('pg_mine', 'a');
  expect(status).not.toBe(0);
  expect(stderr).toContain('role name "pg_mine" is reserved');
}, 30_000);
