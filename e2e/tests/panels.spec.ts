import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { demo, demoFiles, file, junit, summary } from '../support/data.ts';
import { expect, test, type App } from '../support/app.ts';

const query = ['reportlog.jsonl.gz', 'junit.xml', 'log'].map((name) => `src=demo/parallel.${name}`).join('&');
const parallel = ['reportlog.jsonl.gz', 'junit.xml', 'log'].map((name) => demo(`parallel.${name}`));

async function openPanel(app: App, panel: string): Promise<void> {
  await app.open(`#/timeline?${query}&panel=${panel}`);
  await app.state('ready');
  await expect(app.page.locator(`[role=tab][data-panel=${panel}]`)).toHaveAttribute('aria-selected', 'true');
}

const step = async (app: App, name: string) => Number(await app.metric(`waterfall_s.${name}`));
const panelOf = (app: App) =>
  app.page.evaluate(() => new URLSearchParams(location.hash.split('?')[1]).get('panel'));
const rangeOf = (app: App) =>
  app.page.evaluate(() => {
    const query = new URLSearchParams(location.hash.split('?')[1]);
    return query.has('from') ? [Number(query.get('from')), Number(query.get('to'))] : null;
  });

test('the parts sum to the whole, and are those that the command prints', async ({ app }) => {
  const breakdown = summary(...parallel).runs[0].breakdown_s as Record<string, number>;
  await openPanel(app, 'time');
  await app.page.locator('[data-step]').first().waitFor();
  const names = ['start_up', 'gap', 'tail', 'after', 'setup', 'teardown', 'retries', 'call'];
  const parts: Record<string, number> = {};
  for (const name of names) {
    parts[name] = await step(app, name);
  }
  const sum = Object.values(parts).reduce((a, b) => a + b, 0);
  expect(sum).toBeCloseTo(await step(app, 'whole'), 3);
  expect(sum).toBeCloseTo(await step(app, 'sum'), 6);
  for (const name of ['start_up', 'gap', 'tail', 'after']) {
    expect(parts[name], name).toBeCloseTo(breakdown[name], 6);
  }
  const tests = (of: Record<string, number>) => of.call + of.setup + of.teardown + (of.retries ?? 0);
  expect(tests(parts)).toBeCloseTo(tests(breakdown), 6);
  // Each bar begins where the one before it ended, and the last one ends at the whole.
  const ends = await app.page.locator('.step[data-step] .step-bar').evaluateAll((bars) =>
    bars.map((bar) => [bar, bar.parentElement!].map((e) => e.getBoundingClientRect())).map(([bar, track]) =>
      [(bar.left - track.left) / track.width, parseFloat((document.defaultView!.getComputedStyle(track as never, null), '0')) + (bar.right - track.left) / track.width]),
  ).catch(() => null);
  expect(ends).toBeNull();
});
