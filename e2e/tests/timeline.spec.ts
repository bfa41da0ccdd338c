import type { Page } from '@playwright/test';
import { demo, file } from '../support/data.ts';
import { expect, test, type App } from '../support/app.ts';

const report = demo('parallel.reportlog.jsonl.gz');

/** Opens a report in the timeline, and waits until it is drawn. */
async function timeline(app: App, files: Parameters<App['choose']>[0] = report, query = '') {
  await app.open(`#/timeline${query}`);
  await app.choose(files);
  await app.state('ready');
  const canvas = app.page.locator('main canvas.lane-canvas');
  await canvas.waitFor();
  await app.page.waitForFunction(() => performance.getEntriesByName('lanescope:timeline').length > 0);
  const box = (await canvas.boundingBox())!;
  const at = (x: number, y: number) => [box.x + box.width * x, box.y + box.height * y] as const;
  return { canvas, box, at };
}

/** The visible stretch as the address tells it; `null` for the whole run. */
const view = (page: Page) => page.evaluate(() => {
  const query = new URLSearchParams(location.hash.split('?')[1]);
  return query.has('from') ? [Number(query.get('from')), Number(query.get('to'))] as const : null;
});
const length = async (page: Page) => {
  const seen = await view(page);
  return seen ? seen[1] - seen[0] : Infinity;
};

async function drag(page: Page, from: readonly [number, number], to: readonly [number, number], key?: string) {
  if (key) await page.keyboard.down(key);
  await page.mouse.move(...from);
  await page.mouse.down();
  for (let i = 1; i <= 8; i++) {
    await page.mouse.move(from[0] + ((to[0] - from[0]) * i) / 8, from[1] + ((to[1] - from[1]) * i) / 8);
  }
  await page.mouse.up();
  if (key) await page.keyboard.up(key);
}

/** Pixels of the canvas by colour, the most frequent first. */
const colours = (page: Page) => page.locator('main canvas.lane-canvas').evaluate((node) => {
  const canvas = node as HTMLCanvasElement;
  const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
  const seen = new Map<string, number>();
  for (let i = 0; i < data.length; i += 4) {
    const colour = `${data[i]},${data[i + 1]},${data[i + 2]}`;
    seen.set(colour, (seen.get(colour) ?? 0) + 1);
  }
  return [...seen].sort((a, b) => b[1] - a[1]).map(([colour]) => colour);
});

test('Alt and drag zoom to the box that was drawn', async ({ app }) => {
  const { at } = await timeline(app);
  await drag(app.page, at(0.25, 0.3), at(0.5, 0.6), 'Alt');
  await expect.poll(() => view(app.page)).not.toBeNull();
  // The run is 20.6 s long, with hardly any air: a quarter of it from a quarter on.
  await expect.poll(() => length(app.page)).toBeCloseTo(20.9 / 4, 0);
  await expect.poll(async () => (await view(app.page))![0]).toBeCloseTo(5.1, 0);
});

test('Shift and drag measure a stretch, and Escape lets go of it', async ({ app }) => {
  const { at } = await timeline(app);
  const chart = app.page.locator('.lane-chart');
  await expect(chart).not.toHaveAttribute('data-range');
  await drag(app.page, at(0.6, 0.5), at(0.4, 0.5), 'Shift');
  await expect(chart).toHaveAttribute('data-range');
  const [from, to] = (await chart.getAttribute('data-range'))!.split(' ').map(Number);
  expect(to! - from!).toBeCloseTo(20.9 / 5, 1);
  await expect.poll(() => view(app.page), 'nothing is zoomed').toBeNull();
  await app.page.keyboard.press('Escape');
  await expect(chart).not.toHaveAttribute('data-range');
});

test('a colouring is kept in the address, drawn, and explained by the legend', async ({ app }) => {
  await timeline(app);
  const before = await colours(app.page);
  await app.page.getByLabel('What the colours say').selectOption('file');
  const items = app.page.locator('.timeline-legend [data-tint]');
  await expect(items).toHaveCount(9);
  await expect(items.first()).toContainText('.py');
  await expect(items.first()).toContainText(/\d+ · [\d.]+ s/);
  await expect.poll(() => app.page.evaluate(() => location.hash)).toContain('colour=file');
  await expect.poll(async () => (await colours(app.page)).slice(0, 6).join()).not.toBe(before.slice(0, 6).join());
  await app.page.getByLabel('What the colours say').selectOption('outcome');
  await expect(items).toHaveCount(0);
  await expect.poll(() => app.page.evaluate(() => location.hash)).not.toContain('colour=');
});

