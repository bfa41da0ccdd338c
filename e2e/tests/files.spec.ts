import { execFileSync } from 'node:child_process';
import { demo, demoFiles } from '../support/data.ts';
import { expect, test } from '../support/app.ts';

const suite = (tests: string[], at: string) =>
  `<testsuite name="s" timestamp="${at}" time="3">${tests.map((t) => `<testcase classname="c" name="${t}" time="1"/>`).join('')}</testsuite>`;
const file = (name: string, content: string) => ({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(content) });
/** Two jobs, two days apart: by themselves they are two runs. */
const jobs = [
  file('alpha.xml', suite(['a', 'b'], '2026-03-02T08:00:00Z')),
  file('beta.xml', suite(['a', 'b'], '2026-03-04T08:00:00Z')),
];
const key = (app: { page: import('@playwright/test').Page }, name: string) =>
  app.page.evaluate((name) => new URLSearchParams(location.hash.split('?')[1]).get(name), name);

test('the files stand by run, with what they are and why they are one', async ({ app }) => {
  await app.open('#/files');
  await expect(app.page.getByRole('heading', { name: 'No file is open' })).toBeVisible();
  await app.choose(demoFiles);
  await app.state('ready');
  await expect(app.page.locator('[data-files-verdict]')).toHaveText('6 files became 2 runs.');
  await expect(app.page.locator('.file-run')).toHaveCount(2);
  await expect(app.page.locator('.file-run [data-rule=session]').first()).toContainText('the same tests, and times that fit');
  const row = app.page.locator('[role=row][data-path="parallel.junit.xml"]');
  await expect(row).toContainText('junit-xml (pytest)');
  await expect(row.getByRole('cell').nth(3)).toContainText(/\d+/);
});

test('another rule makes other runs, stands in the address and holds for a link', async ({ app }) => {
  await app.open('#/files');
  await app.choose(jobs);
  await app.state('ready');
  const verdict = app.page.locator('[data-files-verdict]');
  await expect(verdict).toHaveText('2 files became 2 runs.');
  await app.page.locator('[data-join]').selectOption('one');
  await expect(verdict).toHaveText('2 files became 1 run.');
  await expect(app.page.locator('.file-run [data-rule=matrix]')).toContainText('alpha.xml, beta.xml');
  expect(await key(app, 'join')).toBe('one');
  await app.page.goBack();
  await expect(verdict).toHaveText('2 files became 2 runs.');
  await app.page.locator('[data-join]').selectOption('{}');
  const pattern = app.page.locator('[data-pattern]');
  await pattern.fill('nothing');
  await pattern.press('Enter');
  await expect(pattern).toHaveAttribute('aria-invalid', 'true');
  await pattern.fill('{}.xml');
  await pattern.press('Enter');
  await expect(verdict).toHaveText('2 files became 1 run.');
  await app.page.goto('about:blank');
  await app.open(`#/files?join=apart&src=demo/parallel.junit.xml&src=demo/parallel.log`);
  await expect(verdict).toHaveText(/2 files became 2 runs/);
  await expect(app.page.locator('[data-join]')).toHaveAttribute('data-rule', 'apart');
});

test('of a folder with a file for each attempt the first are listed, and the rest as it is asked for', async ({ app }) => {
  const start = Date.UTC(2026, 2, 2, 8);
  const results = Array.from({ length: 250 }, (_, i) => file(`${i}-result.json`, JSON.stringify({
    uuid: `u${i}`, historyId: `h${i}`, name: `t${i}`, fullName: `m.t${i}`, status: 'passed', start: start + i * 10, stop: start + i * 10 + 9,
    labels: [{ name: 'host', value: 'h' }, { name: 'thread', value: `w${i % 4}` }],
  })));
  await app.open('#/overview');
  await app.choose(results);
  await app.state('ready');
  await expect(app.page.locator('.files > .file')).toHaveCount(13);
  await app.page.getByRole('button', { name: 'All 250 files' }).click();
  await expect(app.page.locator('[data-files-verdict]')).toHaveText('250 files became 1 run.');
  const rows = app.page.locator('.file-row[data-path]');
  const more = app.page.locator('[data-more-files]');
  await expect(rows).toHaveCount(100);
  await expect(rows.first().locator('.file-place')).toContainText('a part of it');
  await expect(more).toHaveText('100 of 150 more files');
  await more.click();
  await expect(rows).toHaveCount(200);
  await expect(more).toHaveText('50 more files');
  await more.click();
  await expect(rows).toHaveCount(250);
  await expect(more).toBeHidden();
});

