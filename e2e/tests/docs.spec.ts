// The commands of the documentation, as they stand there, in a folder as it says.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect, test } from '@playwright/test';
import { demo, root } from '../support/data.ts';
import { history } from '../support/history.ts';

/** A fresh folder with what the pages speak of. */
function folder(): string {
  const at = mkdtempSync(join(tmpdir(), 'lanescope-docs-'));
  for (const [name, run] of [['artifacts', 'parallel'], ['after', 'parallel'], ['before', 'sequential']]) {
    mkdirSync(join(at, name));
    cpSync(demo(`${run}.reportlog.jsonl.gz`), join(at, name, 'report.jsonl.gz'));
    cpSync(demo(`${run}.junit.xml`), join(at, name, 'junit.xml'));
    cpSync(demo(`${run}.log`), join(at, name, 'console.log'));
  }
  mkdirSync(join(at, 'history'));
  for (const { name, buffer } of history) writeFileSync(join(at, 'history', name), buffer);
  mkdirSync(join(at, 'measured'));
  for (const path of ['cobertura', 'pytest-benchmark']) {
    const [first] = readdirSync(join(root, 'fixtures', path)).filter((name) => /\.(xml|json)$/.test(name));
    cpSync(join(root, 'fixtures', path, first), join(at, 'measured', first));
  }
  mkdirSync(join(at, 'bin'));
  symlinkSync(join(root, 'target/release/lanescope'), join(at, 'bin/lanescope'));
  return at;
}

for (const page of readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'))) {
  const blocks = [...readFileSync(join(root, 'docs', page), 'utf8').matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block);
  if (blocks.length === 0) continue;
  test(`the commands of docs/${page} work as written`, async () => {
    test.setTimeout(300_000);
    const at = folder();
    const env = { ...process.env, PATH: `${join(at, 'bin')}${delimiter}${process.env.PATH}` };
    const lines = blocks.flatMap((block) => block.split('\n')).filter((line) => line.trim());
    for (const line of lines) {
      if (/^zip /.test(line) && spawnSync('zip', ['-v']).status !== 0) {
        console.log(`left out, there is no zip here: ${line}`);
        continue;
      }
      const { status, stdout, stderr } = spawnSync('bash', ['-euo', 'pipefail', '-c', line], { cwd: at, env, encoding: 'utf8', maxBuffer: 1 << 28 });
      // A gate that does not hold has done its work; and says so.
      const held = !(line.startsWith('lanescope check') && status === 1 && /^fails: /m.test(stdout));
      if (held) expect(status, `${line}\n${stdout.slice(-800)}\n${stderr.slice(-800)}`).toBe(0);
    }
  });
}

test('every page of the documentation is linked from the README, and no link leads nowhere', async () => {
  const pages = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  for (const page of pages) expect(readme).toContain(`docs/${page}`);
  for (const page of ['README.md', ...pages.map((name) => `docs/${name}`)]) {
    const text = readFileSync(join(root, page), 'utf8');
    for (const [, link] of text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) {
      expect(existsSync(join(root, page, '..', link)), `${link} in ${page}`).toBe(true);
    }
  }
});
