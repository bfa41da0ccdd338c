import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { artifacts, demoFiles, file, junit, root, summary } from '../support/data.ts';
import { history } from '../support/history.ts';
import { expect, report, test, written } from '../support/report.ts';
import { serve } from '../support/server.mjs';

/** What the viewer may add to a report, in bytes. */
const OVERHEAD = 1_200_000;

test('a report opens by itself, and shows the figures of the command', async ({ opened }, info) => {
  const { runs } = summary(...demoFiles);
  const shown = runs.find((run) => (run.workers as number) > 1)!;
  await opened.open(report(info.outputDir, demoFiles));
  for (const name of ['tests', 'passed', 'workers', 'wall_s', 'session_s', 'parallelism', 'utilisation', 'lower_bound_s']) {
    const value = await opened.page.locator(`[data-metric="${name}"]`).first().getAttribute('data-value');
    expect(Number(value), name).toBe(shown[name]);
  }
  await expect(opened.page).toHaveTitle(`${shown.label} · Lanescope`);
  await expect(opened.page.locator('.run-select option')).toHaveCount(runs.length);
});

test('timeline, tests and speedup work in a report', async ({ opened }, info) => {
  await opened.open(report(info.outputDir, demoFiles), '#/timeline');
  await expect(opened.page.locator('canvas[data-timeline]')).toHaveAttribute('data-lanes', '10');
  await opened.view('tests');
  await expect(opened.page.locator('[role=row][data-test]').first()).toBeVisible();
  await opened.view('speedup');
  await expect(opened.page.locator('[data-metric="what_if.makespan_s"]')).toBeVisible();
  await expect(opened.page.locator('[data-sweep]')).toHaveAttribute('aria-busy', 'false', { timeout: 20_000 });
});

test('flaky and compare work in a report of many runs', async ({ opened }, info) => {
  await opened.open(report(info.outputDir, [written(info.outputDir, history)]), '#/flaky');
  await expect(opened.page.locator('[role=row][data-flaky-test]')).toHaveCount(3);
  await opened.view('compare');
  await expect(opened.page.locator('[data-compare=run] option')).toHaveCount(16);
  await expect(opened.page.locator('[data-verdict]')).toBeVisible();
});

test('the address of a report holds its state, and a reload keeps it', async ({ opened }, info) => {
  const path = report(info.outputDir, demoFiles);
  await opened.open(path, '#/tests?q=outcome%3Afailed');
  await expect(opened.page.locator('main[data-view=tests]')).toBeVisible();
  await opened.page.reload();
  await expect(opened.page.locator('html')).toHaveAttribute('data-state', 'ready');
  await expect(opened.page.locator('main[data-view=tests]')).toBeVisible();
  expect(await opened.page.evaluate(() => location.hash)).toContain('q=outcome');
});

test('what a report cannot do it says: there is no reader in it', async ({ opened }, info) => {
  await opened.open(report(info.outputDir, demoFiles));
  await opened.page.locator('input[type=file][multiple]').first().setInputFiles(file('more.xml', junit));
  await expect(opened.page.locator('[role=alert]')).toContainText('no reader for other files');
  await expect(opened.page.locator('[data-metric=tests]').first()).toBeVisible();
});

test('a report that knows where the app is makes links that open there', async ({ opened, browser }, info) => {
  const host = await serve();
  const path = report(info.outputDir, demoFiles, ['--app', `${host.url}#/tests`]);
  await opened.open(path, '#/share');
  const open = opened.page.locator('a[data-action=hosted]');
  await expect(open).toHaveAttribute('target', '_blank');
  await expect(open).toHaveAttribute('rel', 'noopener noreferrer');
  const link = (await open.getAttribute('href'))!;
  expect(link.startsWith(`${host.url}#/overview?data=`)).toBe(true);
  await expect(opened.page.locator('[data-link-length]')).toHaveAttribute('data-link-length', String(link.length));
  // A report cannot make another: the viewer lies on the host.
  await expect(opened.page.locator('[data-file=pack]')).toBeVisible();
  await expect(opened.page.locator('[data-file=html]')).toHaveCount(0);
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(link);
  await expect(page.locator('html')).toHaveAttribute('data-state', 'ready');
  await expect(page.locator('[data-metric=tests]').first()).toHaveAttribute('data-value', '650');
  await context.close();
  await opened.page.keyboard.press('?');
  await expect(opened.page.getByRole('dialog').locator('a[data-action=hosted]')).toHaveAttribute('href', host.url);
  await host.close();
});