test('a group is named by hand, and the name taken back', async ({ app }) => {
  await app.open('#/files');
  await app.choose(jobs);
  await app.state('ready');
  const verdict = app.page.locator('[data-files-verdict]');
  for (const [path, name, runs] of [['alpha.xml', 'first', '2 runs'], ['beta.xml', 'second', '1 run']] as const) {
    await app.page.locator(`[data-name-group="${path}"]`).focus();
    await app.page.keyboard.press('Enter');
    const field = app.page.locator(`[data-group-name="${path}"]`);
    await expect(field).toBeFocused();
    await app.page.keyboard.press('Escape');
    await expect(app.page.locator(`[data-name-group="${path}"]`)).toBeFocused();
    await app.page.keyboard.press('Enter');
    await field.fill(name);
    await field.press('Enter');
    await expect.poll(() => key(app, 'join')).toContain(name);
    await expect(verdict).toContainText(runs);
  }
  await expect(app.page.locator('.file-rules')).toContainText('named by hand (first, second)');
  await app.page.locator('[data-forget-names]').click();
  await expect(verdict).toHaveText('2 files became 2 runs.');
  expect(await key(app, 'join')).toBeNull();
});

test('a file is removed and the rest stays; without the last the page is empty', async ({ app }) => {
  await app.open('#/files');
  await app.choose([demo('parallel.junit.xml'), demo('sequential.junit.xml')]);
  await app.state('ready');
  await app.page.locator('[data-remove="parallel.junit.xml"]').click();
  await expect(app.page.locator('[data-files-verdict]')).toHaveText('1 file became 1 run.');
  await app.page.keyboard.press('1');
  await expect.poll(() => app.metric('tests')).not.toBeNull();
  await expect(app.page.locator('.run-select option')).toHaveCount(1);
  await app.page.keyboard.press('7');
  await app.page.locator('[data-remove="sequential.junit.xml"]').click();
  await expect(app.page.getByRole('heading', { name: 'No file is open' })).toBeVisible();
  await app.state('empty');
});

test('only what has messages is left on demand, and many messages are one line elsewhere', async ({ app }) => {
  await app.page.setViewportSize({ width: 390, height: 844 });
  const cut = Array.from({ length: 5 }, (_, i) =>
    file(`run-${i}/cut.xml`, suite([`t${i}`, 'x'], `2026-03-0${i + 1}T08:00:00Z`).slice(0, -20)));
  await app.open();
  await app.choose([file('whole.xml', suite(['w'], '2026-03-09T08:00:00Z')), ...cut]);
  await app.state('ready');
  await expect(app.page.locator('.message')).toHaveCount(1);
  await app.page.locator('[data-see-files]').click();
  await expect(app.page.locator('main')).toHaveAttribute('data-view', 'files');
  await expect(app.page.locator('.message')).toHaveCount(0);
  const hooks = app.page.locator('[role=alert][data-file], [role=status][data-file]');
  await expect(hooks).toHaveCount(5);
  await expect(app.page.locator('[role=row][data-path]')).toHaveCount(6);
  await app.page.locator('[data-only]').click();
  await expect(app.page.locator('[role=row][data-path]')).toHaveCount(5);
  expect(await key(app, 'only')).toBe('problems');
  // Nothing is wider than the screen.
  const over = await app.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(over).toBeLessThanOrEqual(0);
});

