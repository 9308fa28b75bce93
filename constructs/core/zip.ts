/** A ZIP archive of these files, uncompressed: the same bytes for the same files, without a clock and without a temporary file. */
export function zip(files: Readonly<Record<string, string>>): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [path, text] of Object.entries(files)) {
    const name = Buffer.from(path);
    const data = Buffer.from(text);
    // https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.7: version, flags (names are UTF-8), stored, time, date.
    const facts = Buffer.alloc(26);
    [20, 0x0800, 0, 0, 0x21].forEach((value, index) => facts.writeUInt16LE(value, index * 2));
    [crc32(data), data.length, data.length].forEach((value, index) => facts.writeUInt32LE(value, 10 + index * 4));
    facts.writeUInt16LE(name.length, 22);
    const body = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), facts, name, data]);
    // 4.3.12: as above between the version that made it and where the file begins; readable by all.
    const entry = Buffer.alloc(14);
    entry.writeUInt32LE(0o100644 * 0x10000, 6);
    entry.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x03', 'latin1'), facts, entry, name);
    bodies.push(body);
    offset += body.length;
  }
  const list = Buffer.concat(directory);
  const count = bodies.length;
  const end = Buffer.alloc(18);
  [0, 0, count, count].forEach((value, index) => end.writeUInt16LE(value, index * 2));
  end.writeUInt32LE(list.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...bodies, list, Buffer.from('PK\x05\x06', 'latin1'), end]);
}

function crc32(data: Buffer): number {
  let crc = ~0;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
