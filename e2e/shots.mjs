// Pictures of every view, to be looked at: `node shots.mjs [folder] [data …]`, data one of the names below.
// 1440 × 900 and 390 × 844, light and dark. The README's picture is taken from here too.
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chromium } from '@playwright/test';
import { serve } from './support/server.mjs';

const root = resolve(import.meta.dirname, '..');
const shared = join(root, '../shared/artifacts');
const inFolder = (folder, pattern) =>
  existsSync(folder) ? readdirSync(folder).filter((name) => pattern.test(name)).map((name) => join(folder, name)) : [];
const DATA = {
  demo: inFolder(join(root, 'public/demo'), /\./),
  networkx: inFolder(join(shared, 'pytest-xdist/networkx'), /^(n4-load|seq)\.(junit|log|reportlog)/),
  large: inFolder(join(shared, 'large'), /^reportlog-10k/),
  junit: inFolder(join(shared, 'pytest-xdist/networkx'), /^n4-load\.junit/),
  flaky: inFolder(join(shared, 'pytest-flaky/runs/run-002'), /./),
  iosuite: inFolder(join(shared, 'pytest-xdist/iosuite'), /^(n\d+|seq).*\.(junit|log|reportlog)/),
};
const [out = join(root, 'e2e/shots'), ...wanted] = process.argv.slice(2);
mkdirSync(out, { recursive: true });
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];
const sizes = [[1440, 900], [390, 844]];
const host = await serve(process.env.DIST ? { folder: process.env.DIST } : {});
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags });
for (const [width, height] of sizes) {
  for (const colorScheme of ['light', 'dark']) {
    const page = await browser.newPage({ viewport: { width, height }, colorScheme });
    page.on('console', (m) => m.type() === 'error' && console.log('console:', m.text()));
    page.on('pageerror', (e) => console.log('exception:', e.message));
    const shot = async (name) => {
      // Two frames, so that what was set is drawn.
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      await page.screenshot({ path: join(out, `${name}-${width}-${colorScheme}.png`) });
    };
    await page.goto(host.url);
    await page.waitForSelector('main[data-view]');
    await shot('open');
    for (const data of wanted.length ? wanted : ['demo']) {
      await page.goto(host.url);
      await page.waitForSelector('main[data-view]');
      await page.reload();
      await page.waitForSelector('html[data-state=empty]');
      await page.locator('input[type=file][multiple]').first().setInputFiles(DATA[data]);
      await page.waitForSelector('html[data-state=ready]', { timeout: 60_000 });
      await page.waitForFunction(() => performance.getEntriesByName('lanescope:timeline').length > 0, { timeout: 5_000 }).catch(() => console.log('no timeline mark', data));
      await shot(`${data}-overview`);
      await page.screenshot({ path: join(out, `${data}-overview-full-${width}-${colorScheme}.png`), fullPage: true });
      await page.keyboard.press('2');
      await page.waitForTimeout(400);
      await shot(`${data}-timeline`);
      await page.keyboard.press('3');
      await page.locator('[role=row][data-test]').first().waitFor({ timeout: 5_000 }).catch(() => console.log('no rows', data));
      await shot(`${data}-tests`);
      await page.locator('[role=row][data-test]').first().click().catch(() => {});
      await page.waitForTimeout(300);
      await shot(`${data}-test`);
    }
    await page.close();
  }
}
await browser.close();
await host.close();
