import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { demo, demoFiles, summary } from '../support/data.ts';
import { expect, test, type App } from '../support/app.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const parallel = demo('parallel.reportlog.jsonl.gz');

async function lab(app: App, files: string[], fragment = '#/speedup'): Promise<void> {
  await app.open(fragment);
  await app.choose(files);
  await app.state('ready');
  await app.page.evaluate((to) => { location.hash = to; }, fragment);
  await app.page.locator('[data-metric="what_if.makespan_s"]').waitFor();
}

/** Every point of every curve is there. */
async function swept(app: App): Promise<void> {
  await expect(app.page.locator('[data-sweep]')).toHaveAttribute('aria-busy', 'false', { timeout: 20_000 });
}

test('the verdict names what costs time, with the figures of the command line', async ({ app }) => {
  await lab(app, demoFiles);
  const [run] = summary(...demoFiles).runs.filter((run) => (run.workers as number) > 1);
  for (const name of ['wall_s', 'session_s', 'workers', 'lower_bound_s', 'utilisation', 'parallelism']) {
    await expect.poll(async () => Number(await app.metric(name)), name).toBeCloseTo(run?.[name] as number, 9);
  }
  await expect.poll(async () => Number(await app.metric('speedup'))).toBeCloseTo((run?.baseline as { speedup: number }).speedup, 9);
  const first = app.page.locator('[data-bottleneck]').first();
  await expect(first.locator('.cost-s [data-provenance]')).toBeVisible();
  await expect(first.locator('.cost-saves')).toContainText('at most');
  await expect.poll(() => app.page.locator('.lab-verdict').innerText()).toMatch(/\d/);
});

test('a plan is answered at once, stands in the address, and comes back with it', async ({ app }) => {
  await lab(app, [parallel]);
  const before = Number(await app.metric('what_if.makespan_s'));
  await app.page.locator('[data-mode=lpt]').click();
  await app.page.locator('input[data-key=workers]').fill('16');
  await expect(app.page).toHaveURL(/mode=lpt/);
  await expect(app.page).toHaveURL(/workers=16/);
  await expect(app.page.locator('.result-what')).toHaveText('longest first, 16 workers');
  const planned = Number(await app.metric('what_if.makespan_s'));
  expect(planned).toBeLessThan(before);
  expect(planned).toBeGreaterThanOrEqual(Number(await app.metric('what_if.lower_bound_s')) - 1e-6);
  await expect(app.page.locator('[data-metric="what_if.gain_s"]')).toHaveAttribute('data-provenance', 'simulated');

  const address = new URL(app.page.url()).hash;
  await app.page.goto('about:blank');
  await lab(app, [parallel], address);
  await expect(app.page.locator('.result-what')).toHaveText('longest first, 16 workers');
  await expect.poll(async () => Number(await app.metric('what_if.makespan_s'))).toBeCloseTo(planned, 9);
  await app.page.getByRole('button', { name: 'As recorded' }).click();
  await expect.poll(async () => Number(await app.metric('what_if.makespan_s'))).toBeCloseTo(before, 9);
  await expect(app.page).not.toHaveURL(/workers=/);
});

test('splitting the longest test and leaving tests out change what is predicted', async ({ app }) => {
  await lab(app, [parallel], '#/speedup?workers=64&mode=lpt');
  const bound = Number(await app.metric('what_if.lower_bound_s'));
  await app.page.locator('select[data-key=cut]').selectOption('4');
  await expect.poll(async () => Number(await app.metric('what_if.lower_bound_s'))).toBeLessThan(bound);
  await app.page.locator('select[data-key=cut]').selectOption('1');
  await expect.poll(async () => Number(await app.metric('what_if.lower_bound_s'))).toBeCloseTo(bound, 9);
  const query = app.page.locator('input[data-key=drop]');
  await query.fill('duration:>1s');
  await query.press('Enter');
  await expect(query.locator('xpath=following-sibling::*[1]')).toHaveText(/\d+ tests?/);
  await expect.poll(async () => Number(await app.metric('what_if.makespan_s'))).toBeLessThan(bound);
});

