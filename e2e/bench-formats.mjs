// How fast each format is read in the browser's worker, beside the command line: run it after
// `cargo xtask throughput`, which makes the files and measures natively. Best of thirty, about as many as natively: two readers
// take turns, and each is compiled to its best only after some files. A browser hands over a file at its own pace, and
// takes some milliseconds for its first bytes: the last column leaves that wait out.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chromium } from '@playwright/test';
import { serve } from './support/server.mjs';

const ROUNDS = 30;
const folder = resolve(import.meta.dirname, '../target/throughput');
const figures = join(folder, 'native.json');
if (!existsSync(figures)) {
  console.log(`${figures} is missing: \`cargo xtask throughput\` makes it; formats are not measured`);
  process.exit(0);
}
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];
const host = await serve(process.env.DIST ? { folder: process.env.DIST } : {});
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags });
const rows = [];
for (const { name, bytes, tests, read_s } of JSON.parse(readFileSync(figures, 'utf8'))) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  // A reader that has grown would be replaced, and take its marks along.
  await page.addInitScript(() => {
    Object.defineProperty(Worker.prototype, 'onmessage', {
      set(listener) {
        this.addEventListener('message', (event) => {
          delete event.data.spent;
          listener.call(this, event);
        });
      },
    });
  });
  await page.goto(host.url);
  await page.waitForSelector('html[data-state=empty]');
  let [best, bestAlone] = [Infinity, Infinity];
  for (let round = 0; round < ROUNDS; round++) {
    if (round > 0) {
      await page.getByRole('button', { name: 'Close all runs' }).click();
      await page.waitForSelector('html[data-state=empty]');
    }
    await page.locator('input[type=file][multiple]').first().setInputFiles(join(folder, name));
    await page.waitForSelector('html[data-state=ready]', { timeout: 120_000 });
    // The reader that finished last is the one that read it.
    for (const worker of page.workers().filter((worker) => worker.url().includes('reader'))) {
      const [took, waited] = await worker.evaluate(() => {
        const last = (mark) => performance.getEntriesByName(mark).at(-1)?.startTime ?? 0;
        const took = last('lanescope:read') - last('lanescope:reading');
        const waits = performance.getEntriesByType('mark').map(({ name }) => /^lanescope:waited (\d+) us$/.exec(name)?.[1] ?? 0);
        performance.clearMarks();
        return [took, waits.reduce((sum, us) => sum + us / 1e3, 0)];
      });
      if (took > 0) {
        best = Math.min(best, took / 1e3);
        bestAlone = Math.min(bestAlone, (took - waited) / 1e3);
      }
    }
  }
  const mb = bytes / 1e6;
  rows.push({ read: name, MB: mb.toFixed(1), tests, 'MB/s in the worker': Math.round(mb / best), 'tests/s': Math.round(tests / best),
    'of native': `${Math.round((read_s / best) * 100)} %`, 'without the wait': `${Math.round((read_s / bestAlone) * 100)} %` });
  await page.close();
}
console.table(rows);
await browser.close();
await host.close();
