import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { account } from './provider';
import type { S3Store, StoredObject } from './s3-store';
import { contentsOf, escape, failure, stsAnswer, stsFailure, unescape, xml, type Answer } from './s3-xml';

/** What a request asks, taken apart. */
interface Asked {
  readonly request: IncomingMessage;
  readonly query: URLSearchParams;
  readonly bucket: string;
  readonly key: string;
  readonly body: Buffer;
}

/**
 * As much of S3 and STS as Terraform's `s3` backend and the AWS SDKs need of a bucket, on a free local port. Conditional writes
 * (`If-None-Match: *`) are honoured, since `use_lockfile` locks by them. Only requests with its own access key are answered.
 */
export class S3Endpoint {
  private readonly server: Server;
  private readonly uploads = new Map<string, Map<number, Buffer>>();
  /** Access key, made anew for every endpoint. */
  readonly accessKeyId = `PLINTH${randomBytes(7).toString('hex').toUpperCase()}`;
  readonly secretAccessKey = randomBytes(20).toString('hex');
  /** Refuses every request as one whose credentials have run out. */
  expired = false;

  private constructor(private readonly store: S3Store) {
    this.server = createServer((request, response) => {
      this.handle(request, response).catch((error: unknown) =>
        send(response, failure(500, 'InternalError', error instanceof Error ? error.message : String(error))),
      );
    });
  }

  static async start(store: S3Store): Promise<S3Endpoint> {
    const endpoint = new S3Endpoint(store);
    await new Promise<void>((resolve, reject) => {
      endpoint.server.once('error', reject);
      endpoint.server.listen(0, '127.0.0.1', resolve);
    });
    return endpoint;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    // A proxy is asked for whole URLs, and bucket.127.0.0.1 is no valid host for Node's.
    const url = new URL((request.url ?? '/').replace(/^http:\/\/[^/]*/, ''), 'http://s3');
    const signed = `${request.headers.authorization ?? ''} ${url.searchParams.get('X-Amz-Credential') ?? ''}`;
    if (!signed.includes(this.accessKeyId)) {
      return send(
        response,
        failure(403, 'AccessDenied', 'the rehearsal answers only requests signed with its own access key'),
      );
    }
    const forSts = request.method === 'POST' && url.pathname === '/' && url.search === '';
    if (this.expired) {
      const expired = forSts
        ? stsFailure('ExpiredToken', 'The security token included in the request is expired')
        : failure(400, 'ExpiredToken', 'The provided token has expired.');
      return send(response, expired);
    }
    const body = plainBody(request, Buffer.concat(chunks));
    const parts = url.pathname.slice(1).split('/').map(decodeURIComponent);
    if (forSts) return send(response, this.sts(new URLSearchParams(body.toString('utf8'))));
    const host = /^(.+)\.(localhost|127\.0\.0\.1)(:|$)/.exec(request.headers.host ?? '')?.[1];
    const bucket = host ?? parts.shift() ?? '';
    send(response, this.answer({ request, query: url.searchParams, bucket, key: parts.join('/'), body }));
  }

  private answer(asked: Asked): Answer {
    const { request, query, bucket, key } = asked;
    if (bucket === '') return xml(200, 'ListAllMyBucketsResult', '<Buckets/>');
    if (key === '') {
      if (request.method === 'GET' && query.has('location')) return xml(200, 'LocationConstraint', '');
      if (request.method === 'GET') return this.list(bucket, query);
      if (request.method === 'POST' && query.has('delete')) return this.deleteMany(asked);
      return { status: request.method === 'DELETE' ? 204 : 200 };
    }
    switch (request.method) {
      case 'HEAD':
      case 'GET':
        return this.get(asked);
      case 'PUT':
        return query.has('uploadId') ? this.part(asked) : this.put(asked);
      case 'POST':
        return this.multipart(asked);
      case 'DELETE':
        if (query.has('uploadId')) this.uploads.delete(query.get('uploadId') ?? '');
        else this.store.delete(bucket, key);
        return { status: 204 };
      default:
        return failure(405, 'MethodNotAllowed', `${request.method ?? ''} is not known here`);
    }
  }

