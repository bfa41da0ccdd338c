// How fluid the timeline is: runs of 100,000 and 1,000,000 attempts, zoomed and dragged by real input events for some
// seconds, with the time between frames, the time of each draw, and the longest task on the page's thread. Then one
// run as a Chrome trace in speedscope, beside ours, in the same browser.
// `node bench-timeline.mjs [--goal] [words of inputs …]`; with --goal it fails where a goal is missed.
import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { tmpdir } from 'node:os';
import { gunzipSync } from 'node:zlib';
import { chromium } from '@playwright/test';
import { serve } from './support/server.mjs';

const root = resolve(import.meta.dirname, '..');
const large = join(root, '../shared/artifacts/large/reportlog-100k.jsonl.gz');
const temp = join(tmpdir(), 'lanescope-bench');
mkdirSync(temp, { recursive: true });
const GOAL = { frame: 16.7, task: 50, first: 150 };

/** A file in the temporary folder, made once. */
function kept(name, make) {
  const path = join(temp, name);
  if (!existsSync(path)) {
    make(`${path}.part`);
    renameSync(`${path}.part`, path);
  }
  return path;
}

/** Same numbers every time. */
function random(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A reportlog of so many tests on so many workers: log-normal times, a slow tail, 2 % failing, 1 % retried. */
function reportlog(path, tests, workers) {
  const next = random(tests + workers);
  const normal = () => Math.sqrt(-2 * Math.log(next() + 1e-12)) * Math.cos(2 * Math.PI * next());
  const free = Float64Array.from({ length: workers }, () => 1772600400 + next());
  const file = openSync(path, 'w');
  const lines = ['{"pytest_version": "9.0.2", "$report_type": "SessionStart"}'];
  for (let i = 0; i < tests; i++) {
    let worker = 0;
    for (let w = 1; w < workers; w++) if (free[w] < free[worker]) worker = w;
    const id = `tests/pkg_${Math.floor(i / 900) % 40}/test_mod_${Math.floor(i / 30)}.py::test_case_${i % 30}`;
    let seconds = 0.04 * Math.exp(normal());
    if (next() < 0.05) seconds *= 10 + 50 * next();
    const lot = next();
    const tries = lot < 0.01 ? ['rerun', 'passed'] : lot < 0.03 ? ['failed'] : ['passed'];
    tries.forEach((outcome, rerun) => {
      const start = free[worker] + 0.0005;
      free[worker] = start + seconds;
      lines.push(`{"nodeid":"${id}","worker_id":"gw${worker}",${rerun ? `"rerun":${rerun},` : ''}"$report_type":"TestReport","when":"call","outcome":"${outcome}","longrepr":${outcome === 'passed' ? 'null' : '"assert 1 == 2"'},"start":${start.toFixed(4)},"stop":${free[worker].toFixed(4)}}`);
    });
    free[worker] += 0.004 * -Math.log(next() + 1e-9);
    if (lines.length > 20_000) {
      writeSync(file, lines.splice(0).join('\n') + '\n');
    }
  }
  lines.push('{"exitstatus":1,"$report_type":"SessionFinish"}\n');
  writeSync(file, lines.join('\n'));
  closeSync(file);
}

const made = (tests, workers) =>
  kept(`timeline-${tests}-${workers}.jsonl`, (path) => reportlog(path, tests, workers));
const hundred = () => existsSync(large)
  ? kept('reportlog-100k.jsonl', (path) => writeFileSync(path, gunzipSync(readFileSync(large))))
  : made(100_000, 64);
const INPUTS = [
  ['100k on 64', hundred],
  ['1M on 64', () => made(1_000_000, 64)],
  ['1M on 512', () => made(1_000_000, 512)],
];

const args = process.argv.slice(2);
const strict = args.includes('--goal');
const words = args.filter((word) => !word.startsWith('--'));
const wanted = (name) => words.length === 0 || words.some((word) => name.includes(word));
const flags = ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];
const launch = (...more) =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: [...flags, ...more] });
let browser = await launch('--disable-gpu');
const share = (values, part) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? NaN;
const ms = (value) => Math.round(value * 10) / 10;