test('a link restores the colouring', async ({ app }) => {
  await timeline(app, report, '?colour=duration');
  await expect(app.page.getByLabel('What the colours say')).toHaveValue('duration');
  await expect(app.page.locator('.timeline-legend [data-tint]').first()).toContainText('ms');
});

test('the filter says how many tests it finds, and fades the others', async ({ app }) => {
  await timeline(app);
  const before = await colours(app.page);
  await app.page.getByLabel('Filter the bars').fill('outcome:failed');
  const count = app.page.locator('.find-count');
  await expect(count).toHaveAttribute('data-matches', /^\d+$/);
  const found = Number(await count.getAttribute('data-matches'));
  expect(found).toBeGreaterThan(0);
  await expect(count).toContainText(`${found} of 650`);
  await expect.poll(async () => (await colours(app.page)).slice(0, 4).join()).not.toBe(before.slice(0, 4).join());
  await expect.poll(() => app.page.evaluate(() => location.hash)).toContain('q=outcome:failed');
  await app.page.getByRole('button', { name: 'Clear the search' }).click();
  await expect(count).toBeHidden();
});

test('arrow keys walk every attempt, also where many lie in one bar', async ({ app }) => {
  // 400 tests of 1 ms and a long one: on a usual screen the short ones are one bar.
  const line = (id: string, from: number, to: number) => JSON.stringify({
    $report_type: 'TestReport', nodeid: id, worker_id: 'gw0', when: 'call', outcome: 'passed', longrepr: null, start: from, stop: to,
  });
  const start = 1_772_600_400;
  const short = Array.from({ length: 400 }, (_, i) => line(`t.py::test_${i}`, start + i * 0.001, start + i * 0.001 + 0.0009));
  const lines = ['{"pytest_version":"9.0.2","$report_type":"SessionStart"}', ...short, line('t.py::test_long', start + 1, start + 900), '{"exitstatus":0,"$report_type":"SessionFinish"}'];
  const { canvas } = await timeline(app, [file('walk.jsonl', lines.join('\n'))]);
  await canvas.focus();
  const said = app.page.locator('.lane-chart [role=status]');
  await app.page.keyboard.press('ArrowRight');
  await expect(said).toContainText('test_0,');
  for (let i = 1; i <= 5; i++) {
    await app.page.keyboard.press('ArrowRight');
    await expect(said).toContainText(`test_${i},`);
  }
  await app.page.keyboard.press('ArrowLeft');
  await expect(said).toContainText('test_4,');
  await expect.poll(() => length(app.page), 'it is seen alone').toBeLessThan(0.5);
});

test('a group is one row while it is closed', async ({ app }) => {
  const cases = Array.from({ length: 40 }, (_, i) => `<testcase name="a › b ${i}" classname="a.spec.ts" time="${1 + (i % 7)}"></testcase>`);
  const xml = `<testsuites id="" name="" tests="40" failures="0" skipped="0" errors="0" time="60"><testsuite name="a.spec.ts" timestamp="2026-03-02T08:00:00.000Z" hostname="chromium" tests="40" failures="0" skipped="0" time="60" errors="0">${cases.join('')}</testsuite></testsuites>`;
  const { canvas, box } = await timeline(app, [file('results.xml', xml)]);
  const head = app.page.locator('.lane-group');
  await expect(head).toHaveCount(1);
  await expect(head).toContainText('chromium');
  await expect(head).toHaveAttribute('aria-expanded', 'true');
  const lanes = app.page.locator('.lane-label:visible');
  await expect.poll(() => lanes.count()).toBeGreaterThan(1);
  await head.click();
  await expect(head).toHaveAttribute('aria-expanded', 'false');
  await expect(lanes).toHaveCount(0);
  await expect.poll(async () => (await canvas.boundingBox())!.height).toBeLessThan(box.height - 20);
  await app.page.mouse.click(box.x + 40, (await head.boundingBox())!.y + 10);
  await expect(head, 'the canvas opens it too').toHaveAttribute('aria-expanded', 'true');
});

