import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { demo, root } from '../support/data.ts';
import { expect, test } from '../support/app.ts';
import { serve } from '../support/server.mjs';

test.use({ serviceWorkers: 'allow' });

const report = demo('parallel.reportlog.jsonl.gz');
const dist = join(root, 'dist');

/** Waits until a whole build is kept. */
async function kept(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const { active } = await navigator.serviceWorker.ready;
    if (active?.state !== 'activated') await new Promise((done) => active?.addEventListener('statechange', done, { once: true }));
  });
}

const all = (folder: string, prefix = ''): string[] =>
  readdirSync(folder).flatMap((name) => (statSync(join(folder, name)).isDirectory() ? all(join(folder, name), `${prefix}${name}/`) : [prefix + name]));

/** A copy of the build under another build id: each wasm says the id that it was built with. */
function another(folder: string, id: string): string {
  cpSync(dist, folder, { recursive: true });
  const old = /\d+\.\d+\.\d+-[0-9a-f]{12}/;
  for (const name of readdirSync(folder).filter((name) => name.endsWith('.wasm'))) {
    const bytes = readFileSync(join(folder, name), 'latin1');
    expect(bytes, name).toMatch(old);
    writeFileSync(join(folder, name), bytes.replace(old, (was) => id.padEnd(was.length, '0').slice(0, was.length)), 'latin1');
  }
  const names = all(folder).filter((name) => name !== 'sw.js' && name !== '404.html');
  const hashes = Object.fromEntries(names.map((name) => [name, createHash('sha256').update(readFileSync(join(folder, name))).digest('base64')]));
  const script = readFileSync(join(folder, 'sw.js'), 'utf8');
  const changed = script.replace(/const FILES = \{[^}]*\};/, `const FILES = ${JSON.stringify(hashes)};`).replace(/const BUILD = '[^']*'/, `const BUILD = '${id}'`);
  expect(changed).not.toBe(script);
  writeFileSync(join(folder, 'sw.js'), changed);
  return folder;
}

/** The build that a page's own files are of. */
const build = (page: Page) =>
  page.evaluate(async () => {
    const bytes = await (await fetch('./lanescope-worker_bg.wasm')).arrayBuffer();
    return /\d\.\d\.\d-[0-9a-f]{12}|new-build/.exec(new TextDecoder('latin1').decode(bytes))?.[0] ?? '';
  });

test('after one visit everything works without a network', async ({ app, host, context }) => {
  await app.open();
  await kept(app.page);
  await host.close();
  await context.setOffline(true);
  await app.page.goto('about:blank');
  await app.open('#/timeline');
  await app.choose(report);
  await app.state('ready');
  await expect(app.page.locator('canvas[data-timeline]')).toHaveAttribute('data-lanes', '10');
  await app.page.evaluate(() => { location.hash = '#/speedup'; });
  await expect(app.page.locator('[data-metric="what_if.makespan_s"]')).toBeVisible();
});

test('the demo is kept once it was opened, and not before', async ({ app }) => {
  await app.open();
  await kept(app.page);
  const demos = () =>
    app.page.evaluate(async () => {
      const cache = await caches.open((await caches.keys())[0]!);
      return (await cache.keys()).filter(({ url }) => url.includes('/demo/')).length;
    });
  expect(await demos()).toBe(0);
  await app.page.reload();
  await app.page.evaluate(() => { location.hash = '#/overview?src=demo/parallel.reportlog.jsonl.gz'; });
  await app.state('ready');
  expect(await demos()).toBe(1);
});

