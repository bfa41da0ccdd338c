import { demo } from '../support/data.ts';
import { expect, test, type App } from '../support/app.ts';

const suite = (name: string, day: number, failed = '') => ({
  name: `${name}-${day}.xml`,
  mimeType: 'application/xml',
  buffer: Buffer.from(
    `<testsuite name="${name}" timestamp="2026-03-0${day}T08:00:00Z" time="3">` +
      ['a', 'b', 'c', 'd']
        .map((t) => `<testcase classname="${name}" name="${t}" time="1">${t === failed ? '<failure message="no"/>' : ''}</testcase>`)
        .join('') +
      '</testsuite>',
  ),
});
const kept = (app: App) => app.page.locator('[role=row][data-kept]');
const databases = (app: App) => app.page.evaluate(async () => (await indexedDB.databases()).map((db) => db.name));

test('nothing is stored unless the user says so, and then what is opened is kept', async ({ app }) => {
  await app.open('#/library');
  await expect(app.page.locator('[data-library]')).toHaveText('No run is kept in this browser.');
  const keep = app.page.locator('[data-keep]');
  await expect(keep).toHaveAttribute('aria-checked', 'false');
  expect(await databases(app)).toEqual([]);
  await keep.click();
  await expect(keep).toHaveAttribute('aria-checked', 'true');
  await expect(app.page.locator('[data-room]')).toContainText('are used');
  await app.choose([suite('unit', 1), suite('unit', 2, 'b'), suite('web', 3)]);
  await app.state('ready');
  await expect(kept(app)).toHaveCount(3);
  await expect(app.page.locator('.kept-suite')).toHaveCount(2);
  // Named after where their tests lie, not after the newest run.
  const suites = () => app.page.locator('[data-suite]').evaluateAll((all) => all.map((suite) => suite.getAttribute('data-suite')));
  expect((await suites()).sort()).toEqual(['unit', 'web']);
  // After a reload the runs are gone from the page and still in the library.
  await app.page.reload();
  await app.state('empty');
  await expect(kept(app)).toHaveCount(3);
  await app.page.locator('[data-open-suite="2"]').click();
  await app.state('ready');
  await expect(app.page.locator('main')).toHaveAttribute('data-view', 'flaky');
  await expect(app.page.locator('.run-select option')).toHaveCount(2);
  await app.page.keyboard.press('1');
  await expect.poll(() => app.metric('tests')).toBe('4');
  // Opened again from the library they are not kept twice.
  await app.page.evaluate(() => { location.hash = '#/library'; });
  await expect(kept(app)).toHaveCount(3);
});

test('a recorded run that was kept has its figures and lanes as before', async ({ app }) => {
  await app.open('#/library');
  await app.page.locator('[data-keep]').click();
  await app.choose([demo('parallel.reportlog.jsonl.gz')]);
  await app.state('ready');
  await app.page.evaluate(() => { location.hash = '#/overview'; });
  await expect.poll(() => app.metric('wall_s')).not.toBeNull();
  const figures = async () => [await app.metric('wall_s'), await app.metric('busy_s'), await app.metric('tests')];
  const before = await figures();
  await app.page.evaluate(() => { location.hash = '#/library'; });
  await expect(kept(app)).toHaveCount(1);
  await app.page.reload();
  await kept(app).first().getByRole('button').first().click();
  await app.state('ready');
  await expect(app.page.locator('main')).toHaveAttribute('data-view', 'overview');
  await expect.poll(figures).toEqual(before);
  await app.page.keyboard.press('2');
  await expect(app.page.locator('canvas[data-timeline]').first()).toHaveAttribute('data-provenance', 'recorded');
});

test('runs are chosen, exported, deleted and imported again', async ({ app }) => {
  await app.open('#/library');
  await app.choose([suite('unit', 1), suite('unit', 2)]);
  await app.state('ready');
  await expect(kept(app)).toHaveCount(0);
  await app.page.locator('[data-keep-open]').click();
  await expect(kept(app)).toHaveCount(2);
  await expect(app.page.locator('[data-keep]')).toHaveAttribute('aria-checked', 'false');
  const saved = app.page.waitForEvent('download');
  await app.page.locator('[data-export-library="2"]').click();
  const file = await (await saved).path();
  await expect(app.page.locator('[data-said]')).toContainText('2 runs are in library.lanescope');
  await app.page.locator('[data-choose]').first().check();
  await app.page.locator('[data-delete="1"]').click();
  await expect(kept(app)).toHaveCount(1);
  // All at once is asked twice.
  await app.page.locator('[data-delete="1"]').click();
  await app.page.getByRole('button', { name: 'Really delete all 1?' }).click();
  await expect(kept(app)).toHaveCount(0);
  await app.page.locator('[data-import]').setInputFiles(file);
  await expect(kept(app)).toHaveCount(2);
  await app.page.locator('[data-import]').setInputFiles({ name: 'x.lanescope', mimeType: '', buffer: Buffer.from('no pack') });
  await expect(app.page.locator('[role=alert][data-said]')).toContainText('Nothing was kept');
  await expect(kept(app)).toHaveCount(2);
  // The file opens like any other, too.
  await app.page.reload();
  await app.choose(file);
  await app.state('ready');
  await expect(app.page.locator('.run-select option')).toHaveCount(2);
});

test('a library of a newer version is left as it is', async ({ app }) => {
  await app.open();
  await app.page.evaluate(async () => {
    localStorage.setItem('lanescope.library', 'on');
    await new Promise((done) => {
      const request = indexedDB.open('lanescope', 99);
      request.onsuccess = () => { request.result.close(); done(null); };
    });
  });
  await app.page.evaluate(() => { location.hash = '#/library'; });
  await expect(app.page.locator('[role=alert][data-said]')).toContainText('newer Lanescope');
  const version = await app.page.evaluate(async () => (await indexedDB.databases())[0].version);
  expect(version).toBe(99);
});

test('a full browser is said, and nothing that was kept is lost', async ({ app }) => {
  await app.open('#/library');
  await app.page.locator('[data-keep]').click();
  await app.choose([suite('unit', 1)]);
  await app.state('ready');
  await expect(kept(app)).toHaveCount(1);
  await app.page.evaluate(() => {
    IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); };
  });
  await app.choose([suite('unit', 2)]);
  await expect(app.page.locator('[role=alert][data-said]')).toContainText('no room left');
  await expect(kept(app)).toHaveCount(1);
});