test('a report that knows no app makes no links, and says how it would', async ({ opened }, info) => {
  await opened.open(report(info.outputDir, demoFiles), '#/share');
  await expect(opened.page.locator('[data-no-app]')).toContainText('--app');
  await expect(opened.page.getByRole('button', { name: 'Copy link' })).toHaveCount(0);
  await opened.page.keyboard.press('?');
  await expect(opened.page.getByRole('dialog')).toBeVisible();
  await expect(opened.page.getByRole('dialog').locator('a')).toHaveCount(0);
});

test('a report has the runs that its rule makes, and another rule in the address goes before', async ({ opened }, info) => {
  const folder = written(info.outputDir, []);
  for (const system of ['linux', 'windows']) {
    mkdirSync(join(folder, `results-${system}`));
    writeFileSync(join(folder, `results-${system}`, 'junit.xml'), junit);
  }
  const path = report(info.outputDir, [folder], ['--group', 'apart']);
  await opened.open(path);
  expect(await opened.page.evaluate(() => location.hash)).toContain('join=apart');
  await expect(opened.page.locator('.run-select option')).toHaveCount(2);
  await opened.open(path, '#/overview?join=auto');
  await expect(opened.page.locator('.run-select option')).toHaveCount(1);
});

test('names and titles are text, whatever they say', async ({ opened }, info) => {
  const evil = '</script><script>window.intruder=1</script><img src=x onerror="window.intruder=1">';
  const xml = junit.replace('test_good', evil.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;'));
  const path = report(info.outputDir, [written(info.outputDir, [file('a.xml', xml)])], ['--title', evil]);
  const html = readFileSync(path, 'utf8');
  expect(html.match(/<script/g)).toHaveLength(readFileSync(join(root, 'dist/viewer.html'), 'utf8').match(/<script/g)!.length);
  expect(html).not.toContain('onerror="');
  await opened.open(path, '#/tests');
  await expect(opened.page.locator('[role=row][data-test*="intruder"]')).toBeVisible();
  expect(await opened.page.evaluate(() => 'intruder' in window)).toBe(false);
});

test('the policy of a report names its scripts, and lets nothing be asked for', async ({ page }, info) => {
  const problems: string[] = [];
  page.on('console', (message) => void problems.push(message.text()));
  await page.goto(`file://${report(info.outputDir, demoFiles)}`);
  await expect(page.locator('html')).toHaveAttribute('data-state', 'ready');
  const policy = await page.locator('meta[http-equiv]').getAttribute('content');
  expect(policy).toContain("default-src 'none'");
  expect(policy).toMatch(/script-src 'wasm-unsafe-eval'( 'sha256-[^']+'){4};/);
  expect(policy).not.toMatch(/connect-src|unsafe-eval'.*'unsafe-inline'; style-src 'none'|'self'/);
  const ran = await page.evaluate(async () => {
    const script = document.createElement('script');
    script.textContent = 'window.intruder = true';
    document.body.append(script);
    const asked = await fetch('https://example.org/').then(() => true, () => false);
    return 'intruder' in window || asked;
  });
  expect(ran).toBe(false);
  expect(problems.length).toBeGreaterThan(1);
});

test('a viewer that holds no report says so', async ({ page }) => {
  await page.goto(`file://${join(root, 'dist/viewer.html')}`);
  await expect(page.locator('[role=alert]')).toContainText('There is no report in it');
});

test('the viewer is small beside what it shows', async ({}, info) => {
  const viewer = statSync(join(root, 'dist/viewer.html')).size;
  expect(viewer).toBeLessThan(OVERHEAD);
  console.log(`viewer: ${viewer} bytes of ${OVERHEAD}`);
  const large = artifacts && join(artifacts, 'large');
  for (const name of ['junit-1k.xml', 'junit-10k.xml', 'junit-100k.xml.gz', 'reportlog-10k.jsonl.gz', 'reportlog-100k.jsonl.gz']) {
    if (!large || !existsSync(join(large, name))) {
      console.log(`${name}: not on this machine`);
      continue;
    }
    const bytes = statSync(report(info.outputDir, [join(large, name)])).size;
    console.log(`${name}: ${statSync(join(large, name)).size} bytes in, ${bytes} bytes of report`);
    expect(bytes - viewer).toBeLessThan(8_000_000);
  }
});
