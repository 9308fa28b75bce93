import { addressAt, placeAt } from '../../../src/rehearsal/json-place';

const text = JSON.stringify(
  {
    resource: {
      aws_vpc: {
        v: { cidr_block: '10.0.0.0/16', tags: { 'odd "}" name': 'a, {b' }, ports: [{ from: 1 }, { from: 2 }] },
      },
      aws_subnet: { s: { cidr_block: '10.0.0.0/24' } },
    },
    output: { id: { value: 1 } },
  },
  null,
  2,
);
const lineOf = (part: string, nth = 0): number =>
  text.split('\n').flatMap((line, i) => (line.includes(part) ? [i + 1] : []))[nth] ?? 0;

test('a line leads to the keys around it', () => {
  expect(placeAt(text, 1)).toEqual([]);
  expect(placeAt(text, lineOf('odd'))).toEqual(['resource', 'aws_vpc', 'v', 'tags', 'odd "}" name']);
  expect(placeAt(text, lineOf('"from": 2'))).toEqual(['resource', 'aws_vpc', 'v', 'ports', 'from']);
  expect(placeAt(text, lineOf('10.0.0.0/24'))).toEqual(['resource', 'aws_subnet', 's', 'cidr_block']);
  // Terraform tells what is missing at the bracket that closes.
  expect(placeAt(text, lineOf('10.0.0.0/24') + 1)).toEqual(['resource', 'aws_subnet', 's']);
  expect(placeAt(text, 1000)).toEqual([]);
});

test('keys lead to an address', () => {
  expect(addressAt(placeAt(text, lineOf('odd')))).toBe('aws_vpc.v');
  expect(addressAt(placeAt(text, lineOf('"id"')))).toBe('output.id');
  expect(addressAt(['data', 'aws_ami', 'image', 'owners'])).toBe('data.aws_ami.image');
  expect(addressAt(['locals', 'names'])).toBe('local.names');
  expect(addressAt(['variable', 'size', 'default'])).toBe('var.size');
  expect(addressAt(['provider', 'aws'])).toBe('provider.aws');
  expect(addressAt(['terraform'])).toBe('terraform');
  expect(addressAt([])).toBeUndefined();
});
