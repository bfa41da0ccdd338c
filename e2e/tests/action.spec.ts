import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demo, root } from '../support/data.ts';
import { FLAKY, history } from '../support/history.ts';
import { expect, test } from '../support/app.ts';
import { serve } from '../support/server.mjs';

/** A job of GitHub's Actions, as far as the scripts know. */
class Job {
  readonly folder = mkdtempSync(join(tmpdir(), 'lanescope-action-'));
  readonly summary = join(this.folder, 'summary.md');
  readonly remote = join(this.folder, 'remote.git');

  constructor() {
    execFileSync('git', ['init', '--quiet', '--bare', this.remote]);
  }

  /** Runs a script of the action; gives its outputs. */
  run(script: string, settings: Record<string, string>): Record<string, string> {
    const outputs = join(mkdtempSync(join(this.folder, 'step-')), 'outputs');
    writeFileSync(outputs, '');
    const { PATH, HOME } = process.env;
    execFileSync(join(root, 'action', script), {
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH, HOME, LC_ALL: 'C.UTF-8', GIT_CONFIG_NOSYSTEM: '1',
        GITHUB_OUTPUT: outputs, GITHUB_STEP_SUMMARY: this.summary, BINARY: join(root, 'target/release/lanescope'), ...settings,
      },
    });
    const lines = readFileSync(outputs, 'utf8').split('\n').filter(Boolean);
    return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
  }

  /** The artifacts of a run of the made-up history. */
  artifacts(number: number): string {
    const folder = mkdtempSync(join(this.folder, 'artifacts-'));
    const { name, buffer } = history[number - 1]!;
    writeFileSync(join(folder, name), buffer);
    return folder;
  }

  publish(number: number, keep = 40): Record<string, string> {
    const run = { RUN_ID: String(1000 + number), RUN_ATTEMPT: '1', COMMIT: 'c0ffee', BRANCH: 'a"b<c>', KEEP: String(keep) };
    const { archive } = this.run('collect.sh', { ...run, PATHS: `${this.artifacts(number)}/*.xml\nnot/there`, HISTORY: mkdtempSync(join(this.folder, 'runs-')) });
    return this.run('publish.sh', { ...run, ARCHIVE: archive!, REMOTE: this.remote, BASE_URL: 'https://o.github.io/r/' });
  }

  /** What the branch holds, as a host of files would show it. */
  checkout(): string {
    const folder = mkdtempSync(join(this.folder, 'site-'));
    execFileSync('git', ['clone', '--quiet', '--branch', 'gh-pages', this.remote, folder]);
    return folder;
  }
}

test('runs are published, kept as many as wanted, and opened by their links', async ({ app, page }) => {
  test.setTimeout(120_000);
  const job = new Job();
  job.publish(1);
  job.publish(2);
  job.publish(4);
  const last = job.publish(10, 3);
  expect(last.url).toBe('https://o.github.io/r/#/overview?src=runs/1010-1.tar.gz');
  const site = job.checkout();
  expect(readdirSync(join(site, 'runs')).sort()).toEqual(['1002-1.tar.gz', '1004-1.tar.gz', '1010-1.tar.gz']);
  expect(execFileSync('git', ['-C', site, 'rev-list', '--count', 'HEAD'], { encoding: 'utf8' }).trim()).toBe('1');
  expect(readdirSync(site)).toEqual(expect.arrayContaining(['index.html', 'sw.js', '404.html', 'runs.html', 'report.html', '.nojekyll']));

  const host = await serve({ folder: site, base: '/r/' });
  app.expectProblem(/request to another origin/);
  await page.goto(last.url!.replace('https://o.github.io/r/', host.url));
  await app.state('ready');
  await expect(page.locator('.run-select option')).toHaveCount(1);
  await page.goto('about:blank');
  await page.goto(last.flaky!.replace('https://o.github.io/r/', host.url));
  await expect(page.locator('main[data-view=flaky]')).toBeVisible();
  await expect(page.locator('.run-select option')).toHaveCount(3);
  await page.goto(`${host.url}runs.html`);
  await expect(page.getByRole('listitem')).toHaveCount(3);
  await page.getByRole('link', { name: '1010-1' }).click();
  await app.state('ready');
  await host.close();
});

