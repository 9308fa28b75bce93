import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { alarmEvent, monitorConfig, type MonitorConfig, type MonitorConfigInput } from '@plinth/contract';
import { openLocation } from '../../../../src/runtime/clients/location';
import { runMonitor } from '../../../../src/runtime/monitoring/main';
import type { MonitorReport } from '../../../../src/runtime/monitoring/report';
import type { RunningProgram } from '../../../../src/runtime/program';
import { deviations, folder, heldOut, profilePath, shifted, tumour, tumourEvent, writeSegment } from './support';

jest.setTimeout(60_000);

const running: RunningProgram[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((program) => program.stop('end of the test')));
});

const configOf = (change: Partial<MonitorConfigInput> = {}): MonitorConfig =>
  monitorConfig.parse({
    model: 'tumour',
    payloads: folder(),
    reference: profilePath,
    host: '127.0.0.1',
    httpPort: 0,
    metricsPort: 0,
    pollSeconds: 0.05,
    windowRows: 57,
    logLevel: 'silent',
    ...change,
  });

async function start(config: MonitorConfig): Promise<RunningProgram> {
  const program = await runMonitor(config);
  running.push(program);
  return program;
}

/** The report, as soon as it is as wanted; the test's own time limit ends the wait. */
async function reportOnce(url: string, wanted: (report: MonitorReport) => boolean): Promise<MonitorReport> {
  for (;;) {
    const report = (await (await fetch(`${url}/report`)).json()) as MonitorReport;
    if (wanted(report)) return report;
    await pause(20);
  }
}

async function statusOnce(url: string, status: number): Promise<Response> {
  for (;;) {
    const answer = await fetch(url);
    if (answer.status === status) return answer;
    await pause(20);
  }
}

describe('runMonitor', () => {
  it('watches held-out rows in order without an alarm, and raises one when they shift', async () => {
    const alarms = folder();
    const config = configOf({ alarms });
    const { urls } = await start(config);
    expect((await fetch(`${urls.http}/live`)).status).toBe(200);
    const rows = heldOut();
    // Requests of one to sixteen rows, as clients send them; sixteen is no divisor of a window.
    for (let at = 0, part = 0; at < rows.length; at += 16, part++)
      writeSegment(config.payloads, `tumour/1-a-${String(part).padStart(2, '0')}.jsonl`, [
        tumourEvent([rows[at]!]),
        ...(rows.length > at + 1 ? [tumourEvent(rows.slice(at + 1, at + 16))] : []),
      ]);
    const steady = await reportOnce(urls.http, (report) => report.rows === 228);
    expect(steady).toMatchObject({ state: 'steady', alarms: [], waiting: 0, rejected: { lines: 0 } });
    expect(steady.windows.map((window) => [window.number, window.drifted])).toEqual(
      [1, 2, 3, 4].map((n) => [n, false]),
    );

    const reference = tumour();
    writeSegment(config.payloads, 'tumour/2-a-1.jsonl', [
      tumourEvent(shifted(rows.slice(0, 114), 1, deviations(reference))),
    ]);
    const drifting = await reportOnce(urls.http, (report) => report.rows === 342);
    expect(drifting).toMatchObject({ state: 'drifting', alarms: [{ kind: 'raised', window: 6 }] });
    expect(drifting.alarms[0]!.features).toHaveLength(30);
    const text = await (await fetch(`${urls.metrics}/metrics`)).text();
    expect(text).toMatch(/^plinth_drift_alarm\{model="tumour"\} 1$/m);
    expect(text).toMatch(/^plinth_monitor_windows_total\{model="tumour"\} 6$/m);

    // The report knows of the alarm a moment before its file is written.
    const location = openLocation(alarms);
    let [file] = await location.list();
    for (; file === undefined; [file] = await location.list()) await pause(20);
    const event = alarmEvent.parse(JSON.parse(String(await location.read(file.name))));
    expect(event).toMatchObject({ type: 'dev.plinth.drift.raised', data: { window: { number: 6, rows: 57 } } });
  });

  it('is ready after the first look, tells what it cannot write, and recovers', async () => {
    const parent = folder();
    const blocked = join(parent, 'alarms');
    writeFileSync(blocked, 'a file where the folder belongs');
    const config = configOf({ alarms: join(blocked, 'prod') });
    const { urls } = await start(config);
    await statusOnce(`${urls.http}/ready`, 200);
    writeSegment(config.payloads, 'tumour/1-a-1.jsonl', [tumourEvent(heldOut().slice(0, 3))]);
    const answer = await statusOnce(`${urls.http}/ready`, 503);
    expect(((await answer.json()) as { error: string }).error).toMatch(/tumour\.json: it cannot be written, because /);
    expect((await fetch(`${urls.http}/live`)).status).toBe(200);
    rmSync(blocked);
    await statusOnce(`${urls.http}/ready`, 200);
    expect(existsSync(join(blocked, 'prod/.state/tumour.json'))).toBe(true);
  });

  it('reads the log from its beginning when a kept state is broken, and says so', async () => {
    const alarms = folder();
    const config = configOf({ alarms });
    writeSegment(config.payloads, 'tumour/1-a-1.jsonl', [tumourEvent(heldOut().slice(0, 60))]);
    const first = await start(config);
    await reportOnce(first.urls.http, (report) => report.rows === 60);
    await first.stop('restart');
    writeFileSync(join(alarms, '.state/tumour.json'), '{"schemaVersion":');
    const second = await start(config);
    expect(await reportOnce(second.urls.http, (report) => report.rows > 0)).toMatchObject({ rows: 60, waiting: 3 });
  });

  it('goes on from the kept state in a new process of the same configuration', async () => {
    const config = configOf({ alarms: folder() });
    writeSegment(config.payloads, 'tumour/1-a-1.jsonl', [tumourEvent(heldOut().slice(0, 50))]);
    const first = await start(config);
    await reportOnce(first.urls.http, (report) => report.rows === 50);
    await first.stop('restart');
    await first.stop('a second time');
    await expect(fetch(`${first.urls.http}/live`)).rejects.toThrow();
    writeSegment(config.payloads, 'tumour/1-a-2.jsonl', [tumourEvent(heldOut().slice(50, 57))]);
    const second = await start(config);
    expect(await reportOnce(second.urls.http, (report) => report.rows === 57)).toMatchObject({
      windows: [{ number: 1 }],
    });
  });

  it('refuses to start with a sentence', async () => {
    await expect(runMonitor(configOf({ reference: '/nowhere/profile.json' }))).rejects.toThrow(
      '/nowhere/profile.json: the file is missing',
    );
    await expect(runMonitor(configOf({ model: 'fraud' }))).rejects.toThrow(
      `${profilePath}: the profile describes model 'tumour', because the monitor watches 'fraud'; point`,
    );
    const profile = join(folder(), 'profile.json');
    writeFileSync(profile, '{}');
    await expect(runMonitor(configOf({ reference: profile }))).rejects.toMatchObject({
      finding: { code: 'profile-invalid' },
    });
    const alarms = folder();
    mkdirSync(join(alarms, '.state/tumour.json'), { recursive: true });
    await expect(runMonitor(configOf({ alarms }))).rejects.toMatchObject({ finding: { code: 'location-unreadable' } });
    expect(monitorConfig.safeParse({ ...configOf(), persistence: { raise: 4, of: 3 } }).error?.issues[0]?.message).toBe(
      'persistence.raise cannot exceed persistence.of',
    );
  });

  it('leaves no port open when the second is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const metricsPort = (other.address() as AddressInfo).port;
    try {
      await expect(runMonitor(configOf({ metricsPort }))).rejects.toMatchObject({ finding: { code: 'port-taken' } });
    } finally {
      other.close();
    }
  });
});

