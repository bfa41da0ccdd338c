import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { demoFiles } from '../support/data.ts';
import { type App, expect, test } from '../support/app.ts';

const fixture = (path: string) => fileURLToPath(new URL(`../../fixtures/${path}`, import.meta.url));
const covered = [
  fixture('junit-xml/pytest-cov-7.1.0-covered.xml'),
  fixture('coverage-py-json/coverage.py-7.17.4-lines.json'),
  fixture('cobertura/coverage.py-7.17.4-lines.xml'),
];
const go = (app: App, fragment: string) => app.page.evaluate((to) => { location.hash = to; }, fragment);

/** Runs of one suite of benchmarks, of which one is slower by a half from the run `from` on. */
function history(runs: number, from: number) {
  const told = JSON.parse(readFileSync(fixture('pytest-benchmark/pytest-benchmark-5.3.1-shop.json'), 'utf8'));
  const [first] = told.benchmarks;
  return Array.from({ length: runs }, (_, run) => {
    const wobble = 1 + ((run * 7) % 5 - 2) * 0.004;
    const benchmarks = Array.from({ length: 6 }, (_, n) => {
      const factor = wobble * (n + 1) * (n === 2 && run >= from ? 1.5 : 1);
      const stats = { ...first.stats };
      for (const name of ['min', 'max', 'mean', 'median', 'q1', 'q3', 'stddev']) stats[name] *= factor;
      return { ...first, name: `test_${n}`, fullname: `bench.py::test_${n}`, stats };
    });
    const text = JSON.stringify({ ...told, benchmarks, datetime: `2026-03-${String(run + 1).padStart(2, '0')}T08:00:00+00:00` });
    return { name: `bench-${run}.json`, mimeType: 'application/json', buffer: Buffer.from(text) };
  });
}

test('coverage stands beside its run, with gate, gaps and the files that say it', async ({ app }) => {
  await app.open();
  await app.choose(covered);
  await app.state('ready');
  await app.page.locator('[data-tab=coverage]').click();
  const { page } = app;
  await expect(page.locator('main')).toHaveAttribute('data-view', 'coverage');
  await expect.poll(async () => Number(await app.metric('coverage.lines'))).toBeCloseTo(18 / 27, 9);
  await expect(page.locator('[data-metric="coverage.lines"]')).toHaveAttribute('data-provenance', 'recorded');
  // 66.6 % against 80 %.
  await expect(page.locator('[data-gate-holds]')).toHaveAttribute('data-gate-holds', 'false');
  await expect(page.locator('[data-report]')).toHaveCount(2);
  const rows = page.locator('[role=row][data-covered]');
  await expect(rows).toHaveCount(3);
  await expect(rows.first()).toHaveAttribute('data-covered', 'größen.py');
  await expect(rows.first()).toContainText('8–10, 15–18');
  await page.locator('[data-gate-input]').fill('60');
  await page.locator('[data-gate-input]').press('Enter');
  await expect(page.locator('[data-gate-holds]')).toHaveAttribute('data-gate-holds', 'true');
  await expect.poll(() => page.url()).toContain('gate=60');
  await page.locator('[data-search]').fill('CART');
  await expect(rows).toHaveCount(1);
  await page.locator('[data-search]').fill('');
  await page.locator('[data-order]').selectOption('path');
  await expect(rows.first()).toHaveAttribute('data-covered', '__init__.py');
  await page.locator('[data-by=folder]').click();
  await expect(rows).toHaveCount(1);
});

test('two runs are compared by what each file lost', async ({ app }) => {
  await app.open();
  const file = (name: string, path: string) => ({ name, mimeType: 'application/json', buffer: readFileSync(fixture(path)) });
  await app.choose([
    file('before.json', 'coverage-py-json/coverage.py-7.17.4-lines.json'),
    file('after.json', 'coverage-py-json/coverage.py-7.17.4-shard-2.json'),
  ]);
  await app.state('ready');
  await go(app, '#/coverage');
  const { page } = app;
  const rows = page.locator('[role=row][data-covered]');
  await expect(rows).toHaveCount(3);
  await page.locator('[data-compare=with]').selectOption({ index: 1 });
  await expect(page.locator('.measure-line[data-change]')).toHaveCount(1);
  await expect(page.locator('[data-covered="cart.py"] [data-change]')).toContainText('43.8');
});