test('a new version comes as a whole, and only when it is asked for', async ({ app, context }, info) => {
  mkdirSync(info.outputDir, { recursive: true });
  const folder = join(info.outputDir, 'served');
  const swap = (to: string) => {
    symlinkSync(to, `${folder}.next`);
    renameSync(`${folder}.next`, folder);
  };
  swap(dist);
  const host = await serve({ folder, base: '/' });
  const page = app.page;
  const at = async (page: Page) => {
    await page.goto(host.url);
    await page.locator('main[data-view]').waitFor();
  };
  // The fixture knows another host.
  app.expectProblem(/request to another origin/);
  await at(page);
  await kept(page);
  await page.reload();
  const first = await build(page);

  swap(another(join(info.outputDir, 'new'), 'new-build'));
  await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
  const notice = page.locator('.new-version');
  await expect(notice).toContainText('A new version is ready');
  // The host has the new one; this page goes on with its own, also with what it fetches only now.
  expect(await build(page)).toBe(first);
  await page.locator('input[type=file][multiple]').first().setInputFiles(report);
  await page.evaluate(() => { location.hash = '#/speedup'; });
  await expect(page.locator('[data-metric="what_if.makespan_s"]')).toBeVisible();
  await expect(page.locator('[role=alert]')).toHaveCount(0);

  const other = await context.newPage();
  await at(other);
  expect(await build(other)).toBe(first);
  await notice.getByRole('button').click();
  await expect(notice).toContainText('Close the other pages');
  await other.close();
  // The browser takes a moment to see that a page is closed. What is fetched at this very moment may keep the worker in
  // use alive, and must not hold up the new one.
  await expect(async () => {
    if (await notice.isVisible()) await notice.getByRole('button').click({ timeout: 500 });
    await build(page).catch(() => {});
    await expect(notice).toHaveCount(0, { timeout: 4_000 });
  }).toPass();
  await page.locator('main[data-view]').waitFor();
  expect(await build(page)).toBe('new-build');
  await page.locator('input[type=file][multiple]').first().setInputFiles(report);
  await expect(page.locator('html')).toHaveAttribute('data-state', 'ready');
  await expect(page.locator('[role=alert]')).toHaveCount(0);
  expect(await page.evaluate(() => caches.keys())).toHaveLength(1);
  await host.close();
});

test('a build that is half on its host is not taken', async ({ app, page }, info) => {
  const folder = another(join(info.outputDir, 'half'), 'new-build');
  // As in the middle of an upload: the list is the new one, a file is not.
  cpSync(join(dist, 'lanescope-lab_bg.wasm'), join(folder, 'lanescope-lab_bg.wasm'));
  const host = await serve({ folder, base: '/' });
  app.expectProblem(/request to another origin|of another build/);
  await page.goto(host.url);
  const state = await page.evaluate(async () => {
    const { installing, active } = await navigator.serviceWorker.register('sw.js');
    const worker = installing ?? active!;
    if (worker.state === 'installing') await new Promise((done) => worker.addEventListener('statechange', done, { once: true }));
    return worker.state;
  });
  expect(state).toBe('redundant');
  await host.close();
});

test('an address that names nothing leads to the app, however deep it is', async ({ page, host }) => {
  const text = readFileSync(join(dist, '404.html'));
  const path = '/some/where/no/such/page';
  host.route(path, (_, response) => void response.writeHead(404, { 'content-type': 'text/html; charset=utf-8' }).end(text));
  const violations: string[] = [];
  page.on('console', (message) => void (/Content Security/.test(message.text()) && violations.push(message.text())));
  await page.goto(`${host.origin}${path}#/overview`);
  await expect(page.getByRole('link')).toHaveAttribute('href', '/some/where/#/overview');
  await page.getByRole('link').click();
  await expect(page.locator('main[data-view]')).toBeVisible();
  expect(violations).toEqual([]);
});

test('the manifest names files that are there, and what the system may open', async ({ app }) => {
  await app.open();
  const { icons, file_handlers } = JSON.parse(readFileSync(join(dist, 'manifest.webmanifest'), 'utf8'));
  for (const { src } of icons) expect(statSync(join(dist, src)).size).toBeGreaterThan(100);
  expect(Object.values(file_handlers[0].accept).flat().sort()).toEqual(['.gz', '.json', '.jsonl', '.xml', '.zip']);
  const link = await app.page.locator('link[rel=manifest]').getAttribute('href');
  expect(link).toBe('manifest.webmanifest');
});

test('files that the system opens with the app are opened', async ({ app }) => {
  await app.page.addInitScript(() => {
    Object.defineProperty(window, 'launchQueue', { value: { setConsumer: (take: unknown) => Object.assign(window, { take }) } });
  });
  await app.open();
  const bytes = readFileSync(report).toString('base64');
  await app.page.evaluate(async (text) => {
    const file = new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], 'parallel.jsonl.gz');
    const { take } = window as unknown as { take: (launch: object) => Promise<void> };
    await take({ files: [{ getFile: async () => file }] });
  }, bytes);
  await app.state('ready');
  expect(Number(await app.metric('tests'))).toBe(650);
});
