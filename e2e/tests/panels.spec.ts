import { readFileSync } from 'node:fs';
import { demo, file, junit, summary } from '../support/data.ts';
import { expect, test, type App } from '../support/app.ts';

const names = ['reportlog.jsonl.gz', 'junit.xml', 'log'];
const query = names.map((name) => `src=demo/parallel.${name}`).join('&');

async function openPanel(app: App, panel: string): Promise<void> {
  await app.open(`#/timeline?${query}&panel=${panel}`);
  await app.state('ready');
  await expect(tab(app, panel)).toHaveAttribute('aria-selected', 'true');
}

const tab = (app: App, panel: string) => app.page.locator(`[role=tab][data-panel=${panel}]`);
const step = async (app: App, name: string) => Number(await app.metric(`waterfall_s.${name}`));

/** A key of the address; empty where it is not there. */
const key = (app: App, name: string) =>
  app.page.evaluate((name) => new URLSearchParams(location.hash.split('?')[1]).get(name) ?? '', name);

const view = async (app: App) => [Number(await key(app, 'from')), Number(await key(app, 'to'))];

test('the parts sum to the whole, and are those that the command prints', async ({ app }) => {
  const breakdown = summary(...names.map((name) => demo(`parallel.${name}`))).runs[0].breakdown_s as Record<string, number>;
  await openPanel(app, 'time');
  await app.page.locator('[data-step]').first().waitFor();
  const parts: Record<string, number> = {};
  for (const name of ['start_up', 'gap', 'tail', 'after', 'setup', 'teardown', 'retries', 'call']) {
    parts[name] = await step(app, name);
  }
  const sum = Object.values(parts).reduce((a, b) => a + b, 0);
  expect(sum).toBeCloseTo(await step(app, 'whole'), 3);
  for (const name of ['start_up', 'gap', 'tail', 'after']) {
    expect(parts[name], name).toBeCloseTo(breakdown[name], 6);
  }
  expect(parts.call + parts.setup + parts.teardown + parts.retries)
    .toBeCloseTo(breakdown.call + breakdown.setup + breakdown.teardown, 6);
  // Each bar begins where the one before it ended, and the last one ends with the whole.
  const bars = await app.page.locator('[data-step] .step-bar').evaluateAll((all) =>
    all.map((bar) => [parseFloat((bar as HTMLElement).style.left), parseFloat((bar as HTMLElement).style.width)]),
  );
  let at = 0;
  for (const [left, width] of bars) {
    expect(left).toBeCloseTo(at, 1);
    at = left + width;
  }
  expect(at).toBeCloseTo(100, 1);
  await expect(app.page.locator('.fixtures')).toContainText('inferred');
});

test('a part opens its pieces, largest first, and a piece zooms the lanes and selects its test', async ({ app }) => {
  await openPanel(app, 'time');
  await app.page.locator('[data-step]', { hasText: 'Setup' }).click();
  const pieces = app.page.locator('[data-piece]');
  await expect(pieces).toHaveCount(50);
  const seconds = await pieces.evaluateAll((all) => all.map((piece) => Number(piece.getAttribute('data-piece'))));
  expect(seconds).toEqual([...seconds].sort((a, b) => b - a));
  const total = Number(await app.page.locator('[data-pieces]').getAttribute('data-pieces'));
  await app.page.getByRole('button', { name: /Show 50 more/ }).click();
  await expect(pieces).toHaveCount(100);
  expect(total).toBeGreaterThan(100);
  await pieces.first().click();
  await expect(app.page.locator('.test-pane')).toBeVisible();
  await expect.poll(() => key(app, 'test')).toContain('::');
  await expect.poll(async () => { const [from, to] = await view(app); return to - from; }).toBeGreaterThan(seconds[0]);
  const [from, to] = await view(app);
  expect(to - from).toBeLessThan(seconds[0] * 3);
});

test('a hole names the tests around it', async ({ app }) => {
  await openPanel(app, 'time');
  await app.page.locator('[data-step]', { hasText: 'Gaps' }).click();
  await expect(app.page.locator('[data-piece]', { hasText: /between .+ and .+/ }).first()).toBeVisible();
  await app.page.locator('[data-piece]').first().click();
  await expect.poll(() => key(app, 'from')).not.toBe('');
  await expect.poll(() => key(app, 'test')).toBe('');
});

test('the overview leads to every part', async ({ app }) => {
  await app.open(`#/overview?${query}`);
  await app.state('ready');
  await app.page.getByRole('button', { name: 'Every part, piece by piece' }).click();
  await expect(app.page.locator('main')).toHaveAttribute('data-view', 'timeline');
  await expect(tab(app, 'time')).toHaveAttribute('aria-selected', 'true');
});

test('the end is told in a sentence, with the tests that nobody could steal', async ({ app }) => {
  await openPanel(app, 'end');
  const sentence = app.page.locator('[data-end]');
  await expect(sentence).toContainText(/The last test, test_settlement_of_a_whole_year on gw1, ended [\d.]+ s after/);
  await expect(sentence).toContainText(/worker-seconds stood idle; .+ sooner \(bound: [\d.]+ s\)/);
  await expect(app.page.locator('[data-last]')).toHaveCount(10);
  await expect(app.page.locator('.end-special')).toContainText('inferred');
  await app.page.locator('[data-show-tail]').click();
  await expect.poll(() => key(app, 'from')).not.toBe('');
});