test('a run without them says how to get them, and the navigation leaves them out', async ({ app }) => {
  await app.open();
  await app.choose(fixture('junit-xml/pytest-9.2.0-load.xml'));
  await app.state('ready');
  await expect(app.page.locator('[data-tab=overview]')).toBeVisible();
  for (const [view, how] of [['coverage', '--cov'], ['benchmarks', '--benchmark-json']] as const) {
    await expect(app.page.locator(`[data-tab=${view}]`)).toHaveCount(0);
    await go(app, `#/${view}`);
    await expect(app.page.locator('[data-empty]')).toContainText(how);
  }
});

test('the log of the demo tells its coverage, with the gate that it was held to', async ({ app }) => {
  await app.open();
  await app.choose(demoFiles);
  await app.state('ready');
  await app.page.locator('[data-tab=coverage]').click();
  await expect.poll(async () => Number(await app.metric('coverage.lines'))).toBeCloseTo(942 / 988, 9);
  await expect(app.page.locator('[data-recorded-gate]')).toHaveAttribute('data-recorded-gate', '80');
  await expect(app.page.locator('[data-recorded-gate]')).toContainText('95.08 %');
  await expect(app.page.locator('[data-covered="printer.py"]')).toHaveAttribute('data-missed', '43');
});

test('benchmarks show their figures and are chosen by key', async ({ app }) => {
  await app.open();
  await app.choose(fixture('pytest-benchmark/pytest-benchmark-5.3.1-shop.json'));
  await app.state('ready');
  await app.page.locator('[data-tab=benchmarks]').click();
  const { page } = app;
  await expect.poll(() => app.metric('benchmarks')).toBe('3');
  const rows = page.locator('[role=row][data-benchmark]');
  await expect(rows).toHaveCount(3);
  await expect(rows.first()).toHaveAttribute('aria-selected', 'true');
  await page.locator('canvas[data-chart=distribution]').press('ArrowDown');
  await expect(rows.nth(1)).toHaveAttribute('aria-selected', 'true');
  await expect.poll(() => decodeURIComponent(page.url())).toContain('bench=tests/bench_shop.py::test_total[1000]');
  await expect(page.locator('canvas[data-chart=benchmark-trend]')).toHaveCount(0);
  await page.locator('[data-order]').selectOption('slow');
  await expect(rows.first()).toHaveAttribute('data-benchmark', 'tests/bench_shop.py::test_total[1000]');
});

test('a step over runs is marked, and the runs before tell what is noise', async ({ app }) => {
  await app.open();
  await app.choose(history(16, 9));
  await app.state('ready');
  await go(app, '#/benchmarks');
  const { page } = app;
  const trend = page.locator('canvas[data-chart=benchmark-trend]');
  await expect(trend).toHaveAttribute('data-steps', '1');
  await expect(page.locator('[role=row][aria-selected=true]')).toHaveAttribute('data-benchmark', 'bench.py::test_2');
  await trend.press('Home');
  await expect(page.locator('.measure-chart').nth(1).getByRole('status')).toContainText('1 Mar 2026');
  const before = await page.locator('[data-compare=with] option').nth(8).getAttribute('value');
  await page.locator('[data-compare=with]').selectOption(before);
  await expect(page.locator('[data-slower]')).toHaveAttribute('data-slower', '1');
  await expect(page.locator('[data-benchmark="bench.py::test_2"]')).toHaveAttribute('data-verdict', 'slower');
  await expect(page.locator('[data-verdict=within-noise]')).toHaveCount(5);
});