  private get({ request, bucket, key }: Asked): Answer {
    const stored = this.store.head(bucket, key);
    if (stored === undefined) return failure(404, 'NoSuchKey', 'The specified key does not exist.');
    const quoted = `"${stored.etag}"`;
    if (request.headers['if-none-match'] === quoted) return { status: 304 };
    const headers = { ...headersOf(stored), 'accept-ranges': 'bytes' };
    if (request.method === 'HEAD') return { status: 200, headers: { ...headers, 'content-length': stored.size } };
    const body = this.store.read(bucket, key) ?? Buffer.alloc(0);
    const range = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '');
    if (range === null || range[0] === 'bytes=-') return { status: 200, headers, body };
    const from = range[1] === '' ? Math.max(0, body.length - Number(range[2])) : Number(range[1]);
    const to = range[1] === '' || range[2] === '' ? body.length - 1 : Math.min(Number(range[2]), body.length - 1);
    if (from > to) return failure(416, 'InvalidRange', 'The requested range is not satisfiable');
    return {
      status: 206,
      headers: { ...headers, 'content-range': `bytes ${from}-${to}/${body.length}` },
      body: body.subarray(from, to + 1),
    };
  }

  private put({ request, bucket, key, body }: Asked): Answer {
    const held = this.store.head(bucket, key);
    if (request.headers['if-none-match'] === '*' && held !== undefined) {
      return failure(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
    }
    const match = request.headers['if-match'];
    if (match !== undefined && match !== `"${held?.etag ?? ''}"`) {
      return failure(
        held === undefined ? 404 : 412,
        held === undefined ? 'NoSuchKey' : 'PreconditionFailed',
        'If-Match did not hold',
      );
    }
    const copy = request.headers['x-amz-copy-source'];
    if (typeof copy === 'string') {
      const [from = '', ...rest] = decodeURIComponent(copy).replace(/^\//, '').split('/');
      const source = this.store.read(from, rest.join('/'));
      if (source === undefined) return failure(404, 'NoSuchKey', 'The specified key does not exist.');
      const stored = this.store.put(bucket, key, source, aboutOf(request));
      return xml(200, 'CopyObjectResult', `<ETag>&quot;${stored.etag}&quot;</ETag>`);
    }
    const stored = this.store.put(bucket, key, body, aboutOf(request));
    return { status: 200, headers: { etag: `"${stored.etag}"` } };
  }

  private list(bucket: string, query: URLSearchParams): Answer {
    const prefix = query.get('prefix') ?? '';
    const delimiter = query.get('delimiter') ?? '';
    const most = Math.min(Number(query.get('max-keys') ?? 1000), 1000);
    const after = query.get('continuation-token') ?? query.get('start-after') ?? query.get('marker') ?? '';
    const entries: { name: string; xml: string }[] = [];
    const folders = new Set<string>();
    for (const stored of this.store.list(bucket, prefix)) {
      const cut = delimiter === '' ? -1 : stored.key.indexOf(delimiter, prefix.length);
      const folder = cut < 0 ? undefined : stored.key.slice(0, cut + delimiter.length);
      const name = folder ?? stored.key;
      if (name <= after || (folder !== undefined && folders.has(folder))) continue;
      if (folder !== undefined) folders.add(folder);
      entries.push({
        name,
        xml:
          folder === undefined
            ? contentsOf(stored)
            : `<CommonPrefixes><Prefix>${escape(folder)}</Prefix></CommonPrefixes>`,
      });
    }
    const page = entries.slice(0, most);
    const truncated = entries.length > most;
    const next = truncated ? `<NextContinuationToken>${escape(page.at(-1)?.name ?? '')}</NextContinuationToken>` : '';
    return xml(
      200,
      'ListBucketResult',
      `<Name>${escape(bucket)}</Name><Prefix>${escape(prefix)}</Prefix><KeyCount>${page.length}</KeyCount><MaxKeys>${most}</MaxKeys>` +
        `<IsTruncated>${String(truncated)}</IsTruncated>${next}${page.map((entry) => entry.xml).join('')}`,
    );
  }

  private deleteMany({ bucket, body }: Asked): Answer {
    const keys = [...body.toString('utf8').matchAll(/<Key>(.*?)<\/Key>/gs)].map(([, key]) => unescape(key ?? ''));
    for (const key of keys) this.store.delete(bucket, key);
    return xml(200, 'DeleteResult', keys.map((key) => `<Deleted><Key>${escape(key)}</Key></Deleted>`).join(''));
  }

  private part({ query, body }: Asked): Answer {
    const parts = this.uploads.get(query.get('uploadId') ?? '');
    if (parts === undefined) return failure(404, 'NoSuchUpload', 'The specified upload does not exist.');
    parts.set(Number(query.get('partNumber')), body);
    return { status: 200, headers: { etag: `"part-${query.get('partNumber') ?? ''}"` } };
  }

  private multipart({ request, query, bucket, key }: Asked): Answer {
    const named = `<Bucket>${escape(bucket)}</Bucket><Key>${escape(key)}</Key>`;
    if (query.has('uploads')) {
      const id = randomBytes(12).toString('hex');
      this.uploads.set(id, new Map());
      return xml(200, 'InitiateMultipartUploadResult', `${named}<UploadId>${id}</UploadId>`);
    }
    const id = query.get('uploadId') ?? '';
    const parts = this.uploads.get(id);
    if (parts === undefined) return failure(404, 'NoSuchUpload', 'The specified upload does not exist.');
    const whole = Buffer.concat([...parts].sort(([a], [b]) => a - b).map(([, part]) => part));
    const stored = this.store.put(bucket, key, whole, aboutOf(request));
    this.uploads.delete(id);
    return xml(200, 'CompleteMultipartUploadResult', `${named}<ETag>&quot;${stored.etag}&quot;</ETag>`);
  }

  private sts(form: URLSearchParams): Answer {
    const action = form.get('Action') ?? '';
    const arn = `arn:aws:sts::${account}:assumed-role/rehearsal/plinth`;
    const role = `<Arn>${arn}</Arn>`;
    if (action === 'GetCallerIdentity') {
      return stsAnswer(action, `${role}<UserId>AROAREHEARSAL:plinth</UserId><Account>${account}</Account>`);
    }
    if (action.startsWith('AssumeRole')) {
      const credentials =
        `<Credentials><AccessKeyId>${this.accessKeyId}</AccessKeyId><SecretAccessKey>${this.secretAccessKey}</SecretAccessKey>` +
        `<SessionToken>rehearsal</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>`;
      return stsAnswer(
        action,
        `${credentials}<AssumedRoleUser>${role}<AssumedRoleId>AROAREHEARSAL:plinth</AssumedRoleId></AssumedRoleUser>`,
      );
    }
    return failure(400, 'InvalidAction', `${action} is not known here`);
  }
}

/** SDKs send a body in chunks, each with its length before it and checksums behind the last; what counts is what lies between. */
function plainBody(request: IncomingMessage, body: Buffer): Buffer {
  const streaming = String(request.headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-');
  if (!streaming && !String(request.headers['content-encoding'] ?? '').includes('aws-chunked')) return body;
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length;) {
    const end = body.indexOf('\r\n', at);
    const size = parseInt(body.toString('latin1', at, end < 0 ? body.length : end), 16);
    if (end < 0 || !(size > 0)) break;
    parts.push(body.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
  return Buffer.concat(parts);
}

function aboutOf(request: IncomingMessage): { contentType?: string; metadata: Record<string, string> } {
  const prefix = 'x-amz-meta-';
  const metadata = Object.fromEntries(
    Object.entries(request.headers)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), String(value)]),
  );
  const contentType = request.headers['content-type'];
  return contentType === undefined ? { metadata } : { contentType, metadata };
}

function headersOf(stored: StoredObject): Record<string, string | number> {
  return {
    etag: `"${stored.etag}"`,
    'last-modified': stored.modified.toUTCString(),
    'content-type': stored.contentType,
    ...Object.fromEntries(Object.entries(stored.metadata).map(([name, value]) => [`x-amz-meta-${name}`, value])),
  };
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  const bodyless = response.req.method === 'HEAD' || status === 204 || status === 304;
  const length = bodyless ? {} : { 'content-length': Buffer.byteLength(body ?? '') };
  response.writeHead(status, { ...length, ...headers });
  response.end(bodyless ? undefined : body);
}
