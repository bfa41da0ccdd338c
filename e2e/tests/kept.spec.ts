import { demo, summary } from '../support/data.ts';
import { expect, test, type App } from '../support/app.ts';

const names = ['reportlog.jsonl.gz', 'junit.xml', 'log'];
const sources = (run: string) => names.map((name) => `src=demo/${run}.${name}`).join('&');

/** Opens the timeline, and waits until the lanes are drawn. */
async function timeline(app: App, rest = '', runs = ['parallel']): Promise<void> {
  await app.open(`#/timeline?${runs.map(sources).join('&')}${rest}`);
  await app.state('ready');
  await app.page.waitForFunction(() => performance.getEntriesByName('lanescope:timeline').length > 0);
}

/** A key of the address; empty where it is not there. */
const key = (app: App, name: string) =>
  app.page.evaluate((name) => new URLSearchParams(location.hash.split('?')[1]).get(name) ?? '', name);

const lanes = (app: App) => app.page.locator('.lane-chart');

test('a link brings the measured stretch back, and letting go of it takes it out of the address', async ({ app }) => {
  await timeline(app, '&from=4&to=12&range=6,7.5');
  await expect(lanes(app)).toHaveAttribute('data-range', '6.000000 7.500000');
  await app.page.getByRole('tab', { name: 'Range' }).click();
  await expect(app.page.locator('[data-range="length_s"]')).toHaveAttribute('data-value', '1.5');
  await app.page.locator('canvas[data-timeline]').focus();
  await app.page.keyboard.press('m');
  await expect.poll(() => key(app, 'range')).toBe('4,12');
  await app.page.keyboard.press('Escape');
  await expect(lanes(app)).not.toHaveAttribute('data-range');
  await expect.poll(() => key(app, 'range')).toBe('');
  await expect.poll(async () => [await key(app, 'from'), await key(app, 'to')]).toEqual(['4', '12']);
});

test('a panel that the link names stays open beside a measured stretch', async ({ app }) => {
  await timeline(app, '&range=6,7.5&panel=end');
  await expect(app.page.locator('[role=tab][data-panel=end]')).toHaveAttribute('aria-selected', 'true');
  await expect(lanes(app)).toHaveAttribute('data-range', '6.000000 7.500000');
});

test('the pieces of a chosen part are outlined on the lanes, all that are listed', async ({ app }) => {
  await timeline(app, '&panel=time');
  const canvas = app.page.locator('canvas[data-timeline]');
  const gaps = app.page.locator('[data-step]', { hasText: 'Gaps' });
  await gaps.click();
  await expect(app.page.locator('[data-piece]')).toHaveCount(50);
  await expect(canvas).toHaveAttribute('data-outlined', '50');
  await app.page.getByRole('button', { name: /Show 50 more/ }).click();
  await expect(canvas).toHaveAttribute('data-outlined', '100');
  await gaps.click();
  await expect(canvas).toHaveAttribute('data-outlined', '0');
});

test('two fingers on a curve zoom the clock, around what is between them', async ({ app }) => {
  await timeline(app);
  const box = (await app.page.locator('canvas[data-chart="running"]').boundingBox())!;
  const touch = await app.page.context().newCDPSession(app.page);
  const fingers = (apart: number) => [-1, 1].map((side, id) => ({ x: box.x + box.width / 2 + side * apart, y: box.y + 30, id }));
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: fingers(40) });
  for (const apart of [50, 70, 100, 140, 160]) {
    await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: fingers(apart) });
  }
  await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await expect.poll(async () => Number(await key(app, 'to')) - Number(await key(app, 'from'))).toBeGreaterThan(4);
  const [from, to] = [Number(await key(app, 'from')), Number(await key(app, 'to'))];
  expect(to - from).toBeLessThan(10);
  const [start, end] = [-4.9, 21.6];
  expect((from + to) / 2).toBeGreaterThan((start + end) / 2 - 1.5);
  expect((from + to) / 2).toBeLessThan((start + end) / 2 + 1.5);
});

test('the mean of the curve says how it counts', async ({ app }) => {
  await timeline(app);
  await expect(app.page.locator('canvas[data-chart="running"]')).toHaveAttribute('aria-label', /from start to stop: [\d.]+ on average/);
});

test('on a narrow screen all tabs below the lanes are in sight', async ({ app }) => {
  await app.page.setViewportSize({ width: 390, height: 844 });
  await timeline(app);
  const toggle = (await app.page.locator('.panel-toggle').boundingBox())!;
  const ends = await app.page.locator('.panel-tab').evaluateAll((all) => all.map((tab) => tab.getBoundingClientRect().right));
  expect(ends.length).toBe(5);
  expect(Math.max(...ends)).toBeLessThanOrEqual(toggle.x + 1);
});

test('the figures of a run are copied as the command prints them', async ({ app }) => {
  await app.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await app.open();
  const files = ['parallel', 'sequential'].flatMap((run) => names.map((name) => demo(`${run}.${name}`)));
  await app.choose(files);
  await app.state('ready');
  await app.page.getByRole('button', { name: 'Copy figures as JSON' }).click();
  await expect(app.page.locator('.copy-button')).toContainText('Copied');
  const copied = JSON.parse(await app.page.evaluate(() => navigator.clipboard.readText()));
  // The command names a file by its path, the page by its name; figures and the run's name do not depend on it.
  // Coverage and benchmarks are no figures of the tests; they have views of their own.
  const { coverage, benchmarks, ...run } = summary(...files).runs.find((run) => run.label === copied.label)!;
  expect([coverage !== undefined, benchmarks !== undefined]).toEqual([true, true]);
  expect(copied).toEqual(run);
});
