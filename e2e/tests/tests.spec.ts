import { demo } from '../support/data.ts';
import { expect, test, type App } from '../support/app.ts';

const head = (app: App, word: string) => app.page.locator(`.test-head [data-sort="${word}"]`);
const column = (app: App, word: string) => app.page.locator('[role=columnheader]', { has: app.page.locator(`[data-sort="${word}"]`) });
const names = (app: App) => app.page.locator('[role=row][data-test]').evaluateAll((rows) => rows.slice(0, 5).map((row) => row.getAttribute('data-test')!));
const sort = (app: App) => app.page.evaluate(() => new URLSearchParams(location.hash.split('?')[1]).get('sort'));

async function list(app: App, query = ''): Promise<void> {
  await app.open(`#/tests${query}`);
  await app.choose([demo('parallel.reportlog.jsonl.gz')]);
  await app.state('ready');
  await expect(app.page.locator('[role=row][data-test]').first()).toBeVisible();
}

test('heads of columns order the list both ways, by mouse and by key', async ({ app }) => {
  await list(app);
  const first = await names(app);
  await expect(app.page.locator('[aria-sort]')).toHaveCount(0);
  await head(app, 'name').click();
  await expect(column(app, 'name')).toHaveAttribute('aria-sort', 'ascending');
  await expect(app.page.getByLabel('Order', { exact: true })).toHaveValue('name');
  await expect.poll(() => names(app)).not.toEqual(first);
  const up = await names(app);
  await head(app, 'name').focus();
  await app.page.keyboard.press('Enter');
  await expect(column(app, 'name')).toHaveAttribute('aria-sort', 'descending');
  await expect.poll(() => sort(app)).toBe('-name');
  await expect.poll(() => names(app)).not.toEqual(up);
  const down = await names(app);
  expect(down[0]! > up[0]!).toBe(true);
  // No test was opened by the key.
  expect(await app.page.evaluate(() => location.hash)).not.toContain('test=');
  await app.page.keyboard.press('Space');
  await expect(app.page.locator('[aria-sort]')).toHaveCount(0);
  await expect.poll(() => names(app)).toEqual(first);
});

test('the longest come first, and the shortest once the order is turned round', async ({ app }) => {
  await list(app);
  await head(app, 'duration').click();
  await expect(column(app, 'duration')).toHaveAttribute('aria-sort', 'descending');
  const time = () => app.page.locator('[role=row][data-test] .time-figure').first().innerText();
  await expect.poll(time).toMatch(/\d s$/);
  await app.page.getByRole('button', { name: 'Turn the order round' }).click();
  await expect(column(app, 'duration')).toHaveAttribute('aria-sort', 'ascending');
  await expect.poll(time).toMatch(/(µs|ms|–)$/);
});

test('a link restores an order that is turned round', async ({ app }) => {
  await list(app, '?sort=-start');
  await expect(app.page.getByLabel('Order', { exact: true })).toHaveValue('start');
  await expect(app.page.getByRole('button', { name: 'Turn the order round' })).toHaveAttribute('aria-pressed', 'true');
});
