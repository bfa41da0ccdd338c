// How long it takes from a file chosen to overview and timeline drawn, in a warm page, beside the floors that
// `cargo xtask bench` prints for the same bytes natively. Median of five; the longest task on the page's thread.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { tmpdir } from 'node:os';
import { gunzipSync } from 'node:zlib';
import { chromium } from '@playwright/test';
import { serve } from './support/server.mjs';

const ROUNDS = 5;
const root = resolve(import.meta.dirname, '..');
const large = join(root, '../shared/artifacts/large');
const demo = join(root, 'public/demo');

/** The plain form of a gzipped input, kept between runs. */
function plain(name) {
  const folder = join(tmpdir(), 'lanescope-bench');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  if (!existsSync(path)) {
    writeFileSync(path, gunzipSync(readFileSync(join(large, `${name}.gz`))));
  }
  return path;
}

const inputs = existsSync(large)
  ? [
      ['JUnit 10k', join(large, 'junit-10k.xml'), 220],
      ['reportlog 10k', plain('reportlog-10k.jsonl'), 220],
      ['reportlog 10k, gzip', join(large, 'reportlog-10k.jsonl.gz'), 220],
      ['JUnit 100k', plain('junit-100k.xml'), 700],
      ['JUnit 100k, gzip', join(large, 'junit-100k.xml.gz'), 700],
      ['reportlog 100k', plain('reportlog-100k.jsonl'), 1000],
      ['reportlog 100k, gzip', join(large, 'reportlog-100k.jsonl.gz'), 1000],
    ]
  : [['demo reportlog, gzip', join(demo, 'parallel.reportlog.jsonl.gz'), 220]];

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];
const host = await serve(process.env.DIST ? { folder: process.env.DIST } : {});
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags });
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const rows = [];
for (const [name, path, goal] of inputs) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.addInitScript(() => {
    window.longest = 0;
    new PerformanceObserver((list) => {
      for (const task of list.getEntries()) window.longest = Math.max(window.longest, task.duration);
    }).observe({ type: 'longtask' });
    document.addEventListener('change', () => { performance.clearMarks(); performance.mark('bench:chosen'); }, true);
  });
  await page.goto(host.url);
  await page.waitForSelector('html[data-state=empty]');
  const times = { ready: [], drawn: [] };
  for (let round = 0; round <= ROUNDS; round++) {
    if (round > 0) {
      await page.getByRole('button', { name: 'Close all runs' }).click();
      await page.waitForSelector('html[data-state=empty]');
    }
    await page.evaluate(() => { window.longest = 0; });
    await page.locator('input[type=file][multiple]').first().setInputFiles(path);
    await page.waitForFunction(() => ['lanescope:ready', 'lanescope:timeline'].every((m) => performance.getEntriesByName(m).length));
    const at = await page.evaluate(() => {
      const time = (name) => performance.getEntriesByName(name).at(-1).startTime;
      return { ready: time('lanescope:ready') - time('bench:chosen'), drawn: time('lanescope:timeline') - time('bench:chosen') };
    });
    // The first round warms the page.
    if (round > 0) {
      times.ready.push(at.ready);
      times.drawn.push(Math.max(at.ready, at.drawn));
    }
  }
  const longest = await page.evaluate(() => window.longest);
  rows.push({ input: name, goal_ms: goal, overview_ms: Math.round(median(times.ready)), drawn_ms: Math.round(median(times.drawn)),
    of_goal: `${Math.round((median(times.drawn) / goal) * 100)} %`, longest_task_ms: longest === 0 ? '< 50' : Math.round(longest) });
  await page.close();
}
console.table(rows);
await browser.close();
await host.close();
