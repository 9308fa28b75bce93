import type { TfValue } from '../../../src/rehearsal/protocol/codec';
import { providerFunctions } from '../../../src/rehearsal/provider-functions';

const call = (provider: string, name: string, ...values: TfValue[]): TfValue =>
  providerFunctions[provider]![name]!.call(values);

test('an ARN is taken apart and put together', () => {
  const arn = 'arn:aws:logs:eu-west-1:111122223333:log-group:/acme:*';
  const parts = {
    partition: 'aws',
    service: 'logs',
    region: 'eu-west-1',
    account_id: '111122223333',
    resource: 'log-group:/acme:*',
  };
  expect(call('aws', 'arn_parse', arn)).toEqual(parts);
  expect(call('aws', 'arn_build', ...Object.values(parts))).toBe(arn);
  expect(() => call('aws', 'arn_parse', 'acme')).toThrow('arn: invalid prefix');
  expect(() => call('aws', 'arn_parse', 'arn:aws:s3')).toThrow('arn: not enough sections');
});

test('the path of a role is trimmed, and of nothing else', () => {
  const trim = (arn: string) => call('aws', 'trim_iam_role_path', arn);
  expect(trim('arn:aws:iam::111122223333:role/a/b/deploy')).toBe('arn:aws:iam::111122223333:role/deploy');
  expect(() => trim('arn:aws:s3:::role/a')).toThrow('service must be "iam"');
  expect(() => trim('arn:aws:iam:eu-west-1:111122223333:role/a')).toThrow('region must be empty');
  expect(() => trim('arn:aws:iam::111122223333:user/a')).toThrow('resource must begin with "role/"');
});

test('a product has a name, and may have a version and a comment', () => {
  expect(call('aws', 'user_agent', 'acme', '1.0', 'ci')).toBe('acme/1.0 (ci)');
  expect(call('aws', 'user_agent', 'acme', '', '')).toBe('acme');
  expect(() => call('aws', 'user_agent', '', '', '')).toThrow('product_name must be set');
});

test('manifests are decoded with their types', () => {
  const text = 'apiVersion: v1\nkind: A\nmetadata: {name: a, n: 1, on: true, none: null, list: [x, 2]}\n';
  const [type, value] = call('kubernetes', 'manifest_decode', text) as [Uint8Array, TfValue];
  expect(JSON.parse(Buffer.from(type).toString())).toEqual([
    'object',
    {
      apiVersion: 'string',
      kind: 'string',
      metadata: [
        'object',
        { name: 'string', n: 'number', on: 'bool', none: 'dynamic', list: ['tuple', ['string', 'number']] },
      ],
    },
  ]);
  expect(value).toMatchObject({ kind: 'A', metadata: { none: null, list: ['x', 2] } });
});

test('what is no manifest is refused', () => {
  const decode = (text: string) => call('kubernetes', 'manifest_decode', text);
  expect(() => decode('')).toThrow('Invalid manifest: YAML document is empty');
  expect(() => decode('kind: A\napiVersion: v1\n')).toThrow('Invalid Kubernetes manifest: missing field "metadata"');
  expect(() => decode('a: [')).toThrow(/^Invalid YAML document: /);
  expect(() => decode('text')).toThrow("Invalid manifest: value doesn't seem to be a manifest");
  const one = 'apiVersion: v1\nkind: A\nmetadata: {}\n';
  expect(() => decode(`${one}---\n${one}`)).toThrow(/^YAML manifest contains multiple resources/);
});

test('manifests are encoded in the order of their keys, several one after the other', () => {
  const manifest = { kind: 'A', apiVersion: 'v1', metadata: { name: 'a' } };
  const text = 'apiVersion: v1\nkind: A\nmetadata:\n  name: a\n';
  const dynamic = (value: TfValue): TfValue => [Buffer.from('"dynamic"'), value];
  expect(call('kubernetes', 'manifest_encode', dynamic(manifest))).toBe(text);
  expect(call('kubernetes', 'manifest_encode', dynamic([manifest, manifest]))).toBe(`---\n${text}---\n${text}`);
});
