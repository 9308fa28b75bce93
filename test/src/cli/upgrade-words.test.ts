import type { PlannedChange } from '@plinth/rehearsal';
import { inWords } from '../../../src/cli/upgrade-words';

const change = (more: Partial<PlannedChange>): PlannedChange => ({
  stack: 'net',
  address: 'aws_vpc.v',
  type: 'aws_vpc',
  action: 'create',
  because: [],
  stateful: false,
  ...more,
});
const none = { added: [], gone: [] };

test('nothing is told as nothing', () => {
  expect(inWords({ ok: true, changes: [], stacks: none }, 'v1')).toBe('Nothing changes of what stands since v1.\n');
});

test('a line a stack, a line a resource, and what differs', () => {
  const changes = [
    change({}),
    change({ address: 'aws_vpc.w', action: 'update', because: [{ path: 'tags.a', before: '"1"', after: 'null' }] }),
    change({ address: 'aws_vpc.x', action: 'move', from: 'aws_vpc.old' }),
    change({ stack: 'data', address: 'aws_db_instance.db', type: 'aws_db_instance', action: 'delete', stateful: true }),
  ];
  expect(inWords({ ok: false, changes, stacks: { added: ['net'], gone: ['old'] } }, 'v1')).toBe(`Since v1:

net (a new stack): 1 created, 1 updated, 1 moved
  aws_vpc.v is created
  aws_vpc.w is updated
    tags.a: "1" -> null
  aws_vpc.x is moved from aws_vpc.old

data: 1 destroyed
  aws_db_instance.db is destroyed, and what it holds is lost

old: made no more, and left standing
`);
});

test('many of one kind are one line, but what is lost is told each', () => {
  const because = [{ path: 'key', before: '"a"', after: '"b"' }];
  const objects = Array.from({ length: 9 }, (_, i) =>
    change({ address: `aws_s3_object.o${i}`, type: 'aws_s3_object', action: 'update', because }),
  );
  const buckets = Array.from({ length: 9 }, (_, i) =>
    change({ address: `aws_s3_bucket.b${i}`, type: 'aws_s3_bucket', action: 'delete', stateful: true }),
  );
  const told = inWords({ ok: false, changes: [...objects, ...buckets], stacks: none }, 'v1');
  expect(told).toContain('  9 of aws_s3_object are updated (key): aws_s3_object.o0, aws_s3_object.o1 and 7 more\n');
  expect(told.match(/and what it holds is lost/g)).toHaveLength(9);
});