test('curves come in, are stepped through by keys, and stand in a table', async ({ app }) => {
  await lab(app, [parallel]);
  await swept(app);
  const chart = app.page.locator('canvas[data-chart=makespan]');
  await expect(chart).toHaveAttribute('aria-label', /worksteal: .* with 64/);
  const figure = app.page.locator('figure', { has: chart });
  await chart.focus();
  await chart.press('Home');
  await expect(figure.locator('[role=status]')).toContainText(/^1 workers; .*load \d/);
  await chart.press('ArrowRight');
  await expect(figure.locator('[role=status]')).toContainText(/^2 workers/);
  await chart.press('Enter');
  await expect(app.page.locator('.result-what')).toContainText('2 workers');
  await figure.locator('summary').click();
  await expect.poll(() => figure.locator('tbody tr').count()).toBeGreaterThan(10);
  await expect(app.page.locator('.model-error')).toContainText('Bands are made to hold');
  for (const item of ['csv', 'svg', 'png']) {
    await figure.getByRole('button', { name: 'Save' }).click();
    const saved = app.page.waitForEvent('download');
    await figure.locator(`[data-item=${item}]`).click();
    expect((await saved).suggestedFilename()).toBe(`makespan.${item}`);
  }
});

test('a predicted run is shown on the timeline as simulated, and never joined', async ({ app }) => {
  await lab(app, demoFiles, '#/speedup?workers=7&mode=worksteal');
  const runs = app.page.locator('.run-select option');
  await app.page.locator('[data-action=predict]').click();
  const timeline = app.page.locator('canvas[data-timeline]');
  await expect(timeline).toHaveAttribute('data-provenance', 'simulated');
  await expect(timeline).toHaveAttribute('data-lanes', '7');
  await expect.poll(() => runs.count()).toBe(3);
  // The lab goes on with the run that was recorded.
  await app.page.getByRole('button', { name: 'Speedup' }).or(app.page.getByRole('link', { name: 'Speedup' })).first().click();
  await expect(app.page.locator('[data-run]')).toHaveCount(2);
});

test('one run says what would make a speedup of it', async ({ app }) => {
  await lab(app, [parallel]);
  await expect(app.page.locator('.open-next')).toContainText('No speedup from one run');
  await expect.poll(() => app.page.locator('[data-metric=speedup][data-value=""]').count()).toBeGreaterThan(0);
});

test('files to take home carry what they promise', async ({ app }) => {
  await lab(app, [parallel]);
  await app.page.locator('[role=tab]', { hasText: 'command line' }).click();
  await expect(app.page.locator('.take-home-text')).toContainText('pytest');
  await app.page.keyboard.press('ArrowRight');
  await expect(app.page.locator('.take-home [aria-selected=true]')).not.toHaveText('command line');
  const saved = app.page.waitForEvent('download');
  await app.page.locator('[data-action=save]').click();
  expect((await saved).suggestedFilename()).not.toBe('');
});

test('without a run the lab says what would fill it', async ({ app }) => {
  await app.open('#/speedup');
  await expect(app.page.locator('main')).toContainText(/run/i);
});

for (const scheme of ['light', 'dark'] as const) {
  test(`the lab breaks no rule of accessibility that a machine can check, ${scheme}`, async ({ app }) => {
    await app.page.emulateMedia({ colorScheme: scheme });
    await lab(app, demoFiles);
    await swept(app);
    await app.page.evaluate(axe);
    const found = await app.page.evaluate(async () => {
      // @ts-expect-error axe is put there by the line above
      const { violations } = await window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] });
      return violations.map((v: { id: string; nodes: { target: string[]; failureSummary: string }[] }) =>
        `${v.id}: ${v.nodes.slice(0, 3).map((n) => `${n.target.join(' ')} ${n.failureSummary}`).join(' | ')}`,
      );
    });
    expect(found).toEqual([]);
  });
}
