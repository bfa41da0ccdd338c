// A stranger's minute: from the zip that a CI service gives to a link that a colleague opens. How long each step takes is
// printed, and never asserted.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '../support/app.ts';
import { demo, root, zip } from '../support/data.ts';
import { Job } from '../support/job.ts';
import { serve } from '../support/server.mjs';

/** What two jobs left behind, in the folders of the jobs: report log, JUnit and console log of one session each. */
function artifacts(): Buffer {
  const files = ['parallel', 'sequential'].flatMap((job) =>
    ['reportlog.jsonl.gz', 'junit.xml', 'log'].map((ending): [string, Buffer] =>
      [`results/${job}/${ending === 'log' ? 'console.log' : `report.${ending}`}`, readFileSync(demo(`${job}.${ending}`))]));
  return zip(files);
}

/** Says what each step took, and all of them. */
class Steps {
  private readonly started = performance.now();
  private last = this.started;
  private readonly said: string[] = [];

  done(what: string): void {
    const now = performance.now();
    this.said.push(`${what} ${((now - this.last) / 1000).toFixed(1)} s`);
    this.last = now;
  }

  print(way: string): void {
    console.log(`a stranger's minute, ${way}: ${this.said.join(', ')}; in all ${((this.last - this.started) / 1000).toFixed(1)} s`);
  }
}

test('a zip of artifacts is dropped on the page, and a colleague opens the link to it', async ({ app, browser }) => {
  test.setTimeout(120_000);
  const buffer = artifacts();
  const steps = new Steps();
  await app.open();
  steps.done('page');
  await app.choose([{ name: 'artifacts.zip', mimeType: 'application/zip', buffer }]);
  await app.state('ready');
  await expect(app.page.locator('.run-select option')).toHaveCount(2);
  const [tests, wall, speedup] = [await app.metric('tests'), await app.metric('wall_s'), await app.metric('speedup')];
  expect(Number(tests)).toBe(650);
  expect(Number(speedup)).toBeGreaterThan(2);
  steps.done('zip read and shown');
  await app.page.evaluate(() => { location.hash = '#/share'; });
  const copy = app.page.getByRole('button', { name: 'Copy link' });
  await expect(copy).toBeVisible();
  steps.done('link packed');
  await app.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await copy.click();
  const link = await app.page.evaluate(() => navigator.clipboard.readText());
  expect(link.startsWith(app.host.url)).toBe(true);
  const colleague = await (await browser.newContext()).newPage();
  await colleague.goto(link);
  await expect(colleague.locator('html')).toHaveAttribute('data-state', 'ready');
  await expect(colleague.locator('[data-metric=tests]').first()).toHaveAttribute('data-value', tests!);
  await expect(colleague.locator('[data-metric=wall_s]').first()).toHaveAttribute('data-value', wall!);
  steps.done('colleague sees the run');
  steps.print(`in the page, a link of ${(link.length / 1024).toFixed(1)} KB`);
  await colleague.context().close();
});

test('the command makes a link of a zip of artifacts, and a colleague opens it', async ({ app }) => {
  test.setTimeout(120_000);
  const job = new Job();
  const path = join(job.folder, 'artifacts.zip');
  writeFileSync(path, artifacts());
  const steps = new Steps();
  const link = execFileSync(join(root, 'target/release/lanescope'), ['link', '--base', app.host.url, path], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  steps.done('link made');
  await app.page.goto(link.trim());
  await app.state('ready');
  await expect(app.page.locator('.run-select option')).toHaveCount(2);
  expect(Number(await app.metric('tests'))).toBe(650);
  expect(Number(await app.metric('speedup'))).toBeGreaterThan(2);
  steps.done('colleague sees the runs');
  steps.print(`with the command, a link of ${(link.length / 1024).toFixed(1)} KB`);
});

test('the action publishes a zip of artifacts, and a colleague opens the link in the summary', async ({ app, page }) => {
  test.setTimeout(120_000);
  const job = new Job();
  writeFileSync(join(job.folder, 'artifacts.zip'), artifacts());
  const steps = new Steps();
  const run = { RUN_ID: '7', COMMIT: 'c0ffee', BRANCH: 'main' };
  const { archive } = job.run('collect.sh', { ...run, PATHS: '*.zip', HISTORY: join(job.folder, 'kept') });
  steps.done('collected');
  const { url } = job.run('publish.sh', { ...run, ARCHIVE: archive!, REMOTE: job.remote, BASE_URL: 'https://o.github.io/r' });
  steps.done('published');
  job.run('summary.sh', { ARCHIVE: archive!, URL_OF_REPORT: url! });
  const link = /\[Open this run\]\((.*)\)/.exec(readFileSync(job.summary, 'utf8'))![1];
  expect(link).toBe(url);
  steps.done('summary written');
  const host = await serve({ folder: job.checkout(), base: '/r/' });
  app.expectProblem(/request to another origin/);
  await page.goto(link.replace('https://o.github.io/r/', host.url));
  await app.state('ready');
  expect(Number(await app.metric('tests'))).toBe(650);
  expect(Number(await app.metric('speedup'))).toBeGreaterThan(2);
  steps.done('colleague sees the run');
  steps.print('with the action');
  await host.close();
});
