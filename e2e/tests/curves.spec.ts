import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { artifacts, demo, demoFiles, summary } from '../support/data.ts';
import { expect, test, type App } from '../support/app.ts';

const sources = (run: string) => ['reportlog.jsonl.gz', 'junit.xml', 'log'].map((name) => `src=demo/${run}.${name}`).join('&');
const files = (run: string) => [demo(`${run}.reportlog.jsonl.gz`), demo(`${run}.junit.xml`), demo(`${run}.log`)];

/** Opens the timeline, and waits until lanes and curves are drawn. */
async function timeline(app: App, rest = '', runs = ['parallel']): Promise<void> {
  await app.open(`#/timeline?${runs.map(sources).join('&')}${rest}`);
  await app.state('ready');
  await app.page.waitForFunction(() => performance.getEntriesByName('lanescope:timeline').length > 0);
}

const chart = (app: App, name: string) => app.page.locator(`canvas[data-chart="${name}"]`);
const tip = (app: App, name: string) => app.page.locator(`.curve-chart:has(canvas[data-chart="${name}"]) .curve-tip`);

/** The second that a value beside the rule is for. */
const second = (text: string) => Number(/at (−?[\d.]+) s$/.exec(text)![1]!.replace('−', '-'));

test('curves say in words what they show', async ({ app }) => {
  const run = summary(...files('parallel')).runs[0]!;
  await timeline(app);
  const running = chart(app, 'running');
  await expect(running).toHaveAttribute('aria-label', new RegExp(`${(run.parallelism as number).toFixed(1)} on average, ${run.workers} at the most, on ${run.workers} workers`));
  await expect(chart(app, 'completions')).toHaveAttribute('aria-label', new RegExp(`^${run.attempts} attempts done in .+, half of them by .+ s\\.`));
  await expect(running).toHaveAttribute('data-provenance', 'recorded');
  await expect(app.page.locator('.curve-chart p.sr-only')).toHaveCount(2);
});

test('the value beside the rule follows pointer and zoom', async ({ app }) => {
  await timeline(app, '&from=11&to=15');
  const { workers } = summary(...files('parallel')).runs[0]!;
  await expect(chart(app, 'running')).toHaveAttribute('aria-label', /on average/);
  await chart(app, 'running').hover({ position: { x: 400, y: 30 } });
  for (const name of ['running', 'completions']) {
    await expect(tip(app, name)).toHaveText(name === 'running' ? new RegExp(`^[\\d.]+ of ${workers} running at `) : /^\d+ of \d+ done at /);
    const at = second(await tip(app, name).innerText());
    expect(at).toBeGreaterThan(11);
    expect(at).toBeLessThan(15);
  }
  // The rule stands at the same place in both curves and the lanes.
  const rules = await app.page.locator('.time-rule').evaluateAll((all) => all.map((rule) => Math.round(rule.getBoundingClientRect().left)));
  expect(rules.length).toBe(3);
  expect(new Set(rules).size).toBe(1);
  const before = second(await tip(app, 'running').innerText());
  await app.page.mouse.wheel(0, -300);
  await app.page.keyboard.press('d');
  await expect.poll(async () => second(await tip(app, 'running').innerText())).not.toBe(before);
  await expect.poll(() => app.page.evaluate(() => location.hash)).not.toContain('from=11&');
  const [from, to] = await app.page.evaluate(() => {
    const query = new URLSearchParams(location.hash.split('?')[1]);
    return [Number(query.get('from')), Number(query.get('to'))];
  });
  const at = second(await tip(app, 'running').innerText());
  expect(at).toBeGreaterThanOrEqual(from! - 0.01);
  expect(at).toBeLessThanOrEqual(to! + 0.01);
});

test('both curves go and come with one button', async ({ app }) => {
  await timeline(app);
  const toggle = app.page.getByRole('button', { name: 'Curves' });
  await expect(toggle).toHaveAttribute('aria-pressed', 'true');
  await toggle.click();
  await expect(app.page.locator('.curve')).toHaveCount(0);
  await toggle.click();
  await expect(app.page.locator('.curve')).toHaveCount(2);
});

