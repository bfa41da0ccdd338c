import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { artifacts, file, junit } from '../support/data.ts';
import { BROKEN, FLAKY, commit, history } from '../support/history.ts';
import { expect, test, type App } from '../support/app.ts';
import { join } from 'node:path';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** A key of the address; empty where it is not there. */
const key = (app: App, name: string) =>
  app.page.evaluate((name) => new URLSearchParams(location.hash.split('?')[1]).get(name) ?? '', name);

const row = (app: App, name: string) => app.page.locator(`[role=row][data-flaky-test="${name}"]`);

async function open(app: App, fragment = '#/flaky'): Promise<void> {
  await app.open(fragment);
  await app.choose(history);
  await app.state('ready');
}

test('the verdict is one sentence, and the best evidence stands first', async ({ app }) => {
  await open(app);
  const range = `${commit(10).slice(0, 8)}..${commit(11).slice(0, 8)}`;
  await expect(app.page.locator('[data-verdict]')).toHaveText(
    new RegExp(`^1 of 19 tests is flaky, 1 is broken since run 11 \\(${range}\\); a clean commit goes red in [\\d.]+\\s% of runs; repairing 1 test (halves|lowers) that\\.$`),
  );
  const first = app.page.locator('[role=row][data-flaky-test]').first();
  await expect(first).toHaveAttribute('data-flaky-test', FLAKY);
  await expect(first).toHaveAttribute('data-class', 'flaky');
  await expect(first.locator('[data-evidence=commit]')).toBeVisible();
  await expect(first.locator('.rate-text')).toContainText(/\d+ %\s*\d+–\d+ %/);
  await expect(row(app, BROKEN)).toHaveAttribute('data-class', 'broken');
  await expect(app.page.locator('[role=row][data-flaky-test]')).toHaveCount(3);
});

test('a test has its own page: evidence, attempts that lead to their run, and the way back', async ({ app }) => {
  await open(app);
  await row(app, FLAKY).click();
  const page = app.page.locator('[data-test-page]');
  await expect(page.locator('h1')).toHaveText('test_total[<b>eur</b>]');
  await expect.poll(() => key(app, 'test')).toBe(FLAKY);
  await expect(page.locator('canvas[data-chart=strip]')).toHaveAttribute('aria-label', /16 runs.*passed in 8, failed in 8/);
  await expect.poll(async () => Number(await page.locator('[data-clean-needed]').getAttribute('data-clean-needed'))).toBeGreaterThan(200);
  const evidence = page.locator('[data-evidence-list=commit]').first();
  await evidence.locator('summary').click();
  await expect(evidence.locator('tbody tr')).toHaveCount(2);
  await page.locator('[data-attempts] tbody tr').first().getByRole('link').click();
  await expect(app.page.locator('main')).toHaveAttribute('data-view', 'tests');
  await expect.poll(() => key(app, 'test')).toBe(FLAKY);
  await expect(app.page.locator('.test-pane')).toContainText('19.99 != 20.00');
  await app.page.goBack();
  await page.locator('[data-back]').click();
  await expect(row(app, FLAKY)).toBeVisible();
});

test('class, search and what is shown stand in the address', async ({ app }) => {
  await open(app, '#/flaky?class=broken');
  await expect(app.page.locator('[role=row][data-flaky-test]')).toHaveCount(1);
  await app.page.locator('.outcome-chip[data-class=all]').click();
  await expect.poll(() => key(app, 'class')).toBe('all');
  await app.page.getByLabel('Search the tests').fill('test_part_1');
  await expect.poll(() => key(app, 'flakyq')).toBe('test_part_1');
  await expect(app.page.locator('[role=row][data-flaky-test]')).toHaveCount(7);
  await app.page.getByLabel('Search the tests').fill('nothing of that name');
  await expect(app.page.getByRole('heading', { name: 'No test matches' })).toBeVisible();
  await app.page.getByRole('button', { name: 'Show all tests' }).click();
  await expect(app.page.getByRole('grid')).toHaveAttribute('aria-rowcount', '20');
  await app.page.locator('[data-show=trend]').click();
  await expect.poll(() => key(app, 'show')).toBe('trend');
  await expect(app.page.locator('canvas[data-chart=trend]')).toBeVisible();
});

test('keys walk the ranking, choose tests and open them', async ({ app }) => {
  await open(app);
  await row(app, BROKEN).waitFor();
  await app.page.getByRole('grid').focus();
  await app.page.keyboard.press('x');
  await expect(row(app, FLAKY).getByRole('checkbox')).toBeChecked();
  await app.page.keyboard.press('ArrowDown');
  const second = await app.page.locator('[role=row][data-active]').getAttribute('data-flaky-test');
  await app.page.keyboard.press('Enter');
  await expect.poll(() => key(app, 'test')).toBe(second);
  await app.page.keyboard.press('Escape');
  await expect(app.page.getByRole('grid')).toBeVisible();
});

