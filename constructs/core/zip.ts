import { zipSync } from 'fflate';

/** A ZIP archive of these files, uncompressed: the same bytes for the same files, whenever and wherever it is made. */
export function zip(files: Readonly<Record<string, string>>): Buffer {
  const entries = Object.entries(files).map(([path, text]) => [path, Buffer.from(text)] as const);
  // ZIP knows no time zone: fflate writes the local one of a Date, and 1980 is the first that the format can say.
  return Buffer.from(
    zipSync(Object.fromEntries(entries), { level: 0, mtime: new Date(1980, 0, 1), os: 3, attrs: 0o644 << 16 }),
  );
}
