import { plannedChanges, type PlanJson } from '../../../../src/rehearsal/upgrade/changes';

type Resource = NonNullable<PlanJson['resource_changes']>[number];
const resource = (change: Partial<Resource['change']>, more: Partial<Resource> = {}): Resource => ({
  address: 'aws_vpc.v',
  mode: 'managed',
  type: 'aws_vpc',
  change: { actions: ['no-op'], before: null, after: null, ...change },
  ...more,
});
const changed = (...resources: Resource[]) =>
  plannedChanges({ resource_changes: resources }, 's', (type) => type === 'aws_db_instance');

test('what stays as it is, and what is only read, is no change', () => {
  expect(changed(resource({}), resource({ actions: ['read'] }, { mode: 'data' }))).toEqual([]);
  expect(plannedChanges({}, 's', () => false)).toEqual([]);
});

test.each([
  [['create'], {}, 'create'],
  [['update'], {}, 'update'],
  [['delete'], {}, 'delete'],
  [['delete', 'create'], {}, 'replace'],
  [['create', 'delete'], {}, 'replace'],
  [['forget'], {}, 'forget'],
  [['no-op'], { previous_address: 'aws_vpc.old' }, 'move'],
] as const)('%j is told', (actions, more, action) => {
  expect(changed(resource({ actions }, more))).toMatchObject([{ stack: 's', address: 'aws_vpc.v', action }]);
});

test('an import without another change is told', () => {
  expect(changed(resource({ importing: { id: 'vpc-1' } }))).toMatchObject([{ action: 'import' }]);
});

test('an update tells every argument that differs, at any depth, and hides what is sensitive', () => {
  const [change] = changed(
    resource({
      actions: ['update'],
      before: { cidr: 'a', list: [{ n: 1 }, { n: 2 }], tags: { x: '1' }, secret: 'p', same: true, id: 'i' },
      after: { cidr: 'b', list: [{ n: 1 }, { n: 3 }], tags: { y: '2' }, secret: 'q', same: true },
      after_unknown: { id: true },
      before_sensitive: { secret: true },
      after_sensitive: { secret: true },
    }),
  );
  expect(change?.because).toEqual([
    { path: 'cidr', before: '"a"', after: '"b"' },
    { path: 'id', before: '"i"', after: '(known after apply)' },
    { path: 'list.1.n', before: '2', after: '3' },
    { path: 'secret', before: '(sensitive)', after: '(sensitive)' },
    { path: 'tags.x', before: '"1"', after: 'null' },
    { path: 'tags.y', before: 'null', after: '"2"' },
  ]);
});

test('a list of another length is told as a whole, shortened', () => {
  const [change] = changed(
    resource({ actions: ['update'], before: { list: ['x'.repeat(100)] }, after: { list: ['a', 'b'] } }),
  );
  expect(change?.because).toEqual([{ path: 'list', before: `["${'x'.repeat(75)}...`, after: '["a","b"]' }]);
});

test('long texts that begin alike are told from where they part', () => {
  const text = 'a'.repeat(100);
  const [change] = changed(resource({ actions: ['update'], before: { t: `${text}1` }, after: { t: `${text}2` } }));
  expect(change?.because).toEqual([{ path: 't', before: `...${'a'.repeat(20)}1"`, after: `...${'a'.repeat(20)}2"` }]);
});

test('a replacement tells only what forces it, and whether something is lost', () => {
  const [change] = changed(
    resource(
      {
        actions: ['delete', 'create'],
        before: { identifier: 'a', size: 1 },
        after: { identifier: 'b', size: 2 },
        replace_paths: [['identifier']],
      },
      { address: 'aws_db_instance.db', type: 'aws_db_instance' },
    ),
  );
  expect(change).toEqual({
    stack: 's',
    address: 'aws_db_instance.db',
    type: 'aws_db_instance',
    action: 'replace',
    because: [{ path: 'identifier', before: '"a"', after: '"b"' }],
    stateful: true,
  });
});