test('a double click fits a bar, and 0 shows everything again', async ({ app }) => {
  const { canvas, at } = await timeline(app);
  // The long test of gw1 fills the right half of its lane.
  const [x] = at(0.8, 0);
  const lane = (await app.page.locator('.lane-label').nth(1).boundingBox())!;
  await app.page.mouse.dblclick(x, lane.y + lane.height / 2);
  await expect.poll(() => length(app.page)).toBeLessThan(16);
  await canvas.focus();
  await app.page.keyboard.press('0');
  await expect.poll(() => view(app.page)).toBeNull();
});

test('Home and End go to the ends', async ({ app }) => {
  const { canvas } = await timeline(app);
  await canvas.focus();
  await app.page.keyboard.press('w');
  await app.page.keyboard.press('w');
  await expect.poll(() => length(app.page)).toBeLessThan(15);
  await app.page.keyboard.press('End');
  await expect.poll(async () => (await view(app.page))![1]).toBeGreaterThan(20.5);
  await app.page.keyboard.press('Home');
  await expect.poll(async () => (await view(app.page))![0]).toBeLessThan(0.1);
});

test('the wheel zooms to the pointer, with Shift it pans, with Ctrl it zooms as a pinch', async ({ app }) => {
  const { at } = await timeline(app);
  await app.page.mouse.move(...at(0.75, 0.5));
  for (let i = 0; i < 4; i++) await app.page.mouse.wheel(0, -200);
  await expect.poll(() => length(app.page)).toBeLessThan(5);
  const [from, to] = (await view(app.page))!;
  // What was under the pointer at three quarters is there still.
  expect(from + (to - from) * 0.75).toBeCloseTo(-0.17 + 20.95 * 0.75, 0);
  await app.page.keyboard.down('Shift');
  await app.page.mouse.wheel(0, 300);
  await app.page.keyboard.up('Shift');
  await expect.poll(async () => (await view(app.page))![0]).toBeGreaterThan(from + 0.3);
  await expect.poll(() => length(app.page)).toBeCloseTo(to - from, 3);
  await app.page.keyboard.down('Control');
  await app.page.mouse.wheel(0, 60);
  await app.page.keyboard.up('Control');
  await expect.poll(() => length(app.page)).toBeGreaterThan((to - from) * 1.5);
});

test('a drag pans, and goes on only where motion is allowed', async ({ app }) => {
  await app.page.emulateMedia({ reducedMotion: 'reduce' });
  const { at } = await timeline(app, report, '?from=8&to=12');
  await drag(app.page, at(0.6, 0.5), at(0.35, 0.5));
  await expect.poll(async () => (await view(app.page))![0]).toBeCloseTo(9, 1);
});

test('Alt and the wheel scroll the lanes, and leave the time as it is', async ({ app }) => {
  const start = 1_772_600_400;
  const lines = Array.from({ length: 120 }, (_, i) => JSON.stringify({
    $report_type: 'TestReport', nodeid: `t.py::test_${i}`, worker_id: `gw${i}`, when: 'call', outcome: 'passed', longrepr: null, start: start + i / 10, stop: start + i / 10 + 5,
  }));
  const { at } = await timeline(app, [file('many.jsonl', ['{"pytest_version":"9.0.2","$report_type":"SessionStart"}', ...lines, '{"exitstatus":0,"$report_type":"SessionFinish"}'].join('\n'))]);
  const top = () => app.page.locator('.lanes-scroll').evaluate((node) => node.scrollTop);
  await app.page.mouse.move(...at(0.5, 0.5));
  await app.page.keyboard.down('Alt');
  await app.page.mouse.wheel(0, 180);
  await app.page.keyboard.up('Alt');
  await expect.poll(top).toBeGreaterThan(100);
  expect(await view(app.page)).toBeNull();
});

