import { file, junit } from '../support/data.ts';
import { BROKEN, FLAKY, history, run } from '../support/history.ts';
import { expect, test, type App } from '../support/app.ts';

const key = (app: App, name: string) =>
  app.page.evaluate((name) => new URLSearchParams(location.hash.split('?')[1]).get(name) ?? '', name);

const part = (app: App, name: string) => app.page.locator(`[data-part=${name}]`);
const chosen = (app: App, name: string) => app.page.locator(`[data-compare=${name}] option:checked`);

async function choose(app: App, name: 'run' | 'with', start: string): Promise<void> {
  const option = app.page.locator(`[data-compare=${name}] option`, { hasText: start });
  await app.page.locator(`[data-compare=${name}]`).selectOption((await option.getAttribute('value'))!);
}

test('two runs are chosen, told in a sentence, and compared list by list', async ({ app }) => {
  await app.open('#/compare');
  await app.choose(history);
  await app.state('ready');
  await expect(app.page.locator('[data-compare=run] option')).toHaveCount(16);
  await choose(app, 'with', '10 Mar 2026');
  await choose(app, 'run', '11 Mar 2026');
  await expect(part(app, 'new_failures').locator('[data-test]')).toHaveCount(2);
  await expect(app.page.locator('[data-verdict]')).toHaveText(/^2 new failures, 1 fixed/);
  await expect(part(app, 'fixed').locator('[data-test]')).toHaveAttribute('data-test', 'tests/test_flow.py::test_login');
  await expect(part(app, 'still_failing')).toHaveAttribute('data-count', '0');
  await expect.poll(async () => (await key(app, 'run')) !== (await key(app, 'with'))).toBe(true);

  const link = await app.page.evaluate(() => location.hash);
  await app.page.locator('[data-swap]').click();
  await expect(app.page.locator('[data-verdict]')).toHaveText(/^1 new failure, 2 fixed/);
  await app.page.evaluate((hash) => { location.hash = hash; }, link);
  await expect(app.page.locator('[data-verdict]')).toHaveText(/^2 new failures, 1 fixed/);
  await expect(chosen(app, 'with')).toContainText('10 Mar 2026');

  await part(app, 'new_failures').locator(`[data-test="${BROKEN}"]`).click();
  await expect(app.page.locator('main')).toHaveAttribute('data-view', 'tests');
  await expect(app.page.locator('.test-pane')).toContainText('rate is 0.19');
});

test('a test of the comparison leads to its history', async ({ app }) => {
  await app.open('#/compare');
  await app.choose(history);
  await app.state('ready');
  await choose(app, 'with', '10 Mar 2026');
  await choose(app, 'run', '11 Mar 2026');
  await part(app, 'new_failures').locator('.compare-line', { hasText: 'test_total' }).getByRole('link', { name: 'history' }).click();
  await expect(app.page.locator('[data-test-page] h1')).toHaveText('test_total[<b>eur</b>]');
  await expect.poll(() => key(app, 'test')).toBe(FLAKY);
});

test('slower tests have both times', async ({ app }) => {
  await app.open('#/compare');
  await app.choose(history);
  await app.state('ready');
  await choose(app, 'with', '8 Mar 2026');
  await choose(app, 'run', '9 Mar 2026');
  await expect(part(app, 'slower')).toContainText('100 ms → 900 ms');
  await expect(part(app, 'slower')).toContainText('9.00× slower');
});

test('parameters that change from run to run are shown on both sides', async ({ app }) => {
  const a = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';
  const b = '9b2d6a10-77aa-4c1e-8c3f-5d1f0e6a7b21';
  await app.open('#/compare');
  await app.choose([run(1, [`test_of[${a}]`]), run(2, [`test_of[${b}]`])]);
  await app.state('ready');
  await expect(part(app, 'renamed')).toContainText(a);
  await expect(part(app, 'renamed')).toContainText(b);
  await expect(part(app, 'added')).toHaveAttribute('data-count', '0');
});

test('one run says that a second one is needed', async ({ app }) => {
  await app.open('#/compare');
  await app.choose([file('one.xml', junit)]);
  await app.state('ready');
  await expect(app.page.locator('[data-empty]')).toContainText('One run has nothing to be compared with');
});
