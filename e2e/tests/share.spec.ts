import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { demoFiles } from '../support/data.ts';
import { expect, test } from '../support/app.ts';

const token = `ghp_${'q7Zt1mWx9Kc4Rv8Ls2Hd6Jf3Gb5Np0Ty1234'}`;
const leaky = `<testsuite name="s"><testcase classname="a" name="x" time="1"><failure message="boom">sent ${token}</failure></testcase></testsuite>`;

test('a link with the data opens the run again, and says how long it is', async ({ app }) => {
  await app.open();
  await app.choose(demoFiles);
  await app.state('ready');
  const tests = await app.metric('tests');
  const busy = await app.metric('busy_s');
  await app.page.evaluate(() => { location.hash = '#/share'; });
  await expect(app.page.locator('[data-secrets="0"]')).toBeVisible();
  const copy = app.page.getByRole('button', { name: 'Copy link' });
  await expect(copy).toBeVisible();
  await app.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await copy.click();
  await expect(copy).toContainText('Copied');
  const address = await app.page.evaluate(() => navigator.clipboard.readText());
  const length = await app.page.locator('[data-link-length]').getAttribute('data-link-length');
  expect(address).toContain('#/overview?data=10xTUE');
  expect(address.length).toBe(Number(length));
  // Less is shorter, and the table says what fits where.
  await expect(app.page.locator('[data-way] td.num', { hasText: '…' })).toHaveCount(0);
  await app.page.locator('[data-share=mask]').check();
  await expect.poll(async () => Number(await app.page.locator('[data-link-length]').getAttribute('data-link-length').catch(() => length))).toBeLessThan(Number(length) / 2);
  await app.page.goto('about:blank');
  await app.page.goto(address);
  await app.state('ready');
  expect(await app.metric('tests')).toBe(tests);
  expect(await app.metric('busy_s')).toBe(busy);
});

test('what was said of the files goes along in a link', async ({ app }) => {
  const cut = '<testsuites><testsuite name="s" time="1"><testcase classname="a" name="test_x" time="0.5"/><testcase classname="a';
  await app.open();
  await app.choose([{ name: 'cut.xml', mimeType: 'text/xml', buffer: Buffer.from(cut) }]);
  await app.state('ready');
  await app.page.evaluate(() => { location.hash = '#/files'; });
  await expect(app.page.getByText(/the file is cut off/).first()).toBeVisible();
  await app.page.evaluate(() => { location.hash = '#/share'; });
  const copy = app.page.getByRole('button', { name: 'Copy link' });
  await expect(copy).toBeVisible();
  await app.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await copy.click();
  const address = await app.page.evaluate(() => navigator.clipboard.readText());
  await app.page.goto('about:blank');
  await app.page.goto(address.replace('#/overview', '#/files'));
  await app.state('ready');
  await expect(app.page.getByText(/cut\.xml: the file is cut off/).first()).toBeVisible();
});

test('what looks like a secret is shown before anything can be copied, and can be taken out', async ({ app }) => {
  await app.open();
  await app.choose([{ name: 'a.xml', mimeType: 'text/xml', buffer: Buffer.from(leaky) }]);
  await app.state('ready');
  await app.page.evaluate(() => { location.hash = '#/share'; });
  const alert = app.page.locator('[role=alert][data-secrets="1"]');
  await expect(alert).toContainText('GitHub token in the trace of a::x, attempt 1: sent ghp_•••');
  await expect(app.page.getByRole('button', { name: 'Copy link' })).toHaveCount(0);
  await expect(app.page.locator('[data-file=junit]')).toBeDisabled();
  await alert.locator('[data-action=remove-secrets]').click();
  await expect(app.page.locator('[data-secrets="0"]')).toBeVisible();
  await expect(app.page.getByRole('button', { name: 'Copy link' })).toBeVisible();
  for (const [word, ending, has] of [['junit', '.junit.xml', '[removed: GitHub token]'], ['ctrf', '.ctrf.json', '[removed: GitHub token]'], ['csv', '.tests.csv', 'a::x'], ['markdown', '.md', '1 tests']] as const) {
    const [download] = await Promise.all([app.page.waitForEvent('download'), app.page.locator(`[data-file=${word}]`).click()]);
    expect(download.suggestedFilename()).toBe(`a${ending}`);
    const text = readFileSync(await download.path(), 'utf8');
    expect(text).toContain(has);
    expect(text).not.toContain(token);
  }
});

test('runs are saved as one HTML file that opens by itself, with the same figures', async ({ app, browser }) => {
  await app.open();
  await app.choose(demoFiles);
  await app.state('ready');
  const [busy, run] = [await app.metric('busy_s'), await app.page.locator('.run-select').inputValue()];
  await app.page.evaluate((run) => { location.hash = `#/share?run=${run}`; }, run);
  await app.page.locator('[data-share=all]').check();
  const save = app.page.locator('[data-file=html]');
  await expect(save).toBeEnabled();
  const [download] = await Promise.all([app.page.waitForEvent('download'), save.click()]);
  expect(download.suggestedFilename()).toMatch(/\.html$/);
  const path = join(mkdtempSync(join(tmpdir(), 'lanescope-')), 'report.html');
  await download.saveAs(path);
  const context = await browser.newContext({ offline: true });
  const page = await context.newPage();
  const asked: string[] = [];
  page.on('request', (request) => { if (!/^(blob|data):/.test(request.url())) asked.push(request.url()); });
  await page.goto(`file://${path}#/overview?run=${run}`);
  await expect(page.locator('html')).toHaveAttribute('data-state', 'ready');
  await expect(page.locator('.run-select option')).toHaveCount(2);
  await expect(page.locator('[data-metric=busy_s]').first()).toHaveAttribute('data-value', busy!);
  await expect(page.locator('[data-metric=speedup]').first()).toHaveAttribute('data-value', /^5\.17/);
  expect(asked.every((url) => url.startsWith('file://')), asked.join()).toBe(true);
  await context.close();
});

test('a viewer of another build gets no report', async ({ app }) => {
  await app.page.route('**/viewer.html', async (route) => {
    const answer = await route.fetch();
    const body = (await answer.text()).replace(/(name="lanescope-build" content=")[^"]*/, (_, head) => `${head}0.0.0-0`);
    await route.fulfill({ response: answer, body });
  });
  await app.open('#/share');
  await app.choose(demoFiles);
  await app.state('ready');
  await app.page.evaluate(() => { location.hash = '#/share'; });
  const save = app.page.locator('[data-file=html]');
  await expect(save).toBeEnabled();
  await save.click();
  await expect(app.page.locator('[role=alert]').filter({ hasText: 'another build' })).toBeVisible();
});