/** Watches frames, draws, tasks and messages from before the page runs. */
async function watch(page) {
  await page.addInitScript(() => {
    window.bench = { frames: [], tasks: [], messages: [], on: false };
    new PerformanceObserver((list) => list.getEntries().forEach((t) => window.bench.tasks.push([t.startTime, t.duration]))).observe({ type: 'longtask' });
    const Before = window.Worker;
    window.Worker = class extends Before {
      constructor(...given) {
        super(...given);
        this.addEventListener('message', () => window.bench.messages.push(performance.now()));
      }
    };
    document.addEventListener('change', () => performance.mark('bench:chosen'), true);
    let before = 0;
    const frame = (now) => {
      if (window.bench.on && before) window.bench.frames.push(now - before);
      before = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
}

/** Zooms in, pans, zooms out, pans again; `ctrl` where a wheel alone does not zoom. */
async function play(page, box, ctrl) {
  const at = (x, y) => page.mouse.move(box.x + box.width * x, box.y + box.height * y);
  const zoom = async (times, by) => {
    if (ctrl) await page.keyboard.down('Control');
    for (let i = 0; i < times; i++) await page.mouse.wheel(0, by);
    if (ctrl) await page.keyboard.up('Control');
  };
  const drag = async (by) => {
    await page.mouse.down();
    for (let i = 1; i <= 40; i++) await at(0.5 + (by * i) / 40, 0.5 + 0.002 * i);
    await page.mouse.up();
  };
  for (const [times, by] of [[25, -60], [30, -100]]) {
    await at(0.5, 0.5);
    await zoom(times, by);
    await drag(-0.3);
    await at(0.5, 0.5);
    await drag(0.35);
  }
  await at(0.4, 0.4);
  await zoom(70, 80);
}

async function fluid(page, box, ctrl) {
  await page.evaluate(() => {
    window.bench.frames = [];
    window.bench.tasks = [];
    window.bench.on = true;
    performance.clearMeasures('lanescope:frame');
  });
  await play(page, box, ctrl);
  return await page.evaluate(() => {
    window.bench.on = false;
    const draws = performance.getEntriesByName('lanescope:frame').map((m) => m.duration);
    return { frames: window.bench.frames, draws, longest: Math.max(0, ...window.bench.tasks.map((t) => t[1])) };
  });
}

async function ours(path) {
  const host = await serve(process.env.DIST ? { folder: process.env.DIST } : {});
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await watch(page);
  await page.goto(`${host.url}#/timeline`);
  await page.waitForSelector('html[data-state=empty]');
  await page.locator('input[type=file][multiple]').first().setInputFiles(path);
  await page.waitForFunction(() => performance.getEntriesByName('lanescope:timeline').length > 0, undefined, { timeout: 240_000 });
  const opened = await page.evaluate(() => {
    const time = (name) => performance.getEntriesByName(name).at(-1).startTime;
    const drawn = time('lanescope:timeline');
    const answer = Math.max(...window.bench.messages.filter((t) => t <= drawn));
    // A task that began before the file was chosen is of the page's start, or of the browser's own choosing.
    const chosen = time('bench:chosen');
    const [start, open] = [true, false].map((before) =>
      Math.max(0, ...window.bench.tasks.filter(([from]) => from < chosen === before).map((t) => t[1])));
    return { first: drawn - answer, whole: drawn - chosen, start, longest: open };
  });
  await page.waitForTimeout(1000);
  const canvas = page.locator('canvas[data-timeline]');
  const facts = await canvas.evaluate((node) => ({ lanes: node.dataset.lanes, attempts: node.dataset.spans }));
  const seen = await fluid(page, await canvas.boundingBox(), false);
  await page.close();
  await host.close();
  return { opened, facts, seen };
}

function figures({ frames, draws, longest }) {
  const part = (values) => ({ median: ms(share(values, 0.5)), p95: ms(share(values, 0.95)) });
  return { frame: part(frames), draw: part(draws), longest: longest === 0 ? '< 50' : ms(longest), count: frames.length };
}

const rows = [];
const missed = [];
for (const [name, make] of INPUTS.filter(([name]) => wanted(name))) {
  const { opened, facts, seen } = await ours(make());
  const of = figures(seen);
  rows.push({
    input: name, lanes: facts.lanes, attempts: facts.attempts, open_s: ms(opened.whole / 1000), first_frame_ms: ms(opened.first),
    frames: of.count, frame_median: of.frame.median, frame_p95: of.frame.p95, draw_median: of.draw.median, draw_p95: of.draw.p95,
    longest_task: of.longest, longest_at_start: opened.start === 0 ? '< 50' : ms(opened.start), longest_at_open: opened.longest === 0 ? '< 50' : ms(opened.longest),
  });
  // A frame of 60 a second is 16.67 ms long, to the browser's clock of 0.1 ms.
  if (of.frame.p95 > GOAL.frame + 0.1 || Math.max(seen.longest, opened.longest) > GOAL.task || opened.first > GOAL.first) missed.push(name);
}
console.log('Milliseconds, unless a name says otherwise. Goals: frames 16.7 at the 95th percentile, no task over 50, first frame within 150.');
console.table(rows);

/** Serves the folder of a package of static files. */
async function folder(path) {
  const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm' };
  const server = createServer((request, response) => {
    const name = decodeURIComponent(new URL(request.url, 'http://x').pathname).replace(/^\/$/, '/index.html');
    try {
      const body = readFileSync(join(path, resolve('/', name)));
      response.writeHead(200, { 'content-type': types[extname(name)] ?? 'application/octet-stream' }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

async function speedscope(path) {
  const host = await folder(join(root, 'e2e/node_modules/speedscope/dist/release'));
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await watch(page);
  await page.goto(host.url);
  await page.waitForSelector('input[type=file]', { state: 'attached' });
  await page.locator('input[type=file]').first().setInputFiles(path);
  // It is drawn once its views can be chosen and a frame has passed.
  await page.waitForFunction(() => document.body.innerText.includes('Left Heavy') && document.querySelectorAll('canvas').length > 0, undefined, { timeout: 240_000, polling: 'raf' });
  const whole = await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(
    () => done(performance.now() - performance.getEntriesByName('bench:chosen')[0].startTime)))));
  await page.waitForTimeout(1000);
  const seen = await fluid(page, { x: 100, y: 250, width: 1240, height: 500 }, true);
  await page.close();
  host.close();
  return { whole, seen };
}

const command = join(root, 'target/release/lanescope');
if (wanted('speedscope') && existsSync(command) && existsSync(join(root, 'e2e/node_modules/speedscope'))) {
  const input = hundred();
  const trace = kept('reportlog-100k.trace.json', (path) => execFileSync(command, ['export', '--format', 'chrome-trace', '--output', path, input], { stdio: 'ignore' }));
  await browser.close();
  // Speedscope draws by WebGL, and here is no GPU: software, for both.
  browser = await launch('--disable-gpu', '--enable-unsafe-swiftshader');
  const [mine, theirs] = [await ours(input), await speedscope(trace)];
  const row = (whole, seen) => {
    const of = figures(seen);
    return { open_s: ms(whole / 1000), frames: of.count, frame_median: of.frame.median, frame_p95: of.frame.p95, longest_task: of.longest };
  };
  const rows = { 'Lanescope, all lanes': row(mine.opened.whole, mine.seen), 'speedscope, one thread': row(theirs.whole, theirs.seen) };
  const [a, b] = Object.values(rows);
  rows['speedscope / Lanescope'] = { open_s: ms(b.open_s / a.open_s), frame_median: ms(b.frame_median / a.frame_median), frame_p95: ms(b.frame_p95 / a.frame_p95) };
  console.log('The same 100,000 tests: ours reads the report itself and draws all 64 lanes; speedscope reads the Chrome trace that the\n'
    + 'command exports, and draws one of its 64 threads at a time. Same browser, same wheel and drags (with Ctrl there).');
  console.table(rows);
}
await browser.close();
if (strict && missed.length > 0) {
  console.error(`Goals missed: ${missed.join(', ')}`);
  process.exit(1);
}