test('an index on a host opens the runs that it names', async ({ app }) => {
  const json = (value: unknown) => ({ contentType: 'application/json', body: JSON.stringify(value) });
  const asked: string[] = [];
  const at = new URL('./history/', app.host.url).href;
  await app.page.route(`${at}**`, (route) => {
    const path = route.request().url().slice(at.length);
    asked.push(path);
    const day = /run-(\d)/.exec(path)?.[1];
    if (path === 'index.json') {
      return route.fulfill(json({ lanescope: 'index/1', runs: ['run-1/junit.xml', 'older/index.json', 'gone.xml', 'javascript:alert(1)'] }));
    }
    if (path === 'older/index.json') {
      return route.fulfill(json({ lanescope: 'index/1', runs: ['../run-2/junit.xml', 'index.json'] }));
    }
    return day ? route.fulfill({ body: suite(['a', 'b'], `2026-03-0${day}T08:00:00Z`) }) : route.fulfill({ status: 404 });
  });
  app.expectProblem(/404/);
  await app.open('#/files?src=history/index.json');
  await app.state('ready');
  await expect(app.page.locator('[data-files-verdict]')).toHaveText('2 files became 2 runs.');
  await expect(app.page.locator('[role=row][data-path="run-1/junit.xml"]')).toHaveCount(1);
  await expect(app.page.locator('[role=row][data-path="run-2/junit.xml"]')).toHaveCount(1);
  // What is gone, or no address of a host, is said; indexes that name each other end.
  await expect(app.page.locator('.message')).toContainText(['404', 'Only http and https']);
  expect(asked.filter((path) => path === 'older/index.json')).toHaveLength(1);
});

/** An archive of files: name, content. */
const zip = (files: { name: string; buffer: Buffer }[]) =>
  execFileSync('python3', ['-c', `import sys,json,zipfile,io
out=io.BytesIO();z=zipfile.ZipFile(out,'w')
for name,text in json.load(sys.stdin): z.writestr(name,text)
z.close();sys.stdout.buffer.write(out.getvalue())`], { input: JSON.stringify(files.map((f) => [f.name, f.buffer.toString()])) });

test('an archive is removed with all that is in it, by one button', async ({ app }) => {
  await app.open('#/files');
  await app.choose([
    { name: 'all.zip', mimeType: 'application/zip', buffer: zip(jobs) },
    file('alone.xml', suite(['x'], '2026-03-09T08:00:00Z')),
  ]);
  await app.state('ready');
  const verdict = app.page.locator('[data-files-verdict]');
  await expect(verdict).toHaveText('3 files, 2 of them out of 1 archive, became 3 runs.');
  const archive = app.page.locator('[data-archives] [role=row][data-path="all.zip"]');
  await expect(archive).toContainText('2 files in 2 runs');
  await expect(app.page.locator('.file-run[data-run=""]')).toHaveCount(0);
  await app.page.getByRole('button', { name: 'Remove all.zip with its 2 files' }).click();
  await expect(verdict).toHaveText('1 file became 1 run.');
  await expect(app.page.locator('[data-archives]')).toHaveCount(0);
  await expect(app.page.locator('[role=row][data-path]')).toHaveCount(1);
});

