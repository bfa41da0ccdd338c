import { expect, test } from '../support/app.ts';

const demo = ['reportlog.jsonl.gz', 'junit.xml', 'log'].map((name) => `src=demo/parallel.${name}`).join('&');
const id = 'tests/api/test_year_end.py::test_settlement_of_a_whole_year';

test('a link restores view, filter and selected test', async ({ app }) => {
  await app.open(`#/tests?${demo}&q=year&outcome=passed&sort=name&test=${encodeURIComponent(id)}`);
  await app.state('ready');
  await expect(app.page.locator('main')).toHaveAttribute('data-view', 'tests');
  await expect(app.page.locator('[data-search]')).toHaveValue('year');
  const rows = app.page.locator('[role=row][data-test]');
  await expect(rows.first()).toBeVisible();
  for (const outcome of await rows.evaluateAll((all) => all.map((row) => row.getAttribute('data-outcome')))) {
    expect(outcome).toBe('passed');
  }
  await expect(app.page.locator('.test-pane')).toContainText('test_settlement_of_a_whole_year');
});

test('a link restores the time range of the timeline, and zooming changes it', async ({ app }) => {
  await app.open(`#/timeline?${demo}&from=11&to=15`);
  await app.state('ready');
  await app.page.waitForFunction(() => performance.getEntriesByName('lanescope:timeline').length > 0);
  const range = () => app.page.evaluate(() => {
    const query = new URLSearchParams(location.hash.split('?')[1]);
    return [Number(query.get('from')), Number(query.get('to'))];
  });
  await expect.poll(() => range()).toEqual([11, 15]);
  const canvas = app.page.locator('main canvas[data-timeline]');
  await canvas.hover();
  await canvas.focus();
  await app.page.keyboard.press('w');
  await expect.poll(async () => { const [a, b] = await range(); return b - a; }).toBeLessThan(4);
});

test('the same address gives the same figures again', async ({ app }) => {
  await app.open(`#/overview?${demo}`);
  await app.state('ready');
  const hash = await app.page.evaluate(() => location.hash);
  const wall = await app.metric('wall_s');
  await app.page.reload();
  await app.state('ready');
  await expect.poll(() => app.page.evaluate(() => location.hash)).toBe(hash);
  await expect.poll(() => app.metric('wall_s')).toBe(wall);
});

test('back and forward step through views', async ({ app }) => {
  await app.open(`#/overview?${demo}`);
  await app.state('ready');
  const view = app.page.locator('main');
  await app.page.keyboard.press('2');
  await expect(view).toHaveAttribute('data-view', 'timeline');
  await app.page.keyboard.press('3');
  await expect(view).toHaveAttribute('data-view', 'tests');
  await app.page.goBack();
  await expect(view).toHaveAttribute('data-view', 'timeline');
  await app.page.goBack();
  await expect(view).toHaveAttribute('data-view', 'overview');
  await app.page.goForward();
  await expect(view).toHaveAttribute('data-view', 'timeline');
});
