/** A tar archive (POSIX ustar) of a few small files: names of at most 100 ASCII characters. */
export function tar(files: readonly { readonly name: string; readonly text: string }[], atMs: number): Uint8Array {
  const blocks: Buffer[] = [];
  for (const { name, text } of files) {
    const body = Buffer.from(text);
    blocks.push(header(name, body.length, atMs), body, Buffer.alloc((BLOCK - (body.length % BLOCK)) % BLOCK));
  }
  // Two empty blocks end an archive.
  blocks.push(Buffer.alloc(2 * BLOCK));
  return Buffer.concat(blocks);
}

const BLOCK = 512;
const CHECKSUM_AT = 148;

function header(name: string, size: number, atMs: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, "0");
  block.write(name, 0, 100, "ascii");
  block.write(octal(0o600, 7), 100);
  block.write(octal(0, 7), 108);
  block.write(octal(0, 7), 116);
  block.write(octal(size, 11), 124);
  block.write(octal(Math.floor(atMs / 1_000), 11), 136);
  block.write("        ", CHECKSUM_AT);
  block.write("0", 156);
  block.write("ustar\u000000", 257);
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${octal(sum, 6)}\0 `, CHECKSUM_AT);
  return block;
}