test('a click in the strip of the whole run goes there, a drag moves on, a double click shows everything', async ({ app }) => {
  await timeline(app);
  const strip = (await app.page.locator('.minimap').boundingBox())!;
  const place = (share: number) => [strip.x + strip.width * share, strip.y + strip.height / 2] as const;
  await app.page.mouse.click(...place(0.5));
  // An eighth of the run around its middle.
  await expect.poll(() => length(app.page)).toBeCloseTo(20.95 / 8, 0);
  const [from, to] = (await view(app.page))!;
  expect((from + to) / 2).toBeCloseTo(10.3, 0);
  await drag(app.page, place(0.5), place(0.75));
  await expect.poll(async () => (await view(app.page))![0]).toBeCloseTo(from + 20.95 / 4, 0);
  await expect.poll(() => length(app.page)).toBeCloseTo(to - from, 2);
  await app.page.locator('.minimap').dblclick({ position: { x: strip.width * 0.75, y: strip.height / 2 } });
  await expect.poll(() => view(app.page)).toBeNull();
});

test('a click in the strip of the overview opens the timeline there', async ({ app }) => {
  await app.open('#/overview');
  await app.choose(report);
  await app.state('ready');
  const strip = app.page.locator('.lane-strip canvas[data-timeline]');
  const box = (await strip.boundingBox())!;
  await strip.click({ position: { x: box.width / 2, y: box.height / 2 } });
  await expect(app.page.locator('main')).toHaveAttribute('data-view', 'timeline');
  await expect.poll(() => view(app.page)).not.toBeNull();
  const [from, to] = (await view(app.page))!;
  expect((from + to) / 2).toBeCloseTo(10.3, 0);
  expect(to - from).toBeCloseTo(20.95 / 5, 0);
});

test('thousands of lanes cost the page what is seen of them', async ({ app }) => {
  const lanes = 3000;
  const at = (i: number) => new Date(Date.UTC(2026, 0, 1) + i).toISOString();
  const cases = Array.from({ length: lanes }, (_, i) => `<testcase classname="c" name="n${i}" timestamp="${at(i)}" time="60"/>`);
  const xml = `<testsuites name="nextest-run"><testsuite name="s" tests="${lanes}">${cases.join('')}</testsuite></testsuites>`;
  const elements = () => app.page.evaluate(() => document.querySelectorAll('*').length);
  await app.open();
  await app.choose([file('wide.xml', xml)]);
  await app.state('ready');
  const strip = app.page.locator('canvas[data-timeline]');
  await expect(strip).toHaveAttribute('data-lanes', String(lanes));
  expect((await strip.boundingBox())!.height).toBeLessThan(560);
  expect(await elements()).toBeLessThan(2000);
  await app.page.getByRole('button', { name: 'Timeline', exact: true }).click();
  const labels = app.page.locator('.lane-label');
  await expect(labels.first()).toBeVisible();
  expect(await labels.count()).toBeLessThan(lanes / 4);
  // No file names a worker: they are not called so.
  await expect(app.page.locator('.lane-head span').first()).toHaveText('Lane');
  await expect(app.page.locator('canvas[data-chart=running]')).toHaveAttribute('aria-label', /on 3,000 lanes/);
  // At the end of the list the last name stands where the last lane is.
  await app.page.locator('.lanes-scroll').evaluate((element) => element.scrollTo(0, element.scrollHeight));
  const last = app.page.locator('.lane-labels > div:last-child .lane-label').last();
  await expect(last).toBeInViewport();
  const [label, canvas] = [(await last.boundingBox())!, (await app.page.locator('.lane-canvas').boundingBox())!];
  await app.page.mouse.move(canvas.x + canvas.width / 2, label.y + label.height / 2);
  const name = await last.locator('.lane-name').textContent();
  await expect(app.page.locator('.tip')).toContainText(name!);
  expect(await labels.count()).toBeLessThan(lanes / 4);
  // The table lists some, and more on demand.
  await app.page.getByRole('tab', { name: 'Lanes' }).click();
  const rows = app.page.locator('#lane-table tbody tr');
  await expect(rows).toHaveCount(256);
  await expect(app.page.locator('#lane-table thead th').first()).toHaveText('Lane');
  await app.page.locator('[data-more-lanes]').click();
  await expect(rows).toHaveCount(512);
});
