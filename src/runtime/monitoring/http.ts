import { createServer, type Server, type ServerResponse } from 'node:http';
import { paths } from '@plinth/contract';
import type { Registry } from 'prom-client';
import type { MonitorReport } from './report.js';

/** What the monitor's HTTP interface tells. */
export interface MonitorView {
  report(): MonitorReport;
  /** A sentence that says why the monitor is not ready; undefined when it is. */
  unready(): string | undefined;
}

type Answer = { status: number; type: string; body: string };

const json = (status: number, value: unknown): Answer => ({
  status,
  type: 'application/json',
  body: `${JSON.stringify(value)}\n`,
});

/** `/live`, `/ready` and `/report`. */
export function monitorServer(view: MonitorView): Server {
  return serverOf({
    [paths.monitor.live]: () => json(200, { live: true }),
    [paths.monitor.ready]: () => {
      const why = view.unready();
      return why === undefined ? json(200, { ready: true }) : json(503, { ready: false, error: why });
    },
    [paths.monitor.report]: () => json(200, view.report()),
  });
}

/** `/metrics` in Prometheus' text format. */
export function metricsServer(registry: Registry): Server {
  return serverOf({
    [paths.metrics]: async () => ({ status: 200, type: registry.contentType, body: await registry.metrics() }),
  });
}

function serverOf(routes: Readonly<Record<string, () => Answer | Promise<Answer>>>): Server {
  const known = Object.keys(routes).join(', ');
  return createServer((request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0]!;
    const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
    request.resume();
    if (route === undefined) return send(response, json(404, { error: `${path} is not here; there is ${known}` }));
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      return send(response, json(405, { error: `${path} is read with GET, not ${request.method}` }));
    }
    Promise.resolve()
      .then(route)
      .then(
        (answer) => send(response, answer),
        (error: Error) => send(response, json(500, { error: error.message })),
      );
  });
}

function send(response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body);
}
