/** A file of an archive. */
export interface TarFile {
  /** At most 100 characters, of ASCII. */
  readonly name: string;
  readonly text: string;
}

const blockBytes = 512;

/** An archive as tar(1) reads it (POSIX ustar). @param mtime seconds since 1970, of every file */
export function tarOf(files: readonly TarFile[], mtime: number): Buffer {
  const parts = files.flatMap(({ name, text }) => {
    const body = Buffer.from(text);
    return [
      headerOf(name, body.length, mtime),
      body,
      Buffer.alloc((blockBytes - (body.length % blockBytes)) % blockBytes),
    ];
  });
  // Two blocks of zeros are the end.
  return Buffer.concat([...parts, Buffer.alloc(2 * blockBytes)]);
}

function headerOf(name: string, size: number, mtime: number): Buffer {
  const header = Buffer.alloc(blockBytes);
  const octal = (value: number, offset: number, length: number): void => {
    header.write(`${value.toString(8).padStart(length - 1, '0')}\0`, offset, 'latin1');
  };
  header.write(name, 0, 100, 'latin1');
  octal(0o600, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(mtime, 136, 12);
  header.write('        ', 148, 'latin1');
  header.write('0', 156, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  // Of all bytes, with spaces where it stands itself.
  octal(
    header.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  return header;
}
