import type { IncomingMessage, ServerResponse } from 'node:http';
import { inferCall } from '../../../../../src/runtime/protocols/open-inference/call';

const of = (headers: Record<string, string>, tenant?: string): ReturnType<typeof inferCall> =>
  inferCall({ headers } as unknown as IncomingMessage, { destroyed: true } as ServerResponse, tenant, 1000);

test('who a request is for is what it says, never its tenant', () => {
  expect(of({})).toEqual({ abandoned: expect.any(Function) as unknown });
  expect(of({}, 'acme')).not.toHaveProperty('sticky');
  expect(of({ 'plinth-sticky': 'customer 7' }, 'acme')).toMatchObject({ tenant: 'acme', sticky: 'customer 7' });
});

test('trace, deadline and whether the client has gone', () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  expect(of({ traceparent, 'plinth-timeout': '250' })).toMatchObject({ traceparent, deadline: 1250 });
  expect(of({}).abandoned?.()).toBe(true);
});

test.each(['0', '-1', '1e3', 'Infinity', '', '10000000000'])('a timeout of "%s" is none', (timeout) => {
  expect(() => of({ 'plinth-timeout': timeout })).toThrow(`plinth-timeout: "${timeout}" is no time`);
});
