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
  world.put('aws_vpc', { id: 'vpc-1', cidr_block: '10.0.0.0/16' });
  world.put('aws_vpc', { id: 'vpc-2', cidr_block: '10.0.0.0/16' });
  expect(world.find('aws_vpc', { cidr_block: '10.0.0.0/16' })).toMatchObject({ id: 'vpc-2' });
  world.remove('aws_vpc', { id: 'vpc-2' });
  expect(world.find('aws_vpc', {})).toMatchObject({ id: 'vpc-1' });
  expect(world.find('aws_vpc', { id: 'vpc-2' })).toBeUndefined();
});

test('a Kubernetes object is found under its name with a version and without', () => {
  const world = new World();
  world.put('kubernetes_service_v1', { id: 'shop/web', metadata: [{ name: 'web', namespace: 'shop' }] });
  world.put('kubernetes_secret', { id: 'shop/key', metadata: [{ name: 'key', namespace: 'shop' }] });
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
