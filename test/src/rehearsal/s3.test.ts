import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CopyObjectCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { S3Endpoint } from '../../../src/rehearsal/s3';
import { S3Store } from '../../../src/rehearsal/s3-store';

let folder: string;
let endpoint: S3Endpoint;
let client: S3Client;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'plinth-s3-'));
  endpoint = await S3Endpoint.start(new S3Store(folder));
  // As a program has it that knows only AWS_ENDPOINT_URL_S3: no path style asked for.
  client = new S3Client({
    endpoint: endpoint.url,
    region: 'eu-west-1',
    credentials: { accessKeyId: endpoint.accessKeyId, secretAccessKey: endpoint.secretAccessKey },
  });
});
afterAll(async () => {
  client.destroy();
  await endpoint.close();
  rmSync(folder, { recursive: true, force: true });
});

const put = (Key: string, Body: string | Uint8Array, more: object = {}) =>
  client.send(new PutObjectCommand({ Bucket: 'lake', Key, Body, ...more }));
const get = async (Key: string, more: object = {}): Promise<string> =>
  (await (await client.send(new GetObjectCommand({ Bucket: 'lake', Key, ...more }))).Body?.transformToString()) ?? '';

test('an object comes back with its bytes, type and metadata, from a bucket that nobody made', async () => {
  await put('a/b c/ü&<.txt', 'hello', { ContentType: 'text/plain', Metadata: { made: 'here' } });
  expect(await get('a/b c/ü&<.txt')).toBe('hello');
  expect(await get('a/b c/ü&<.txt', { Range: 'bytes=1-3' })).toBe('ell');
  expect(await get('a/b c/ü&<.txt', { Range: 'bytes=-2' })).toBe('lo');
  const head = await client.send(new HeadObjectCommand({ Bucket: 'lake', Key: 'a/b c/ü&<.txt' }));
  expect(head).toMatchObject({
    ContentLength: 5,
    ContentType: 'text/plain',
    Metadata: { made: 'here' },
    ETag: '"5d41402abc4b2a76b9719d911017c592"',
  });
  await expect(client.send(new HeadBucketCommand({ Bucket: 'never-seen' }))).resolves.toBeDefined();
});

test('a large body arrives whole, checksums and chunks taken off', async () => {
  const body = new Uint8Array(3_000_000).map((_byte, i) => i % 251);
  await put('large', body, { ChecksumAlgorithm: 'CRC32' });
  const bytes = await (
    await client.send(new GetObjectCommand({ Bucket: 'lake', Key: 'large' }))
  ).Body?.transformToByteArray();
  expect(Buffer.compare(Buffer.from(bytes ?? []), Buffer.from(body))).toBe(0);
});

test('a missing object is a 404 that the SDK knows', async () => {
  await expect(get('nothing')).rejects.toMatchObject({ name: 'NoSuchKey' });
});

