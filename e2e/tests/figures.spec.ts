import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { artifacts, demoFiles, summary, type RunSummary } from '../support/data.ts';
import { expect, test, type App } from '../support/app.ts';

const FIGURES = [
  'tests', 'attempts', 'passed', 'failed', 'errors', 'skipped', 'xfailed', 'xpassed', 'flaky',
  'workers', 'wall_s', 'session_s', 'busy_s', 'parallelism', 'utilisation', 'lower_bound_s',
] as const;

/** Every figure that is on the screen is the one that the command prints. */
async function agree(app: App, run: RunSummary): Promise<void> {
  for (const name of FIGURES) {
    const shown = app.page.locator(`[data-metric="${name}"]`).first();
    if ((await shown.count()) === 0) {
      // What is zero is not listed among the outcomes.
      expect([0, null, run.tests], `${run.label}: ${name} is not on the screen`).toContain(run[name]);
      continue;
    }
    const value = await shown.getAttribute('data-value');
    expect(value === '' || value === null ? null : Number(value), `${run.label}: ${name}`).toBe(run[name]);
  }
}

test('the page shows the figures that the command prints, on the demo', async ({ app }) => {
  const { runs } = summary(...demoFiles);
  expect(runs.length).toBe(2);
  await app.open();
  await app.choose(demoFiles);
  await app.state('ready');
  for (const run of runs) {
    await app.page.locator('.run-select').selectOption(run.id);
    await expect(app.page.locator('.run-label')).toHaveText(run.label);
    await agree(app, run);
  }
});

for (const suite of ['networkx', 'iosuite']) {
  test(`the page shows the figures of the oracle and of the command, on ${suite}`, async ({ app }) => {
    const folder = artifacts && join(artifacts, 'pytest-xdist', suite);
    test.skip(!folder || !existsSync(folder), 'the shared artifacts are not on this machine');
    test.setTimeout(120_000);
    // Shards become one run, which has a test of its own.
    const inputs = readdirSync(folder!).filter((name) => !name.startsWith('split') && /\.(junit\.xml|log|reportlog\.jsonl)(\.gz)?$/.test(name));
    const paths = inputs.map((name) => join(folder!, name));
    const oracle = JSON.parse(readFileSync(join(folder!, 'oracle.json'), 'utf8'));
    const { runs } = summary(...paths);
    const known = Object.keys(oracle).filter((label) => !label.startsWith('split'));
    expect(runs.map((run) => run.label).sort()).toEqual(known.sort());
    await app.open();
    await app.choose(paths);
    await expect(app.page.locator('html')).toHaveAttribute('data-state', 'ready', { timeout: 60_000 });
    for (const run of runs) {
      await app.page.locator('.run-select').selectOption(run.id);
      await expect(app.page.locator('.run-label')).toHaveText(run.label);
      await agree(app, run);
      const truth = oracle[run.label];
      await expect.poll(async () => Number(await app.metric('tests'))).toBe(truth.junit.testcases);
      await expect.poll(async () => Number(await app.metric('workers'))).toBe(Math.max(1, truth.workers));
      const wall = Number(await app.metric('wall_s'));
      expect(Math.abs(wall / truth.reportlog.span_s - 1)).toBeLessThan(0.01);
    }
  });
}

test('the shards of a run are one run, with the tests of all of them', async ({ app }) => {
  const folder = artifacts && join(artifacts, 'pytest-xdist/iosuite');
  test.skip(!folder || !existsSync(folder), 'the shared artifacts are not on this machine');
  const inputs = readdirSync(folder!).filter((name) => /^split.*\.(junit\.xml|log|reportlog\.jsonl)(\.gz)?$/.test(name));
  const oracle = JSON.parse(readFileSync(join(folder!, 'oracle.json'), 'utf8'));
  await app.open();
  await app.choose(inputs.map((name) => join(folder!, name)));
  await app.state('ready');
  const shards = Object.keys(oracle).filter((label) => label.startsWith('split'));
  expect(shards.length).toBe(3);
  const tests = shards.reduce((sum, label) => sum + oracle[label].junit.testcases, 0);
  await expect.poll(async () => Number(await app.metric('tests'))).toBe(tests);
  await expect(app.page.locator('.run-select option')).toHaveCount(1);
});
