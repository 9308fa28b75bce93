/** @jest-environment ./test/src/runtime/support/engine-environment.js */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { status, type ServiceError } from '@grpc/grpc-js';
import { GrpcClient, refusal } from '../../support/grpc';
import { breakModel, modelsFolder, until, untilReady, workshop } from '../../support/serving';

const shop = workshop();

test('Check tells of the server and of each model', async () => {
  const repository = shop.repository('scale');
  breakModel(repository, 'broken');
  const program = await shop.serve({ modelRepository: repository });
  await untilReady(program);
  const client = new GrpcClient(program.urls.grpc as string);
  for (const service of ['', 'inference.GRPCInferenceService', 'grpc.health.v1.Health', 'scale'])
    expect([service, await client.health(service)]).toEqual([service, 'SERVING']);
  expect(await client.health('broken')).toBe('NOT_SERVING');
  expect((await refusal(client.health('nothing'))).code).toBe(status.NOT_FOUND);
  client.close();
});

test('Watch tells what it is and what it becomes, until the server stops', async () => {
  const repository = shop.folder();
  const program = await shop.serve({ modelRepository: repository });
  const client = new GrpcClient(program.urls.grpc as string);
  const told: Record<string, unknown[]> = { '': [], scale: [] };
  const ended = Object.entries(told).map(
    ([service, seen]) =>
      new Promise<ServiceError>((resolve) => {
        const watch = client.watch(service);
        watch.on('data', (answer: { status: string }) => seen.push(answer.status)).on('error', resolve);
      }),
  );
  await until(async () => told['']?.length === 1 && told['scale']?.length === 1);
  cpSync(join(modelsFolder, 'scale'), join(repository, 'scale'), { recursive: true });
  await until(async () => told['']?.length === 2 && told['scale']?.at(-1) === 'SERVING');
  await program.stop('test');
  expect((await Promise.all(ended)).map(({ code }) => code)).toEqual([status.UNAVAILABLE, status.UNAVAILABLE]);
  expect(told['']).toEqual(['NOT_SERVING', 'SERVING', 'NOT_SERVING']);
  expect(told['scale']?.[0]).toBe('SERVICE_UNKNOWN');
  expect(told['scale']?.slice(-2)).toEqual(['SERVING', 'NOT_SERVING']);
  client.close();
});

test('a watch whose client leaves is forgotten, and the server goes on', async () => {
  const program = await shop.serve({ modelRepository: shop.repository('scale') });
  await untilReady(program);
  const client = new GrpcClient(program.urls.grpc as string);
  const watch = client.watch('').on('error', () => undefined);
  await new Promise((resolve) => watch.once('data', resolve));
  watch.cancel();
  expect(await client.health('')).toBe('SERVING');
  client.close();
});
