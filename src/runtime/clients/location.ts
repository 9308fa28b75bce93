import { PlinthError, parseLocation } from '@plinth/contract';
import { FolderLocation } from './folder.js';
import { S3Location } from './s3.js';

/** A file below a location. */
export interface ListedFile {
  /** Relative to the location, with `/` between its parts. */
  readonly name: string;
  readonly bytes: number;
  readonly modified: Date;
  /** Changes when the content does: the entity tag in S3, size and time of change in a folder. */
  readonly tag: string;
}

/** Which files to list. */
export interface ListOptions {
  /** Only below this folder, relative to the location. */
  readonly under?: string;
  /** Only names after this one, in the order of the list. */
  readonly after?: string;
}

/** A folder or a prefix in a bucket, read and written alike. Opening one touches nothing. */
export interface LocationClient {
  /** As the configuration names it. */
  readonly text: string;
  /** Every file, sorted by name as bytes; a folder or prefix that is not there has none. Names that begin with a dot are left out. */
  list(options?: ListOptions): Promise<ListedFile[]>;
  /** @throws PlinthError `not-found`, or `location-unreadable` */
  read(name: string): Promise<Buffer>;
  /** Copies the file to a path on this machine; a reader of that path never sees half of it. */
  download(name: string, path: string): Promise<void>;
  /** Writes whole or not at all. @throws PlinthError `location-unwritable` */
  write(name: string, body: string | Uint8Array): Promise<void>;
}

/** Opens a location as the configuration names it. S3 honours the usual AWS variables, AWS_ENDPOINT_URL_S3 among them. */
export function openLocation(text: string): LocationClient {
  const parsed = parseLocation(text);
  return parsed.kind === 'folder'
    ? new FolderLocation(text, parsed.path)
    : new S3Location(text, parsed.bucket, parsed.prefix);
}

/** Reads a file that is named as a location of its own: `s3://bucket/prefix/profile.json` or a path. */
export async function readLocation(text: string): Promise<Buffer> {
  const cut = text.lastIndexOf('/');
  if (cut === text.length - 1 || /^s3:\/\/[^/]*$/.test(text))
    throw new PlinthError({
      code: 'not-a-file',
      what: 'a file is wanted',
      where: text,
      why: 'this names a folder',
      cure: 'add the name of the file',
    });
  const folder = cut < 0 ? '.' : cut === 0 ? '/' : text.slice(0, cut);
  return openLocation(folder).read(text.slice(cut + 1));
}

/**
 * Looks at a location again and again, and yields the files that are new or changed since the look before, sorted by name.
 * The first look yields all. Looks that find nothing yield nothing; a look that fails is told to `onError` and tried again.
 */
export async function* watchLocation(
  client: LocationClient,
  options: { everySeconds: number; signal: AbortSignal; under?: string; onError?: (error: unknown) => void },
): AsyncGenerator<ListedFile[]> {
  let seen = new Map<string, string>();
  while (!options.signal.aborted) {
    try {
      const files = await client.list(options.under === undefined ? {} : { under: options.under });
      const news = files.filter((file) => seen.get(file.name) !== file.tag);
      seen = new Map(files.map((file) => [file.name, file.tag]));
      if (news.length > 0) yield news;
    } catch (error) {
      options.onError?.(error);
    }
    await pause(options.everySeconds * 1000, options.signal);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
