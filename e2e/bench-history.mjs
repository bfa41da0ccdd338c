// How long a history takes from bytes to ranking, and how fluid its heat map is: 200 runs × 2,000 tests scrolled by real
// wheel events in both directions, with the time between frames, of each draw, and the longest task on the page's thread.
// `node bench-history.mjs [--goal] FOLDER`, a folder for each run in it; with --goal it fails where a goal is missed.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { serve } from './support/server.mjs';

const GOAL = { ranking: 5000, frame: 16.7, task: 50 };
const args = process.argv.slice(2);
const strict = args.includes('--goal');
const folder = args.find((word) => !word.startsWith('--'));
if (!folder) {
  console.error('usage: node bench-history.mjs [--goal] FOLDER');
  process.exit(2);
}
const files = readdirSync(folder, { recursive: true }).map((name) => join(folder, name)).filter((path) => statSync(path).isFile());
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags });
const host = await serve(process.env.DIST ? { folder: process.env.DIST } : {});
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
await page.addInitScript(() => {
  window.bench = { frames: [], tasks: [], on: false };
  new PerformanceObserver((list) => list.getEntries().forEach((t) => window.bench.tasks.push([t.startTime, t.duration]))).observe({ type: 'longtask' });
  document.addEventListener('change', () => performance.mark('bench:chosen'), true);
  let before = 0;
  const frame = (now) => {
    if (window.bench.on && before) window.bench.frames.push(now - before);
    before = now;
    if (!window.bench.ranking && document.querySelector('[data-flaky-test]')) window.bench.ranking = performance.now();
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
});
await page.goto(`${host.url}#/flaky`);
await page.waitForSelector('html[data-state=empty]');
await page.locator('input[type=file][multiple]').first().setInputFiles(files);
await page.waitForFunction(() => window.bench.ranking, undefined, { timeout: 120_000 });
const opened = await page.evaluate(() => {
  const at = (name) => performance.getEntriesByName(name).at(-1)?.startTime ?? NaN;
  const began = at('bench:chosen');
  const tasks = window.bench.tasks.filter(([start]) => start >= began).map((t) => t[1]);
  return { ranking: window.bench.ranking - began, ready: at('lanescope:ready') - began, longest: Math.max(0, ...tasks) };
});
await page.evaluate(() => { location.hash = '#/flaky?show=heat&class=all'; });
await page.waitForFunction(() => performance.getEntriesByName('lanescope:heat').length > 0);
await page.waitForTimeout(1000);
const box = await page.locator('[data-heat]').boundingBox();
await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
await page.evaluate(() => {
  window.bench.tasks = [];
  window.bench.frames = [];
  window.bench.on = true;
  performance.clearMeasures('lanescope:heat');
});
for (let i = 0; i < 120; i++) await page.mouse.wheel(0, 240);
for (let i = 0; i < 40; i++) await page.mouse.wheel(-160, 0);
for (let i = 0; i < 60; i++) await page.mouse.wheel(120, -300);
const seen = await page.evaluate(() => {
  window.bench.on = false;
  const draws = performance.getEntriesByName('lanescope:heat').map((m) => m.duration);
  return { frames: window.bench.frames, draws, longest: Math.max(0, ...window.bench.tasks.map((t) => t[1])) };
});
const share = (values, part) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? NaN;
const ms = (value) => Math.round(value * 10) / 10;
const task = (value) => (value === 0 ? '< 50' : ms(value));
console.log('Milliseconds.');
console.table([{
  files: files.length, ready: ms(opened.ready), ranking: ms(opened.ranking), longest_at_open: task(opened.longest),
  frames: seen.frames.length, frame_median: ms(share(seen.frames, 0.5)), frame_p95: ms(share(seen.frames, 0.95)),
  draw_median: ms(share(seen.draws, 0.5)), draw_p95: ms(share(seen.draws, 0.95)), longest_task: task(seen.longest),
}]);
await browser.close();
await host.close();
if (strict && (opened.ranking > GOAL.ranking || share(seen.frames, 0.95) > GOAL.frame + 0.1 || seen.longest > GOAL.task)) {
  console.error('Goals missed: ranking within 5 s, frames 16.7 ms at the 95th percentile, no task over 50 ms.');
  process.exit(1);
}
