import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '../support/app.ts';
import { FLAKY } from '../support/history.ts';
import { Job } from '../support/job.ts';
import { serve } from '../support/server.mjs';

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

test('settings that are no numbers and paths that are not there are refused', async ({}) => {
  const job = new Job();
  const paths = { PATHS: job.artifacts(1), HISTORY: join(job.folder, 'kept') };
  expect(() => job.run('collect.sh', { ...paths, RUN_ID: '$(id)' })).toThrow(/are numbers/);
  expect(() => job.run('collect.sh', { ...paths, RUN_ID: '1', KEEP: '1; id' })).toThrow(/number of runs/);
  expect(() => job.run('collect.sh', { ...paths, RUN_ID: '1', PATHS: '/not/there' })).toThrow(/none of the paths/);
  expect(() => job.run('publish.sh', { RUN_ID: '1', FOLDER: '../x', ARCHIVE: 'a', REMOTE: job.remote })).toThrow(/inside the branch/);
  expect(() => job.run('install.sh', { BINARY: '', DOWNLOAD: 'https://127.0.0.1:1/x.tar.gz' })).toThrow(/needs sha256/);
});

test('where the command fails nothing is published, and what was published stays', async ({}) => {
  const job = new Job();
  job.publish(1);
  const before = readdirSync(job.checkout()).sort();
  const broken = join(job.folder, 'broken');
  writeFileSync(broken, '#!/bin/sh\nexit 2\n');
  chmodSync(broken, 0o755);
  const run = { RUN_ID: '1002', COMMIT: 'c', BRANCH: 'main' };
  const { archive } = job.run('collect.sh', { ...run, PATHS: job.artifacts(2), HISTORY: join(job.folder, 'kept') });
  expect(() => job.run('publish.sh', { ...run, ARCHIVE: archive!, REMOTE: job.remote, BINARY: broken })).toThrow();
  expect(readdirSync(job.checkout()).sort()).toEqual(before);
  // Nor does a job end because nothing can be said of a run.
  job.run('summary.sh', { ARCHIVE: archive!, BINARY: broken });
});

test('an old run that runs again keeps its archive, and a file of the user named run.json its content', async ({}) => {
  const job = new Job();
  const kept = join(job.folder, 'kept');
  for (const number of [201, 202, 203]) {
    job.run('collect.sh', { RUN_ID: String(number), COMMIT: 'c', BRANCH: 'main', PATHS: job.artifacts(1), HISTORY: kept, KEEP: '3' });
  }
  const folder = job.artifacts(2);
  writeFileSync(join(folder, 'run.json'), '{"commit": "theirs"}');
  mkdirSync(join(folder, 'checkout/.git'), { recursive: true });
  writeFileSync(join(folder, 'checkout/.git/config'), 'extraheader = secret');
  const paths = `${folder}/*`;
  const { archive } = job.run('collect.sh', { RUN_ID: '100', COMMIT: 'ours', BRANCH: 'main', PATHS: paths, HISTORY: kept, KEEP: '3' });
  const names = execFileSync('tar', ['-tzf', archive!], { encoding: 'utf8' });
  expect(names).toContain('100-1/2/run.json');
  expect(names).not.toContain('.git');
  const own = execFileSync('tar', ['-xzOf', archive!, '100-1/run.json'], { encoding: 'utf8' });
  expect(JSON.parse(own)).toMatchObject({ commit: 'ours' });
  expect(readdirSync(kept)).toHaveLength(4);
});