test('other files of the branch stay, and those of an older page go', async ({}) => {
  test.setTimeout(120_000);
  const job = new Job();
  job.publish(1);
  const site = job.checkout();
  writeFileSync(join(site, 'mine.txt'), 'mine');
  writeFileSync(join(site, 'lanescope-app-old_bg.wasm'), 'old');
  writeFileSync(join(site, '.lanescope-page'), `${readFileSync(join(site, '.lanescope-page'), 'utf8')}lanescope-app-old_bg.wasm\n../mine.txt\n`);
  for (const words of [['add', '--all'], ['-c', 'user.name=a', '-c', 'user.email=a@localhost', 'commit', '--quiet', '-m', 'Mine'], ['push', '--quiet']]) {
    execFileSync('git', ['-C', site, ...words]);
  }
  job.publish(2);
  const names = readdirSync(job.checkout());
  expect(names).toContain('mine.txt');
  expect(names).not.toContain('lanescope-app-old_bg.wasm');
});

test('one file holds all runs that are kept, and the summary says what is in them', async ({ page }) => {
  test.setTimeout(120_000);
  const job = new Job();
  const kept = join(job.folder, 'kept');
  let archive = '';
  for (const number of [1, 2, 3, 4]) {
    const run = { RUN_ID: String(number), COMMIT: 'c', BRANCH: 'main', PATHS: job.artifacts(number), HISTORY: kept };
    archive = job.run('collect.sh', run).archive!;
  }
  const { report } = job.run('report.sh', { HISTORY: kept, REPORT: join(job.folder, 'out/report.html') });
  job.run('summary.sh', { ARCHIVE: archive, HISTORY: kept, URL_OF_REPORT: 'https://o.github.io/r/#/overview?src=runs/4-1.tar.gz' });
  const text = readFileSync(job.summary, 'utf8');
  expect(text).toContain('[Open this run](https://o.github.io/r/#/overview?src=runs/4-1.tar.gz)');
  expect(text).toContain('Flaky tests over the runs');
  // A name with markup is a text in it: between backticks, or in a line that is indented.
  const lines = text.split('\n').filter((line) => line.includes(FLAKY));
  expect(lines.length).toBeGreaterThan(1);
  for (const line of lines) {
    expect(line.startsWith('    ') || line.includes(`\`${FLAKY}\``), line).toBe(true);
  }
  await page.goto(`file://${report}#/flaky`);
  await expect(page.locator('.run-select option')).toHaveCount(4);
});

test('from artifacts to a link that opens takes well under a minute', async ({ app, page }) => {
  test.setTimeout(120_000);
  const job = new Job();
  const started = performance.now();
  const seconds = () => ((performance.now() - started) / 1000).toFixed(1);
  const artifacts = join(job.folder, 'artifacts');
  mkdirSync(artifacts);
  cpSync(demo('parallel.reportlog.jsonl.gz'), join(artifacts, 'report.jsonl.gz'));
  cpSync(demo('parallel.junit.xml'), join(artifacts, 'junit.xml'));
  const run = { RUN_ID: '7', COMMIT: 'c0ffee', BRANCH: 'main' };
  const { archive } = job.run('collect.sh', { ...run, PATHS: artifacts, HISTORY: join(job.folder, 'kept') });
  const collected = seconds();
  const { url } = job.run('publish.sh', { ...run, ARCHIVE: archive!, REMOTE: job.remote, BASE_URL: 'https://o.github.io/r' });
  const published = seconds();
  const host = await serve({ folder: job.checkout(), base: '/r/' });
  app.expectProblem(/request to another origin/);
  await page.goto(url!.replace('https://o.github.io/r/', host.url));
  await app.state('ready');
  expect(Number(await app.metric('tests'))).toBe(650);
  console.log(`a stranger's minute: collected after ${collected} s, published after ${published} s, opened after ${seconds()} s`);
  await host.close();
});

test('settings that are no numbers and paths that are not there are refused', async ({}) => {
  const job = new Job();
  const paths = { PATHS: job.artifacts(1), HISTORY: join(job.folder, 'kept') };
  expect(() => job.run('collect.sh', { ...paths, RUN_ID: '$(id)' })).toThrow(/are numbers/);
  expect(() => job.run('collect.sh', { ...paths, RUN_ID: '1', KEEP: '1; id' })).toThrow(/number of runs/);
  expect(() => job.run('collect.sh', { ...paths, RUN_ID: '1', PATHS: '/not/there' })).toThrow(/none of the paths/);
  expect(() => job.run('publish.sh', { RUN_ID: '1', FOLDER: '../x', ARCHIVE: 'a', REMOTE: job.remote })).toThrow(/inside the branch/);
  expect(() => job.run('install.sh', { BINARY: '', DOWNLOAD: 'https://127.0.0.1:1/x.tar.gz' })).toThrow(/needs sha256/);
});