test('the heat map speaks its cells, and opens their test', async ({ app }) => {
  await open(app, '#/flaky?show=heat&class=all');
  const map = app.page.locator('[data-heat]');
  await expect(app.page.locator('canvas[data-chart=heat]')).toHaveAttribute('aria-label', /19 tests and 16 runs/);
  const spoken = app.page.locator('[data-spoken]');
  await expect(async () => {
    await map.focus();
    await app.page.keyboard.press('Home');
    await expect(spoken).toContainText(/test_total.*run 1: failed/, { timeout: 500 });
  }).toPass();
  await app.page.keyboard.press('ArrowRight');
  await expect(spoken).toContainText('run 2: passed');
  await app.page.keyboard.press('End');
  await expect(spoken).toContainText('run 16: passed');
  await app.page.getByRole('button', { name: 'Duration' }).click();
  await expect.poll(() => key(app, 'heat')).toBe('time');
  await map.focus();
  await app.page.keyboard.press('Enter');
  await expect.poll(() => key(app, 'test')).toBe(FLAKY);
});

test('lists of flaky or chosen tests are copied and saved', async ({ app }) => {
  await open(app, '#/flaky?show=quarantine');
  const text = app.page.locator('[data-text]');
  await expect(text).toContainText('test_total[<b>eur</b>]');
  await app.page.locator('[data-form=json]').click();
  await expect.poll(() => key(app, 'form')).toBe('json');
  await expect.poll(async () => (await text.textContent())!.trim()[0]).toMatch(/[[{]/);
  await app.page.locator('[data-show=ranking]').click();
  await row(app, BROKEN).getByRole('checkbox').check();
  await app.page.locator('[data-quarantine]').click();
  await app.page.locator('[data-form=conftest]').click();
  await expect(text).toContainText('test_rate');
  await expect(text).not.toContainText('test_total');
  const coming = app.page.waitForEvent('download');
  await app.page.locator('[data-save]').click();
  const download = await coming;
  expect(download.suggestedFilename()).toBe('conftest.py');
  await expect.poll(async () => readFileSync(await download.path(), 'utf8')).toBe(await text.textContent());
});

test('what became slower is told with its run and commit', async ({ app }) => {
  await open(app, '#/flaky?show=durations');
  const line = app.page.locator('[data-steps=slower] .step-line');
  await expect(line).toHaveCount(1);
  await expect(line).toContainText('test_part_3');
  await expect(line).toContainText('100 ms → 900 ms');
  await expect(line).toContainText('from run 9');
});

test('one run without retries says what would fill the view', async ({ app }) => {
  await app.open('#/flaky');
  await app.choose([file('one.xml', junit)]);
  await app.state('ready');
  await expect(app.page.locator('[data-empty]')).toContainText('One run can’t tell which failures are real');
  await expect(app.page.locator('[data-empty]')).toContainText('Drop a folder of past artifacts');
});

test('on a narrow screen a link brings its tab in sight', async ({ app }) => {
  await app.page.setViewportSize({ width: 390, height: 844 });
  await open(app, '#/flaky?show=rules');
  const tab = app.page.locator('[data-show=rules]');
  await expect(tab).toHaveAttribute('aria-selected', 'true');
  await expect.poll(async () => { const box = (await tab.boundingBox())!; return box.x >= 0 && box.x + box.width <= 390; }).toBe(true);
});

for (const scheme of ['light', 'dark'] as const) {
  test(`no panel breaks a rule of accessibility that a machine can check, ${scheme}`, async ({ app }) => {
    await app.page.emulateMedia({ colorScheme: scheme });
    await open(app);
    await app.page.evaluate(axe);
    const panels = ['ranking', 'heat', 'trend', 'clusters', 'durations', 'quarantine', 'rules'];
    for (const panel of panels) {
      await app.page.locator(`[data-show=${panel}]`).click();
      await expect(app.page.locator(`[data-show=${panel}]`)).toHaveAttribute('aria-selected', 'true');
      await check(app, panel);
    }
    await app.page.locator('[data-show=ranking]').click();
    await row(app, FLAKY).click();
    await app.page.locator('[data-test-page] canvas').waitFor();
    await check(app, 'a test');
    await app.page.getByRole('button', { name: 'Compare' }).click();
    await app.page.locator('[data-part]').first().waitFor();
    await check(app, 'compare');
  });
}

async function check(app: App, where: string): Promise<void> {
  const found = await app.page.evaluate(async () => {
    // @ts-expect-error axe was put there before
    const { violations } = await window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] });
    return violations.map((v: { id: string; nodes: { target: string[]; failureSummary: string }[] }) =>
      `${v.id}: ${v.nodes.slice(0, 3).map((n) => `${n.target.join(' ')} ${n.failureSummary}`).join(' | ')}`,
    );
  });
  expect(found, where).toEqual([]);
}

test('a folder of forty runs is forty runs, also when a picker drops the folders', async ({ app }) => {
  test.skip(artifacts === null, 'the artifacts of real runs are not here');
  const { readdirSync, statSync } = await import('node:fs');
  const folder = join(artifacts!, 'pytest-flaky/runs');
  const files = readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name))).filter((path) => statSync(path).isFile());
  await app.open('#/flaky');
  await app.choose(files);
  await app.state('ready');
  await expect(app.page.locator('.flaky-about')).toContainText('40 runs · 26 commits');
  await expect(app.page.locator('[data-verdict]')).toContainText('10 of 129 tests are flaky, 6 are broken');
  await expect(app.page.locator('[data-aside]')).toHaveText('1 run set aside');
});
