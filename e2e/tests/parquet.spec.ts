// Parquet files, and the SQL of docs/parquet.md over them, against `lanescope summary --json`. No page is needed.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from '@playwright/test';

const root = join(import.meta.dirname, '../..');
const lanescope = process.env.LANESCOPE ?? join(root, 'target/release/lanescope');
const shared = join(root, '../shared/artifacts');
const counts = ['tests', 'attempts', 'passed', 'failed', 'errors', 'skipped', 'xfailed', 'xpassed', 'unknown', 'flaky', 'workers'];
const figures = ['wall_s', 'session_s', 'busy_s', 'parallelism', 'utilisation', 'lower_bound_s'];

// The first SQL of the document: what a reader copies is what is tested.
function sql(folder: string): string {
  const found = /```sql\n([\s\S]*?)```/.exec(readFileSync(join(root, 'docs/parquet.md'), 'utf8'));
  expect(found).not.toBeNull();
  return found![1].replaceAll('DIR', folder);
}

/** What the command says, where it could read something. */
function run(args: string[]): string | null {
  const { status, stdout, stderr } = spawnSync(lanescope, args, { encoding: 'utf8', maxBuffer: 1 << 29 });
  expect([0, 2], `${args.join(' ')}: ${stderr}`).toContain(status);
  return stdout || null;
}

interface Summary {
  runs: ({ id: string; label: string; tests: number } & Record<string, unknown>)[];
}

/** Compares all runs of these inputs; gives how many there are. */
async function compare(inputs: string[]): Promise<number> {
  const known = run(['summary', '--json', ...inputs]);
  const runs = known ? (JSON.parse(known) as Summary).runs.filter(({ tests }) => tests > 0) : [];
  if (runs.length === 0) return 0;
  const folder = mkdtempSync(join(tmpdir(), 'lanescope-parquet-'));
  try {
    run(['export', '--format', 'parquet', '-o', folder, ...inputs]);
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const rows = (await connection.runAndReadAll(sql(folder))).getRowObjectsJS();
    connection.closeSync();
    const byRun = new Map(rows.map((row) => [row.run as string, row]));
    expect.soft(rows.length, inputs.join(' ')).toBe(runs.length);
    for (const one of runs) {
      const row = byRun.get(one.id);
      expect.soft(row, `${one.id} of ${inputs}`).toBeTruthy();
      if (!row) continue;
      for (const name of counts) {
        const told = row[name];
        expect.soft(told === null ? null : Number(told), `${name} of ${one.label} in ${inputs}`).toBe(one[name] ?? null);
      }
      for (const name of figures) {
        const [told, known] = [row[name], one[name] ?? null];
        const what = `${name} of ${one.label} in ${inputs}`;
        if (known === null) expect.soft(told, what).toBeNull();
        else if (told === null) expect.soft(told, what).toBe(known);
        else expect.soft(Math.abs(Number(told) - (known as number)), what).toBeLessThan(1e-9 * Math.max(1, known as number));
      }
    }
    return runs.length;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('SQL over the demo gives the figures of the summary', async () => {
  expect(await compare([join(root, 'public/demo')])).toBe(2);
});

test('SQL over fixtures gives the figures of the summary', async () => {
  test.setTimeout(600_000);
  let runs = 0;
  for (const path of below(join(root, 'fixtures')).files) runs += await compare([path]);
  expect(runs).toBeGreaterThan(90);
});

/** Files below a folder, and the folders that hold some. */
function below(folder: string): { files: string[]; folders: string[] } {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  const files = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
  return { files, folders: [...new Set(files.map(dirname))].sort() };
}

// Every run that stands beside the repository: each file by itself, and each folder as a whole, where files join.
for (const [name, least] of [
  ['pytest-xdist', 15], ['nextest', 10], ['js', 40], ['formats', 40], ['pytest-benchmark', 3], ['pytest-flaky', 40], ['large', 200], ['hostile', 40],
] as const) {
  test(`SQL over all runs of ${name} gives the figures of the summary`, async () => {
    test.setTimeout(900_000);
    const folder = join(shared, name);
    if (!existsSync(folder)) {
      console.log(`skipped: ${folder} is not here`);
      return;
    }
    const { files, folders } = below(folder);
    let [runs, inputs] = [0, 0];
    for (const path of [...files, ...(name === 'large' ? [] : folders)]) {
      if (/(^|\/)(oracle|truth|expected)\.json$|\.(md|py)$/.test(path)) continue;
      if (/-1m\./.test(path)) {
        console.log(`skipped: ${path} takes minutes, and has nothing that the one with 100 000 tests has not`);
        continue;
      }
      const found = await compare([path]);
      runs += found;
      inputs += found > 0 ? 1 : 0;
    }
    console.log(`${name}: ${runs} runs out of ${inputs} of ${files.length} files and ${folders.length} folders`);
    expect(runs).toBeGreaterThan(least);
  });
}
