import type { Server } from 'node:http';
import { Registry } from 'prom-client';
import { metricsServer, monitorServer } from '../../../../src/runtime/monitoring/http';
import type { MonitorReport } from '../../../../src/runtime/monitoring/report';
import { listen } from '../../../../src/runtime/program';

const report: MonitorReport = {
  model: 'small',
  version: '1',
  state: 'insufficient',
  rows: 0,
  waiting: 0,
  windowRows: 20,
  windows: [],
  alarms: [],
  rejected: { lines: 0, last: [] },
};

let servers: Server[] = [];
afterEach(async () => {
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done).closeAllConnections())));
  servers = [];
});

const start = (server: Server): Promise<string> => {
  servers.push(server);
  return listen(server, '127.0.0.1', 0, '--http-port');
};

const startMonitor = (unready?: string, of: () => MonitorReport = () => report): Promise<string> =>
  start(monitorServer({ report: of, unready: () => unready }));

describe('the HTTP interface of the monitor', () => {
  it('lives, and tells why it is not ready', async () => {
    const url = await startMonitor('the payload log has not been looked at yet');
    expect((await fetch(`${url}/live`)).status).toBe(200);
    const ready = await fetch(`${url}/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toEqual({ ready: false, error: 'the payload log has not been looked at yet' });
  });

  it('is ready, and reports', async () => {
    const url = await startMonitor();
    expect(await (await fetch(`${url}/ready`)).json()).toEqual({ ready: true });
    const answer = await fetch(`${url}/report?x=1`);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(await answer.json()).toEqual(report);
  });

  it('says what is here, how it is read, and what failed', async () => {
    const url = await startMonitor(undefined, () => {
      throw new Error('broken');
    });
    const unknown = await fetch(`${url}/toString`);
    expect(unknown.status).toBe(404);
    expect(await unknown.json()).toEqual({ error: '/toString is not here; there is /live, /ready, /report' });
    const post = await fetch(`${url}/report`, { method: 'POST', body: 'x' });
    expect(post.status).toBe(405);
    expect(post.headers.get('allow')).toBe('GET, HEAD');
    expect(await post.json()).toEqual({ error: '/report is read with GET, not POST' });
    const failed = await fetch(`${url}/report`);
    expect(failed.status).toBe(500);
    expect(await failed.json()).toEqual({ error: 'broken' });
  });
});

it('serves metrics as Prometheus reads them', async () => {
  const url = await start(metricsServer(new Registry()));
  const answer = await fetch(`${url}/metrics`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
});
