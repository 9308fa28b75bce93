import { holds, World } from '../../../src/rehearsal/world';

test('what is asked must be said, and null asks nothing', () => {
  const values = { name: 'a', tags: { x: '1', y: '2' }, list: [{ b: 1 }] };
  expect(holds(values, { name: 'a', other: null })).toBe(true);
  expect(holds(values, { tags: { x: '1' }, list: [{ b: 1 }] })).toBe(true);
  expect(holds(values, { name: 'b' })).toBe(false);
  expect(holds(values, { list: [{ b: 2 }] })).toBe(false);
});

test('the newest of several answers, and what was destroyed does not', () => {
  const world = new World();
  const [first, second] = [world.token(), world.token()];
  world.put(first, 'aws_vpc', { id: 'vpc-1', cidr_block: '10.0.0.0/16' });
  world.put(second, 'aws_vpc', { id: 'vpc-2', cidr_block: '10.0.0.0/16' });
  expect(world.find('aws_vpc', { cidr_block: '10.0.0.0/16' })).toMatchObject({ id: 'vpc-2' });
  world.put(first, 'aws_vpc', { id: 'vpc-1', cidr_block: '10.0.0.0/16', tags: {} });
  expect(world.find('aws_vpc', { cidr_block: '10.0.0.0/16' })).toMatchObject({ id: 'vpc-1' });
  world.remove(second);
  expect(world.find('aws_vpc', {})).toMatchObject({ id: 'vpc-1' });
  expect(world.find('aws_vpc', { id: 'vpc-2' })).toBeUndefined();
});

test('two things of one id are two', () => {
  const world = new World();
  const [first, second] = [world.token(), world.token()];
  world.put(first, 'aws_iam_role_policy', { id: 'read', role: 'a' });
  world.put(second, 'aws_iam_role_policy', { id: 'read', role: 'b' });
  world.remove(first);
  expect([...world.all().values()]).toEqual([{ type: 'aws_iam_role_policy', values: { id: 'read', role: 'b' } }]);
});

test('what is gone is told from what another world made', () => {
  const world = new World();
  expect(world.knows(world.token())).toBe(true);
  expect(world.knows(new World().token())).toBe(false);
  expect(world.knows('')).toBe(false);
});

test('a world goes back to how it was', () => {
  const world = new World();
  const token = world.token();
  world.put(token, 'aws_vpc', { id: 'vpc-1' });
  world.birth('a');
  const before = world.snapshot();
  world.remove(token);
  world.birth('a');
  world.put(world.token(), 'aws_vpc', { id: 'vpc-2' });
  world.restore(before);
  expect([...world.all().keys()]).toEqual([token]);
  expect(world.birth('a')).toBe(1);
});

test('a Kubernetes object is found under its name with a version and without', () => {
  const world = new World();
  const put = (type: string, name: string) =>
    world.put(world.token(), type, { id: `shop/${name}`, metadata: [{ name, namespace: 'shop' }] });
  put('kubernetes_service_v1', 'web');
  put('kubernetes_secret', 'key');
  expect(world.find('kubernetes_service', { metadata: [{ name: 'web', namespace: 'shop' }] })).toBeDefined();
  expect(world.find('kubernetes_secret_v1', { metadata: [{ name: 'key', namespace: 'shop' }] })).toBeDefined();
});

test('a fixture answers where its match holds', () => {
  const world = new World([
    { data: 'aws_route53_zone', match: { name: 'a.example' }, values: { zone_id: 'ZA' } },
    { data: 'aws_route53_zone', values: { zone_id: 'ZX' } },
  ]);
  expect(world.fixture('aws_route53_zone', { name: 'a.example' })).toEqual({ zone_id: 'ZA' });
  expect(world.fixture('aws_route53_zone', { name: 'b.example' })).toEqual({ zone_id: 'ZX' });
  expect(world.fixture('aws_ami', {})).toBeUndefined();
});
