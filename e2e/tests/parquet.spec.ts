// Parquet files, and the SQL of docs/parquet.md over them, against `lanescope summary --json`. No page is needed.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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

function run(args: string[]): string {
  return execFileSync(lanescope, args, { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] });
}

async function compare(inputs: string[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'lanescope-parquet-'));
  try {
    run(['export', '--format', 'parquet', '-o', folder, ...inputs]);
    const summary = JSON.parse(run(['summary', '--json', ...inputs])) as { runs: Record<string, unknown>[] };
    const runs = summary.runs.filter((one) => (one.tests as number) > 0);
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const rows = (await connection.runAndReadAll(sql(folder))).getRowObjectsJS();
    connection.closeSync();
    const byRun = new Map(rows.map((row) => [row.run as string, row]));
    expect(rows.length, inputs.join(' ')).toBe(runs.length);
    for (const one of runs) {
      const row = byRun.get(one.id as string);
      expect(row, `${one.id} of ${inputs}`).toBeTruthy();
      for (const name of counts) {
        const told = row![name];
        expect(told === null ? null : Number(told), `${name} of ${one.label} in ${inputs}`).toBe(one[name] ?? null);
      }
      for (const name of figures) {
        const [told, known] = [row![name], one[name] ?? null];
        const what = `${name} of ${one.label} in ${inputs}`;
        if (known === null) expect(told, what).toBeNull();
        else expect(Math.abs(Number(told) - (known as number)), what).toBeLessThan(1e-9 * Math.max(1, known as number));
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
  let runs = 0;
  for (const format of ['pytest-reportlog', 'junit-xml', 'playwright-json', 'ctrf-json', 'allure-results', 'trx', 'nunit3']) {
    for (const name of readdirSync(join(root, 'fixtures', format))) {
      runs += await compare([join(root, 'fixtures', format, name)]);
    }
  }
  expect(runs).toBeGreaterThan(25);
});

test('SQL over runs of networkx and over forty runs gives the figures of the summary', async () => {
  test.setTimeout(180_000);
  const networkx = join(shared, 'pytest-xdist/networkx');
  if (!existsSync(networkx)) {
    console.log(`skipped: ${networkx} is not here`);
    return;
  }
  const all = readdirSync(networkx).filter((name) => name !== 'oracle.json').map((name) => join(networkx, name));
  expect(await compare(all)).toBeGreaterThan(3);
  expect(await compare([join(shared, 'pytest-flaky')])).toBeGreaterThan(30);
});
