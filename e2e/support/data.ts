import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { join, resolve } from 'node:path';

/** The root of the repository. */
export const root = resolve(import.meta.dirname, '../..');

/** The bundled demo, as files. */
export const demo = (name: string) => join(root, 'public/demo', name);

/** Six files: the parallel run and its sequential one. */
export const demoFiles = ['parallel', 'sequential'].flatMap((run) => [
  demo(`${run}.reportlog.jsonl.gz`),
  demo(`${run}.junit.xml`),
  demo(`${run}.log`),
]);

/** Artifacts of real runs that lie beside the repository on some machines; `null` elsewhere. */
export const artifacts = existsSync(join(root, '../shared/artifacts')) ? join(root, '../shared/artifacts') : null;

/** Figures of a run as the contract names them. */
export interface RunSummary {
  id: string;
  label: string;
  [name: string]: unknown;
}

/** What `lanescope summary --json` says of these inputs. */
export function summary(...inputs: string[]): { files: { path: string; status: string }[]; runs: RunSummary[] } {
  const lanescope = join(root, 'target/release/lanescope');
  const out = execFileSync(lanescope, ['summary', '--json', ...inputs], { maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] });
  return JSON.parse(out.toString());
}

/** A file made up for a test. */
export function file(name: string, text: string | Buffer) {
  return { name, mimeType: 'application/octet-stream', buffer: Buffer.from(text) };
}

/** A small JUnit report with one failure. */
export const junit = `<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite name="pytest" errors="0" failures="1" skipped="0" tests="2" time="1.5" timestamp="2026-03-02T08:12:41+00:00" hostname="vm"><testcase classname="tests.test_a" name="test_good" time="0.5" /><testcase classname="tests.test_a" name="test_bad" time="0.7"><failure message="assert 1 == 2">def test_bad(): assert 1 == 2</failure></testcase></testsuite></testsuites>`;

export const gz = (text: string) => gzipSync(Buffer.from(text));
export const text = (path: string) => readFileSync(path, 'utf8');

/** A tar archive of these files. */
export function tar(files: [string, string | Buffer][]): Buffer {
  const blocks = files.flatMap(([name, content]) => {
    const body = Buffer.from(content);
    const head = Buffer.alloc(512);
    head.write(name, 0);
    head.write('0000644\0', 100);
    head.write(`${body.length.toString(8).padStart(11, '0')}\0`, 124);
    head.write('00000000000\0', 136);
    head.write('        ', 148);
    head.write('0', 156);
    head.write('ustar\x0000', 257);
    const sum = head.reduce((all, byte) => all + byte, 0);
    head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    return [head, body, Buffer.alloc((512 - (body.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** A zip archive of these files, deflated, as a CI service packs artifacts. */
export function zip(files: [string, Buffer][]): Buffer {
  const numbers = (...all: [number, 2 | 4][]) =>
    Buffer.concat(all.map(([value, bytes]) => {
      const buffer = Buffer.alloc(bytes);
      buffer.writeUIntLE(value, 0, bytes);
      return buffer;
    }));
  const [local, central]: Buffer[][] = [[], []];
  let at = 0;
  for (const [name, content] of files) {
    const [path, packed] = [Buffer.from(name), deflateRawSync(content)];
    // Version, flags, method, time, date, checksum, lengths.
    const common = numbers([20, 2], [0x800, 2], [8, 2], [0, 2], [0x5a21, 2], [crc32(content), 4], [packed.length, 4], [content.length, 4], [path.length, 2], [0, 2]);
    const entry = Buffer.concat([numbers([0x04034b50, 4]), common, path, packed]);
    local.push(entry);
    central.push(numbers([0x02014b50, 4], [20, 2]), common, numbers([0, 2], [0, 2], [0, 2], [0, 4], [at, 4]), path);
    at += entry.length;
  }
  const directory = Buffer.concat(central);
  const end = numbers([0x06054b50, 4], [0, 2], [0, 2], [files.length, 2], [files.length, 2], [directory.length, 4], [at, 4], [0, 2]);
  return Buffer.concat([...local, directory, end]);
}