test('the limit of the demo is found', async ({ app }) => {
  await openPanel(app, 'limits');
  await expect(app.page.locator('[data-limit="30"]')).toBeVisible();
  await expect(app.page.locator('.limit-row')).toContainText('test_a_hanging_gateway_is_given_up');
});

test('where no limit is known the page says what to do', async ({ app }) => {
  await app.open('#/timeline?panel=limits');
  await app.choose([file('small.xml', junit)]);
  await app.state('ready');
  await tab(app, 'limits').click();
  await expect(app.page.locator('.panel-empty')).toContainText('No time limit is known');
});

test('parts that no file tells are unknown, and say why', async ({ app }) => {
  await app.open('#/timeline?src=demo/parallel.junit.xml&panel=time');
  await app.state('ready');
  const tail = app.page.locator('[data-metric="waterfall_s.tail"]');
  await expect(tail).toHaveText('unknown');
  await expect(tail).toHaveAttribute('data-value', '');
  await expect(app.page.locator('[data-step]', { hasText: 'Idle at the end' })).toBeDisabled();
  await expect(app.page.locator('.steps')).toContainText('Not known:');
});

test('tabs and edge answer to keys, and the lanes stay in sight', async ({ app }) => {
  await openPanel(app, 'time');
  await tab(app, 'time').focus();
  await app.page.keyboard.press('ArrowRight');
  await expect(tab(app, 'end')).toBeFocused();
  await expect(tab(app, 'end')).toHaveAttribute('aria-selected', 'true');
  await app.page.keyboard.press('End');
  await expect(app.page.getByRole('table', { name: 'Lanes' }).getByRole('row')).toHaveCount(11);
  await expect.poll(() => key(app, 'panel')).toBe('lanes');
  const edge = app.page.getByRole('separator', { name: 'Height of the panel' });
  const now = async () => Number(await edge.getAttribute('aria-valuenow'));
  const before = await now();
  await edge.focus();
  await app.page.keyboard.press('ArrowDown');
  await expect.poll(now).toBe(before - 24);
  await app.page.keyboard.press('End');
  await expect.poll(now).toBe(Number(await edge.getAttribute('aria-valuemax')));
  const lanes = await app.page.locator('.lanes-scroll').boundingBox();
  expect(lanes!.height).toBeGreaterThan(90);
  await app.page.keyboard.press('p');
  await expect(app.page.locator('#panel')).toBeHidden();
  await expect.poll(() => key(app, 'panel')).toBe('none');
});

test('the panel is closed on a narrow page until it is asked for', async ({ app }) => {
  await app.page.setViewportSize({ width: 390, height: 844 });
  await app.open(`#/timeline?${query}`);
  await app.state('ready');
  await expect(tab(app, 'time')).toHaveAttribute('aria-selected', 'false');
  await tab(app, 'end').click();
  await expect(app.page.locator('[data-end]')).toBeVisible();
});

test('the menu of exports answers to keys', async ({ app }) => {
  await app.open(`#/timeline?${query}`);
  await app.state('ready');
  const button = app.page.getByRole('button', { name: 'Export' });
  const menu = app.page.getByRole('menu', { name: 'Export' });
  await button.focus();
  await app.page.keyboard.press('ArrowDown');
  await expect(app.page.locator('[data-item=png]')).toBeFocused();
  await app.page.keyboard.press('ArrowUp');
  await expect(app.page.locator('[data-item=csv]')).toBeFocused();
  await app.page.keyboard.press('Escape');
  await expect(menu).toBeHidden();
  await expect(button).toBeFocused();
  await button.click();
  await expect(menu).toBeVisible();
  await app.page.locator('.minimap').click();
  await expect(menu).toBeHidden();
});

const saved = async (app: App, item: string) => {
  const coming = app.page.waitForEvent('download');
  await app.page.getByRole('button', { name: 'Export' }).click();
  await app.page.locator(`[data-item=${item}]`).click();
  const download = await coming;
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
};

test('the run is saved as picture, drawing, trace and table', async ({ app }) => {
  await app.open(`#/timeline?${query}`);
  await app.state('ready');
  await app.page.waitForFunction(() => performance.getEntriesByName('lanescope:timeline').length > 0);
  const png = await saved(app, 'png');
  expect(png.name).toMatch(/\.png$/);
  expect(png.bytes.subarray(0, 8).toString('hex')).toBe('89504e470d0a1a0a');
  // Width and height stand at the start: the lanes, with a title and names beside them.
  const canvas = await app.page.locator('main canvas.lane-canvas').boundingBox();
  expect(png.bytes.readUInt32BE(16)).toBeGreaterThan(canvas!.width);
  expect(png.bytes.readUInt32BE(20)).toBeGreaterThan(canvas!.height + 40);

  const svg = await saved(app, 'svg');
  expect(svg.name).toMatch(/\.svg$/);
  expect(svg.bytes.subarray(0, 5).toString()).toMatch(/^<(\?xml|svg )/);
  expect(svg.bytes.toString()).toContain('gw9');

  const trace = await saved(app, 'trace');
  const { traceEvents } = JSON.parse(trace.bytes.toString());
  const attempts = traceEvents.filter((e: { ph: string; cat: string }) => e.ph === 'X' && e.cat !== 'phase');
  const spans = await app.page.locator('main canvas.lane-canvas').getAttribute('data-spans');
  expect(attempts.length).toBe(Number(spans));

  const csv = await saved(app, 'csv');
  expect(csv.bytes.toString()).toMatch(/^lane,worker,group,test,attempt,outcome,/);
  expect(csv.bytes.toString().trim().split('\r\n').length).toBe(attempts.length + 1);
});
