import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@playwright/test';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { artifacts, demoFiles, root, summary } from '../support/data.ts';
import { report } from '../support/report.ts';
import { serve } from '../support/server.mjs';

/** Firefox as the system has it. */
const firefox = [process.env.FIREFOX, '/usr/bin/firefox-esr', '/usr/bin/firefox', '/Applications/Firefox.app/Contents/MacOS/firefox'].find((path) => path && existsSync(path));

test.describe.configure({ mode: 'serial' });
test.setTimeout(120_000);
if (!firefox) console.log('Firefox is not on this machine: its tests are skipped');
test.skip(!firefox, 'Firefox is not on this machine');

let browser: Browser;
const problems: string[] = [];

test.beforeAll(async () => {
  if (firefox) browser = await puppeteer.launch({ browser: 'firefox', executablePath: firefox, headless: true });
});
test.afterAll(() => browser?.close());
test.beforeEach(() => void problems.splice(0));
test.afterEach(() => expect(problems, 'problems in the page').toEqual([]));

async function open(address: string): Promise<Page> {
  const page = await browser.newPage();
  await page.setViewport({ width: 1440, height: 900 });
  page.on('console', (message) => void (message.type() === 'error' && problems.push(message.text())));
  page.on('pageerror', (error) => problems.push(String(error)));
  await page.goto(address);
  return page;
}

const ready = (page: Page) => page.waitForSelector('html[data-state=ready]', { timeout: 60_000 });

const value = (page: Page, name: string) =>
  page.$eval(`[data-metric="${name}"]`, (element) => Number(element.getAttribute('data-value')));

async function view(page: Page, name: string, shows: string): Promise<void> {
  await page.evaluate((to) => { location.hash = to; }, `#/${name}`);
  await page.waitForSelector(`main[data-view=${name}] ${shows}`, { timeout: 60_000 });
}

/** The share of a canvas that is not of the colour of its corner. */
const drawn = (page: Page, selector: string) =>
  page.$eval(selector, (canvas) => {
    const { width, height } = canvas as HTMLCanvasElement;
    const copy = new OffscreenCanvas(width, height).getContext('2d')!;
    copy.drawImage(canvas as HTMLCanvasElement, 0, 0);
    const { data } = copy.getImageData(0, 0, width, height);
    let other = 0;
    for (let i = 0; i < data.length; i += 4) other += Number(data[i] !== data[0] || data[i + 1] !== data[1] || data[i + 3] !== data[3]);
    return other / (width * height);
  });

test('Firefox opens the demo, and shows the figures of the command', async () => {
  const host = await serve();
  const page = await open(`${host.url}#/overview?src=demo/parallel.reportlog.jsonl.gz&src=demo/sequential.reportlog.jsonl.gz`);
  await ready(page);
  const { runs } = summary(join(root, 'public/demo/parallel.reportlog.jsonl.gz'));
  for (const name of ['tests', 'workers', 'wall_s', 'parallelism']) expect(await value(page, name), name).toBe(runs[0]![name]);
  await view(page, 'timeline', 'canvas[data-timeline]');
  await page.waitForFunction(() => performance.getEntriesByName('lanescope:timeline').length > 0);
  expect(await drawn(page, 'canvas[data-timeline]')).toBeGreaterThan(0.2);
  await view(page, 'tests', '[role=row][data-test]');
  await view(page, 'speedup', '[data-metric="what_if.makespan_s"]');
  await page.close();
  await host.close();
});

test('Firefox opens a report that is one file', async ({}, info) => {
  const page = await open(pathToFileURL(report(info.outputDir, demoFiles)).href);
  await ready(page);
  expect(await value(page, 'tests')).toBe(650);
  await view(page, 'timeline', 'canvas[data-timeline]');
  await page.waitForFunction(() => performance.getEntriesByName('lanescope:timeline').length > 0);
  expect(await drawn(page, 'canvas[data-timeline]')).toBeGreaterThan(0.2);
  await view(page, 'tests', '[role=row][data-test]');
  await view(page, 'speedup', '[data-metric="what_if.makespan_s"]');
  await view(page, 'flaky', '[data-verdict]');
  await view(page, 'compare', '[data-compare=run]');
  await page.close();
});

test('Firefox draws a run of a hundred thousand tests', async ({}, info) => {
  const large = artifacts && join(artifacts, 'large/reportlog-100k.jsonl.gz');
  test.skip(!large || !existsSync(large), 'the shared artifacts are not on this machine');
  const page = await open(`${pathToFileURL(report(info.outputDir, [large!])).href}#/timeline`);
  await ready(page);
  await page.waitForFunction(() => performance.getEntriesByName('lanescope:timeline').length > 0, { timeout: 60_000 });
  expect(await drawn(page, 'canvas[data-timeline]')).toBeGreaterThan(0.2);
  const ms = await page.evaluate(() => performance.getEntriesByName('lanescope:timeline')[0]!.startTime);
  console.log(`Firefox: first frame of 100 000 tests ${Math.round(ms)} ms after the file was opened`);
  await page.close();
});