test('a conditional write holds: that is what locks a state', async () => {
  await put('lock', 'mine', { IfNoneMatch: '*' });
  await expect(put('lock', 'yours', { IfNoneMatch: '*' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
  await expect(put('lock', 'yours', { IfMatch: '"0"' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
  expect(await get('lock')).toBe('mine');
  await client.send(new DeleteObjectCommand({ Bucket: 'lake', Key: 'lock' }));
  await expect(put('lock', 'yours', { IfNoneMatch: '*' })).resolves.toBeDefined();
});

test('listing knows prefixes, folders and pages', async () => {
  for (const key of ['x/1', 'x/2', 'x/y/3', 'x/y/4', 'z'])
    await client.send(new PutObjectCommand({ Bucket: 'pages', Key: key, Body: key }));
  const list = (more: object) => client.send(new ListObjectsV2Command({ Bucket: 'pages', ...more }));
  const folders = await list({ Prefix: 'x/', Delimiter: '/' });
  expect(folders.Contents?.map(({ Key }) => Key)).toEqual(['x/1', 'x/2']);
  expect(folders.CommonPrefixes).toEqual([{ Prefix: 'x/y/' }]);
  const first = await list({ MaxKeys: 3 });
  expect(first).toMatchObject({ IsTruncated: true, KeyCount: 3 });
  const rest = await list({ MaxKeys: 3, ContinuationToken: first.NextContinuationToken });
  expect(rest.Contents?.map(({ Key }) => Key)).toEqual(['x/y/4', 'z']);
  expect((await list({ StartAfter: 'x/y/4' })).Contents?.map(({ Key }) => Key)).toEqual(['z']);
});

test('copies, uploads in parts and deletions of many', async () => {
  await client.send(new PutObjectCommand({ Bucket: 'parts', Key: 'from', Body: 'original' }));
  await client.send(new CopyObjectCommand({ Bucket: 'parts', Key: 'copy', CopySource: 'parts/from' }));
  const whole = { Bucket: 'parts', Key: 'whole' };
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(whole));
  for (const [i, Body] of ['one ', 'two'].entries()) {
    await client.send(new UploadPartCommand({ ...whole, UploadId, PartNumber: i + 1, Body }));
  }
  await client.send(new CompleteMultipartUploadCommand({ ...whole, UploadId }));
  const text = async (Key: string) =>
    (await client.send(new GetObjectCommand({ Bucket: 'parts', Key }))).Body?.transformToString();
  expect([await text('copy'), await text('whole')]).toEqual(['original', 'one two']);
  await client.send(
    new DeleteObjectsCommand({ Bucket: 'parts', Delete: { Objects: [{ Key: 'copy' }, { Key: 'whole' }] } }),
  );
  const left = await client.send(new ListObjectsV2Command({ Bucket: 'parts' }));
  expect(left.Contents?.map(({ Key }) => Key)).toEqual(['from']);
});

test('a bucket can stand in the host name, and a proxied request names the whole address', async () => {
  const authorization = `AWS4-HMAC-SHA256 Credential=${endpoint.accessKeyId}/x`;
  const { request } = await import('node:http');
  const { port } = new URL(endpoint.url);
  const status = await new Promise<string>((resolve, reject) => {
    const path = `http://lake.127.0.0.1:${port}/lock`;
    request(
      { host: '127.0.0.1', port, path, headers: { authorization, host: `lake.127.0.0.1:${port}` } },
      (response) => {
        let text = '';
        response.on('data', (chunk) => (text += String(chunk))).on('end', () => resolve(text));
      },
    )
      .on('error', reject)
      .end();
  });
  expect(status).toBe('yours');
});

test('a request without the access key of this endpoint is refused', async () => {
  const answer = await fetch(`${endpoint.url}/lake/lock`);
  expect(answer.status).toBe(403);
  expect(await answer.text()).toContain('the rehearsal answers only requests signed with its own access key');
});

test('STS says who is asking, and hands out the same key for a role', async () => {
  const ask = async (Action: string): Promise<string> => {
    const authorization = `AWS4-HMAC-SHA256 Credential=${endpoint.accessKeyId}/x`;
    const body = new URLSearchParams({ Action, Version: '2011-06-15' });
    return (await fetch(endpoint.url, { method: 'POST', headers: { authorization }, body })).text();
  };
  expect(await ask('GetCallerIdentity')).toContain('<Account>111122223333</Account>');
  expect(await ask('AssumeRole')).toContain(`<AccessKeyId>${endpoint.accessKeyId}</AccessKeyId>`);
  expect(await ask('DecodeAuthorizationMessage')).toContain('DecodeAuthorizationMessage is not known here');
});

test('what is overwritten or deleted leaves no file', async () => {
  const before = readdirSync(folder).length;
  await put('again', '1');
  await put('again', '2');
  expect(readdirSync(folder).length).toBe(before + 1);
  await client.send(new DeleteObjectCommand({ Bucket: 'lake', Key: 'again' }));
  expect(readdirSync(folder).length).toBe(before);
});