it('runs as a process: listens, reports, and ends on SIGTERM with what it knows kept', async () => {
  const [payloads, alarms] = [folder(), folder()];
  writeSegment(payloads, 'tumour/1-a-1.jsonl', ['nonsense', tumourEvent(heldOut().slice(0, 57))]);
  mkdirSync(join(alarms, '.state'));
  writeFileSync(join(alarms, '.state/tumour.json'), '{"schemaVersion":0}');
  const flags = {
    model: 'tumour',
    payloads,
    alarms,
    reference: profilePath,
    host: '127.0.0.1',
    'http-port': 0,
    'metrics-port': 0,
  };
  const child = spawn(
    process.execPath,
    [
      '--import',
      'tsx',
      'src/runtime/main.ts',
      'monitor',
      ...Object.entries(flags).flatMap(([k, v]) => [`--${k}`, `${v}`]),
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PLINTH_WINDOW_ROWS: '57', PLINTH_POLL_SECONDS: '0.05' },
    },
  );
  let errors = '';
  child.stderr.on('data', (chunk) => (errors += chunk));
  const [line] = (await Promise.race([once(child.stdout, 'data'), once(child, 'exit').then(() => [errors])])) as [
    Buffer,
  ];
  const { listening } = JSON.parse(String(line)) as { listening: RunningProgram['urls'] };
  const report = await reportOnce(listening.http, ({ rows }) => rows === 57);
  expect(report).toMatchObject({ state: 'steady', rejected: { lines: 1 } });
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(JSON.parse(readFileSync(join(alarms, '.state/tumour.json'), 'utf8'))).toMatchObject({ rows: 57, made: 1 });
  expect(errors).toContain(
    `${alarms}/.state/tumour.json: the kept state cannot be used, because it is not what this version of the monitor wrote; ` +
      'the payload log is read again from its beginning.',
  );
  expect(errors).toMatch(/tumour\/1-a-1\.jsonl, line 1: the line is skipped/);
});