test('groups are put in order by buttons, for the timeline too, and the address keeps it', async ({ app }) => {
  const sets = ['linux', 'mac', 'windows'].map((name) => file(`${name}.xml`, suite(['a', 'b'], '2026-03-02T08:00:00Z')));
  await app.open('#/files?join=one');
  await app.choose(sets);
  await app.state('ready');
  const groups = app.page.locator('[data-group]');
  const names = () => groups.evaluateAll((rows) => rows.map((row) => row.getAttribute('data-group')));
  await app.page.locator('.file-groups summary').click();
  await expect.poll(names).toEqual(['linux.xml', 'mac.xml', 'windows.xml']);
  const up = app.page.getByRole('button', { name: 'Move windows.xml up, now 3 of 3' });
  await up.focus();
  await app.page.keyboard.press('Enter');
  await expect.poll(names).toEqual(['linux.xml', 'windows.xml', 'mac.xml']);
  await expect(app.page.locator('[data-moved]')).toHaveText('windows.xml is now 2 of 3.');
  // The list was made anew, and the hand goes on where it was.
  await expect(app.page.getByRole('button', { name: 'Move windows.xml up, now 2 of 3' })).toBeFocused();
  await app.page.keyboard.press('Enter');
  await expect.poll(names).toEqual(['windows.xml', 'linux.xml', 'mac.xml']);
  // At the top there is no way up: the other button has the focus.
  await expect(app.page.getByRole('button', { name: 'Move windows.xml down, now 1 of 3' })).toBeFocused();
  expect(await key(app, 'join')).toBe('one\n\twindows.xml\n\tlinux.xml');
  await app.page.goBack();
  await expect.poll(names).toEqual(['linux.xml', 'windows.xml', 'mac.xml']);
  await app.page.goForward();
  await expect.poll(names).toEqual(['windows.xml', 'linux.xml', 'mac.xml']);
  await app.page.locator('[data-forget-order]').click();
  await expect.poll(names).toEqual(['linux.xml', 'mac.xml', 'windows.xml']);
  expect(await key(app, 'join')).toBe('one');
});

test('the lanes stand in the order of the groups', async ({ app }) => {
  const at = '2026-03-02T08:00:00.000Z';
  const line = (value: unknown) => JSON.stringify(value);
  const log = (n: number) => [
    line({ $report_type: 'SessionStart', pytest_version: '9.2.0' }),
    ...['a', 'b'].map((name, i) => line({
      $report_type: 'TestReport', nodeid: `t.py::${name}`, outcome: 'passed', when: 'call', duration: 1,
      start: Date.parse(at) / 1000 + n + i, stop: Date.parse(at) / 1000 + n + i + 1, worker_id: `gw${n}`, keywords: {},
    })),
    line({ $report_type: 'SessionFinish', exitstatus: 0 }),
  ].join('\n') + '\n';
  await app.open('#/timeline?join=file%0A%09mac');
  await app.choose(['linux', 'mac', 'windows'].map((name, n) => file(`${name}.jsonl`, log(n))));
  await app.state('ready');
  const heads = app.page.locator('button.lane-group');
  await expect(heads).toContainText(['mac', 'linux', 'windows']);
});

test('an index that was dropped is named, and its own addresses are fetched on demand', async ({ app }) => {
  const at = new URL('./elsewhere/', app.host.url).href;
  await app.page.route(`${at}**`, (route) => route.fulfill({ body: suite(['a', 'b'], '2026-03-01T08:00:00Z') }));
  const index = (runs: string[]) => file('index.json', JSON.stringify({ lanescope: 'index/1', runs }));
  await app.open();
  await app.choose([index(['run-1/junit.xml'])]);
  await app.state('error');
  await expect(app.page.locator('.message')).toContainText('this is an index of 1 file');
  await expect(app.page.locator('.message')).toContainText('#/?src=');
  await expect(app.page.locator('[data-fetch-index]')).toHaveCount(0);
  await app.choose([index([`${at}junit.xml`, 'run-1/junit.xml'])]);
  const fetch = app.page.locator('.message [data-fetch-index]').last();
  await expect(fetch).toHaveText('Fetch 1 file');
  expect(app.requests.filter((url) => url.startsWith(at))).toEqual([]);
  await fetch.click();
  await app.state('ready');
  expect(app.requests.filter((url) => url.startsWith(at))).toEqual([`${at}junit.xml`]);
  await expect.poll(() => app.metric('tests')).toBe('2');
  await app.page.evaluate(() => { location.hash = '#/files'; });
  await expect(app.page.locator('.file-run[data-run=""] [data-fetch-index]')).toHaveText('Fetch 1 file');
});
