import { waitsFor } from '../../../src/rehearsal/stack-order';
import type { StackJson } from '../../../src/rehearsal/synth';

const stack = (name: string, json: StackJson, dependsOn: string[] = []) => ({ name, folder: '', dependsOn, json });
const local = (path: string) => ({ terraform: { backend: { local: { path } } } });

test('a stack waits for what it depends on, whose state it reads, and what makes a type that it looks up', () => {
  const order = waitsFor([
    stack('net', { ...local('net.tfstate'), resource: { aws_vpc: {} } }),
    stack('apps', { resource: { kubernetes_service: {}, aws_sqs_queue: {} } }),
    stack('reads', {
      data: { terraform_remote_state: { net: { backend: 'local', config: { path: 'net.tfstate' } } } },
    }),
    stack('looks', { data: { kubernetes_service_v1: {} } }),
    stack('depends', { data: { aws_vpc: {} } }, ['looks']),
    stack('later', { resource: { aws_vpc: {} } }),
  ]);
  expect(Object.fromEntries(order)).toEqual({
    net: [],
    apps: [],
    reads: ['net'],
    looks: ['apps'],
    depends: ['looks', 'net'],
    later: [],
  });
});
