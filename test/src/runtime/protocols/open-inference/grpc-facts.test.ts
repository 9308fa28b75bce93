/** @jest-environment ./test/src/runtime/support/engine-environment.js */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { status, type ServiceError } from '@grpc/grpc-js';
import { headerNames } from '@plinth/contract';
import { inferCall } from '../../../../../src/runtime/protocols/open-inference/grpc-facts';
import { encode, floats, GrpcClient, refusal } from '../../support/grpc';
import { untilReady, workshop } from '../../support/serving';

const shop = workshop();

const x = {
  model_name: 'scale',
  inputs: [{ name: 'X', datatype: 'FP32', shape: [1, 4] }],
  raw_input_contents: [floats([1, 2, 3, 4])],
};

test('what a call says beside its message', () => {
  const headers: Record<string, string> = {};
  const call = { cancelled: false, deadline: undefined as number | undefined, header: (name: string) => headers[name] };
  const plain = inferCall(call, undefined);
  expect(Object.keys(plain)).toEqual(['abandoned']);
  expect(plain.abandoned?.()).toBe(false);
  call.cancelled = true;
  expect(plain.abandoned?.()).toBe(true);
  headers[headerNames.sticky] = 'customer-7';
  headers['traceparent'] = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  call.deadline = 5;
  expect(inferCall(call, { tenant: 'acme' })).toMatchObject({
    tenant: 'acme',
    deadline: 5,
    sticky: 'customer-7',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  });
});

test('tokens and limits count for calls and streams as they do for requests', async () => {
  const tokensFile = join(shop.folder(), 'tokens.json');
  const sha256 = (token: string): string => createHash('sha256').update(token).digest('hex');
  const tokens = [
    { name: 'app', sha256: sha256('app-token'), scopes: ['infer'] },
    { name: 'eye', sha256: sha256('eye-token'), scopes: ['read'] },
    { name: 'root', sha256: sha256('root-token'), scopes: ['infer', 'read', 'control'] },
  ];
  writeFileSync(tokensFile, JSON.stringify({ tokens }));
  const program = await shop.serve({
    modelRepository: shop.repository('scale'),
    auth: { tokensFile },
    tenants: { rate: 0.001, burst: 2 },
  });
  await untilReady(program);
  const client = new GrpcClient(program.urls.grpc as string);
  const as = (name: string): Record<string, string> => ({ authorization: `Bearer ${name}-token` });

  // Health is open.
  expect(await client.call('ServerReady')).toEqual({ ready: true });
  expect(await client.health('scale')).toBe('SERVING');
  expect(await refusal(client.infer(x))).toEqual({
    code: status.UNAUTHENTICATED,
    details: expect.stringContaining('there is no token') as string,
  });
  expect((await refusal(client.call('ServerMetadata'))).code).toBe(status.UNAUTHENTICATED);
  expect((await refusal(client.infer(x, as('eye')))).code).toBe(status.PERMISSION_DENIED);
  expect((await refusal(client.call('RepositoryIndex', {}, as('app')))).code).toBe(status.PERMISSION_DENIED);
  expect(await client.call('RepositoryIndex', {}, as('eye'))).toMatchObject({ models: [{ name: 'scale' }] });
  const unload = (name: string): Promise<unknown> =>
    client.call('RepositoryModelUnload', { model_name: 'scale' }, as(name));
  expect((await refusal(unload('eye'))).code).toBe(status.PERMISSION_DENIED);
  // Allowed, and not possible for another reason.
  expect((await refusal(unload('root'))).code).toBe(status.UNAVAILABLE);

  expect(await client.call('LogSettings', {}, as('eye'))).toHaveProperty('settings');
  const change = { settings: { log_info: { bool_param: false } } };
  expect((await refusal(client.call('LogSettings', change, as('eye')))).code).toBe(status.PERMISSION_DENIED);
  expect(await client.call('LogSettings', change, as('root'))).toHaveProperty('settings');

  const stream = client.stream();
  const ended = new Promise<ServiceError>((resolve) => stream.on('data', () => undefined).on('error', resolve));
  stream.write(encode('ModelInferRequest', x));
  expect((await ended).code).toBe(status.UNAUTHENTICATED);

  expect(await client.infer(x, as('app'))).toMatchObject({ model_version: '2' });
  await client.infer(x, as('app'));
  const limited = (await client.infer(x, as('app')).catch((error: unknown) => error)) as ServiceError;
  expect(limited.code).toBe(status.RESOURCE_EXHAUSTED);
  expect(Number(limited.metadata.get('grpc-retry-pushback-ms')[0])).toBeGreaterThan(0);
  client.close();
});