test('on a narrow screen curves are off until asked for, and nothing is cut', async ({ app }) => {
  await app.page.setViewportSize({ width: 390, height: 844 });
  await timeline(app);
  await expect(app.page.locator('.curve')).toHaveCount(0);
  await app.page.getByRole('button', { name: 'Curves' }).click();
  await expect(app.page.locator('.curve')).toHaveCount(2);
  await app.page.keyboard.press('m');
  await expect(app.page.locator('[data-range="attempts"]')).toBeVisible();
  await expect.poll(() => app.page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  // Tabs of panels lie in a strip that scrolls.
  const cut = await app.page.locator('.timeline-page button:not([role=tab]), .timeline-page select').evaluateAll((all) =>
    all.filter((e) => e.getBoundingClientRect().right > 390 || e.getBoundingClientRect().left < 0).length);
  expect(cut).toBe(0);
});

test('curves of lanes that are not recorded say so', async ({ app }) => {
  await app.open();
  await app.choose([demo('parallel.junit.xml')]);
  await app.state('ready');
  await app.page.keyboard.press('2');
  await expect(chart(app, 'running')).toHaveAttribute('data-provenance', 'simulated');
  await expect(chart(app, 'running')).toHaveAttribute('aria-label', /The lanes are simulated\./);
});

/** The figures of the range, and the sums of its rows. */
async function measured(app: App) {
  const figure = async (name: string) => Number(await app.page.locator(`[data-range="${name}"]`).getAttribute('data-value'));
  const sum = async (name: string) => {
    const all = await app.page.locator(`.range-table [data-lane="${name}"]`).evaluateAll((cells) => cells.map((c) => Number(c.getAttribute('data-value'))));
    return { n: all.length, sum: all.reduce((a, b) => a + b, 0) };
  };
  return { figure, sum };
}

const inputs: [string, string[] | null][] = [
  ['the demo', files('parallel')],
  ['networkx', artifacts ? ['reportlog.jsonl.gz', 'junit.xml', 'log'].map((name) => join(artifacts!, 'pytest-xdist/networkx', `n4-load.${name}`)) : null],
];
for (const [name, paths] of inputs) {
  test(`the whole run as a range has the figures of the command, on ${name}`, async ({ app }) => {
    test.skip(!paths || !paths.every(existsSync), 'the shared artifacts are not on this machine');
    const run = summary(...paths!).runs[0]!;
    await app.open();
    await app.choose(paths!);
    await app.state('ready');
    await app.page.evaluate((to) => { location.hash = `#/timeline?run=${new URLSearchParams(location.hash.split('?')[1]).get('run')}&from=0&to=${to}`; }, run.wall_s);
    await app.page.waitForFunction(() => performance.getEntriesByName('lanescope:timeline').length > 0);
    await app.page.keyboard.press('m');
    // Attempts without a start have no place on the lanes, and the page says how many.
    const spans = Number(await app.page.locator('canvas[data-timeline]').getAttribute('data-spans'));
    expect(spans).toBeGreaterThan((run.attempts as number) * 0.99);
    await expect(app.page.locator('[data-range="attempts"]')).toHaveAttribute('data-value', String(spans));
    const { figure, sum } = await measured(app);
    // The command counts the recorded phases, a range all from start to stop: a little more, and no more than there is.
    await expect.poll(async () => (await figure('busy_s')) / (run.busy_s as number)).toBeGreaterThan(0.999);
    await expect.poll(async () => (await figure('busy_s')) / (run.busy_s as number)).toBeLessThan(1.1);
    await expect.poll(() => figure('length_s')).toBeCloseTo(run.wall_s as number, 5);
    await expect.poll(() => figure('parallelism')).toBeCloseTo((await figure('busy_s')) / (await figure('length_s')), 6);
    for (const column of ['attempts', 'bad', 'busy_s', 'idle_s']) {
      const rows = await sum(column);
      expect(rows.n).toBe(run.workers);
      expect(rows.sum, column).toBeCloseTo(await figure(column), 6);
    }
    await expect.poll(async () => (await figure('busy_s')) + (await figure('idle_s'))).toBeCloseTo((run.workers as number) * (await figure('length_s')), 6);
    await app.page.keyboard.press('Escape');
    await expect(app.page.locator('.range-panel')).toHaveCount(0);
  });
}

test('a part of the run is measured by itself, and Esc forgets it after the selected test', async ({ app }) => {
  await timeline(app, '&from=2&to=4');
  await app.page.keyboard.press('m');
  const { figure, sum } = await measured(app);
  await expect(app.page.locator('[data-range="length_s"]')).toHaveAttribute('data-value', '2');
  await expect.poll(() => figure('parallelism')).toBeCloseTo((await figure('busy_s')) / 2, 6);
  await expect.poll(async () => (await sum('busy_s')).sum).toBeCloseTo(await figure('busy_s'), 6);
  await expect.poll(() => app.page.evaluate(() => location.hash)).toContain('panel=range');
  await app.page.keyboard.press('Escape');
  await expect.poll(() => app.page.evaluate(() => location.hash)).not.toContain('panel=range');
});

test('two runs stand on one clock, and a test in one is outlined in the other', async ({ app }) => {
  const { runs } = summary(...demoFiles);
  const [fast, slow] = [runs.find((run) => run.baseline)!, runs.find((run) => !run.baseline)!];
  const id = 'tests/api/test_year_end.py::test_settlement_of_a_whole_year';
  await timeline(app, `&run=${fast.id}`, ['parallel', 'sequential']);
  const view = () => app.page.evaluate(() => performance.getEntriesByName('lanescope:frame').length);
  await app.page.getByLabel('Compare with').selectOption({ label: slow.label });
  const canvases = app.page.locator('canvas[data-timeline]');
  await expect(canvases).toHaveCount(2);
  await expect(canvases.nth(1)).toHaveAttribute('data-spans', String(slow.attempts));
  const line = app.page.locator('.second-line');
  await expect(line).toContainText(`${fast.label} is faster by`);
  const speedup = (fast.baseline as { speedup: number }).speedup;
  await expect(line).toContainText(`a speedup of ${speedup < 9.95 ? speedup.toFixed(2) : speedup.toFixed(1)}× over the sequential run`);
  await expect.poll(() => view()).toBeGreaterThan(0);
  // One time axis: both canvases begin and end at the same place.
  const boxes = await Promise.all([canvases.nth(0).boundingBox(), canvases.nth(1).boundingBox()]);
  expect(boxes[0]!.x).toBe(boxes[1]!.x);
  expect(boxes[0]!.width).toBe(boxes[1]!.width);
  // What is chosen in the first is outlined in the second: its picture changes.
  const picture = () => canvases.nth(1).evaluate((c) => (c as HTMLCanvasElement).toDataURL());
  const before = await picture();
  await app.page.evaluate((test) => { location.hash += `&test=${encodeURIComponent(test)}`; }, id);
  await expect.poll(picture).not.toBe(before);
  await expect(app.page.locator('.second-missing')).toHaveText('');
  await app.page.evaluate((test) => { location.hash = location.hash.replace(encodeURIComponent(test).replaceAll('%2F', '/').replaceAll('%3A', ':'), 'no_such_test'); }, id);
  await expect(app.page.locator('.second-missing')).toHaveText(`no_such_test is not on the lanes of ${slow.label}`);
});

test('a link restores the second run and a stretch that only it has', async ({ app }) => {
  const { runs } = summary(...demoFiles);
  const [fast, slow] = [runs.find((run) => run.baseline)!, runs.find((run) => !run.baseline)!];
  const from = Math.ceil(fast.session_s as number) + 1;
  expect(slow.wall_s).toBeGreaterThan(from + 2);
  await timeline(app, `&run=${fast.id}&from=${from}&to=${from + 2}&with=${slow.id}`, ['parallel', 'sequential']);
  await expect(app.page.locator('canvas[data-timeline]')).toHaveCount(2);
  await expect(app.page.getByLabel('Compare with')).toHaveValue(slow.id);
  await expect(app.page.locator('.range-ends').first()).toContainText(`${from}.`);
  await app.page.getByRole('button', { name: 'Show one run' }).click();
  await expect(app.page.locator('canvas[data-timeline]')).toHaveCount(1);
  await expect.poll(() => app.page.evaluate(() => location.hash)).not.toContain('with=');
});

test('of two runs each has its curves, on one clock and one scale', async ({ app }) => {
  const { runs } = summary(...demoFiles);
  const [fast, slow] = [runs.find((run) => run.baseline)!, runs.find((run) => !run.baseline)!];
  await timeline(app, `&run=${fast.id}&with=${slow.id}`, ['parallel', 'sequential']);
  const running = chart(app, 'running');
  await expect(running).toHaveAttribute('aria-label', new RegExp(`on ${fast.workers} workers, over .+ The second run: Tests running .+ on 1 worker, over `));
  await expect(chart(app, 'completions')).toHaveAttribute('aria-label', new RegExp(` The second run: ${slow.attempts} attempts done in `));
  await expect(app.page.locator('.curve').first().locator('.curve-runs > span')).toHaveText([fast.label, slow.label]);
  // Both runs have a value where both have tests, and the longer one alone after the end of the other.
  const { width } = (await running.boundingBox())!;
  await running.hover({ position: { x: width * 0.1, y: 30 } });
  await expect(tip(app, 'running')).toHaveText(new RegExp(`^[\\d.]+ of ${fast.workers} · [\\d.]+ of 1 running at `));
  await running.hover({ position: { x: width * 0.9, y: 30 } });
  await expect(tip(app, 'running')).toHaveText(/^– · [\d.]+ of 1 running at /);
  await expect(tip(app, 'completions')).toHaveText(new RegExp(`^– · \\d+ of ${slow.attempts} done at `));
  const picture = () => running.evaluate((c) => (c as HTMLCanvasElement).toDataURL());
  const both = await picture();
  await app.page.getByRole('button', { name: 'Show one run' }).click();
  await expect(running).not.toHaveAttribute('aria-label', /second run/);
  await expect(app.page.locator('.curve-runs > span')).toHaveCount(0);
  expect(await picture()).not.toBe(both);
});
