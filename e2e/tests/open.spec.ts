import { gzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { demo, demoFiles, file, gz, junit, root, tar, text, zip } from '../support/data.ts';
import { expect, test } from '../support/app.ts';

test('the demo is one click away, and every figure says how it is known', async ({ app }) => {
  await app.open();
  await app.page.getByRole('button', { name: 'Open the demo run' }).click();
  await app.state('ready');
  await expect.poll(() => app.metric('tests')).toBe('650');
  await expect.poll(() => app.metric('workers')).toBe('10');
  await expect.poll(async () => Number(await app.metric('speedup'))).toBeCloseTo(5.17, 1);
  await expect(app.page.locator('[data-metric=wall_s]').first()).toHaveAttribute('data-provenance', 'recorded');
  await expect(app.page.locator('canvas[data-timeline]')).toHaveAttribute('data-provenance', 'recorded');
  await expect(app.page.locator('h1')).toContainText('10 workers');
});

test('files chosen together become runs, and the page marks when it was ready', async ({ app }) => {
  await app.open();
  await app.choose(demoFiles);
  await app.state('ready');
  await expect(app.page.locator('.run-select option')).toHaveCount(2);
  await expect(app.page.locator('canvas[data-timeline]')).toHaveAttribute('data-lanes', '10');
  await app.page.waitForFunction(() => performance.getEntriesByName('lanescope:timeline').length > 0);
  const marks = await app.page.evaluate(() =>
    ['lanescope:open', 'lanescope:ready', 'lanescope:timeline'].map((name) => performance.getEntriesByName(name).length),
  );
  expect(marks.every((n) => n > 0), String(marks)).toBe(true);
});

test('an archive opens: its members are files, and the reader of all formats is fetched for it', async ({ app }) => {
  await app.open();
  expect(app.requests.filter((url) => url.includes('reader-full'))).toEqual([]);
  const packed = gzipSync(tar([['reports/junit.xml', readFileSync(demo('parallel.junit.xml'))], ['shots/a.png', Buffer.from('89504e470d0a1a0a', 'hex')]]));
  await app.choose([file('artifacts.tar.gz', packed)]);
  await app.state('ready');
  await expect(app.page.locator('[data-metric=tests]').first()).toHaveAttribute('data-value', '650');
  expect(app.requests.filter((url) => url.includes('reader-full')).length).toBeGreaterThan(0);
});

test('a report that few tools write is read by the reader of all formats', async ({ app }) => {
  await app.open();
  await app.choose(join(root, 'fixtures/go-test-json/go-1.27.3-shop.jsonl'));
  await app.state('ready');
  await expect.poll(() => app.metric('tests')).toBe('9');
  await expect(app.page.locator('canvas[data-timeline]')).toHaveAttribute('data-provenance', 'rebuilt');
});

test('a folder is dropped', async ({ app }) => {
  await app.open();
  const xml = junit;
  await app.page.evaluate((xml) => {
    const data = new DataTransfer();
    data.items.add(new File([xml], 'junit.xml'));
    data.items.add(new File(['nothing of interest'], 'notes.txt'));
    window.dispatchEvent(new DragEvent('dragover', { dataTransfer: data, bubbles: true, cancelable: true }));
    window.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
  }, xml);
  await app.state('ready');
  await expect.poll(() => app.metric('tests')).toBe('2');
  await expect(app.page.locator('[data-file="notes.txt"]')).toBeVisible();
});

test('a report is pasted as text', async ({ app }) => {
  await app.open();
  await app.page.evaluate((xml) => {
    const data = new DataTransfer();
    data.setData('text', xml);
    window.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  }, junit);
  await app.state('ready');
  await expect.poll(() => app.metric('failed')).toBe('1');
});

test('an address in the fragment is fetched, relative to the page', async ({ app }) => {
  await app.open('#/overview?src=demo/parallel.junit.xml');
  await app.state('ready');
  await expect.poll(() => app.metric('tests')).toBe('650');
  await expect(app.page.locator('canvas[data-timeline]')).toHaveAttribute('data-provenance', 'simulated');
});

test('an address that brings nothing says why, and leaves the rest usable', async ({ app }) => {
  app.expectProblem(/404|Failed to load resource/);
  await app.open('#/overview?src=demo/nowhere.xml&src=demo/parallel.junit.xml&src=javascript:alert(1)');
  await app.state('ready');
  await expect(app.page.locator('[role=alert][data-file="demo/nowhere.xml"]')).toContainText('404');
  await expect(app.page.locator('[role=alert][data-file="javascript:alert(1)"]')).toContainText('http');
  await expect.poll(() => app.metric('tests')).toBe('650');
});

test('fetching can be cancelled', async ({ app }) => {
  await app.page.route('**/slow.xml', () => {
    /* never answered */
  });
  await app.open('#/overview?src=demo/slow.xml');
  await app.state('loading');
  await app.page.locator('[data-cancel]').click();
  await app.state('empty');
  await expect(app.page.locator('[role=status]')).toContainText(/[Cc]ancelled/);
});

test('addresses that are opened while others are fetched come after them', async ({ app }) => {
  let answer: () => void = () => undefined;
  const held = new Promise<void>((resolve) => { answer = resolve; });
  await app.page.route('**/slow.xml', async (route) => {
    await held;
    await route.fulfill({ body: junit });
  });
  await app.open('#/overview?src=demo/slow.xml');
  await app.state('loading');
  await app.page.evaluate(() => { location.hash = '#/overview?src=demo/parallel.junit.xml'; });
  answer();
  await app.state('ready');
  await expect(app.page.locator('.run-select option')).toHaveCount(2);
  await expect(app.page.locator('[role=status]').filter({ hasText: /[Cc]ancelled/ })).toHaveCount(0);
});

test('closing all runs stops what is being fetched', async ({ app }) => {
  let answer: () => void = () => undefined;
  const held = new Promise<void>((resolve) => { answer = resolve; });
  await app.page.route('**/slow.xml', async (route) => {
    await held;
    await route.fulfill({ body: junit }).catch(() => undefined);
  });
  await app.open();
  await app.choose([file('good.xml', junit)]);
  await app.state('ready');
  await app.page.evaluate(() => { location.hash = '#/overview?src=demo/slow.xml'; });
  await app.state('loading');
  await app.page.getByRole('button', { name: 'Close all runs' }).click();
  answer();
  await app.state('empty');
  await app.choose(demo('parallel.junit.xml'));
  await app.state('ready');
  await expect.poll(() => app.metric('tests')).toBe('650');
  await expect(app.page.locator('.run-select option')).toHaveCount(1);
});

test('a pasted address is fetched, and one that carries runs is read as it is', async ({ app }) => {
  const paste = (text: string) =>
    app.page.evaluate((text) => {
      const data = new DataTransfer();
      data.setData('text', text);
      window.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
    }, text);
  await app.open();
  await paste(new URL('./demo/parallel.junit.xml', app.host.url).href);
  await app.state('ready');
  await expect.poll(() => app.metric('tests')).toBe('650');
  // Cut off: the reader says so, and nothing is fetched.
  const before = app.requests.length;
  await paste('https://somewhere.example/#/overview?data=10xTUEsB');
  await expect(app.page.locator('[role=alert][data-file="link.lanescope"]')).toBeVisible();
  expect(app.requests.slice(before).filter((url) => url.includes('somewhere.example'))).toEqual([]);
});

for (const [what, index] of [
  ['without runs', { lanescope: 'index/1' }],
  ['with a length in place of runs', { lanescope: 'index/1', runs: { length: 4e9 } }],
] as const) {
  test(`an index ${what} is no index, and the page goes on`, async ({ app }) => {
    await app.page.route('**/index.json', (route) => route.fulfill({ body: JSON.stringify(index) }));
    await app.open('#/overview?src=demo/index.json');
    await app.state('error');
    await app.choose([file('good.xml', junit)]);
    await app.state('ready');
    await expect.poll(() => app.metric('tests')).toBe('2');
  });
}

const other = '<testsuite name="b" tests="1"><testcase classname="b" name="other" time="1"/></testsuite>';

/** Drops a file that takes seconds to read, and waits until it is being read. */
async function dropLong(app: import('../support/app.ts').App, name: string, after: string[] = []): Promise<void> {
  await app.page.evaluate(([name, after]) => {
    const filler = new Blob([`<!-- ${'x'.repeat(1 << 20)} -->`]);
    const data = new DataTransfer();
    data.items.add(new File(['<testsuites><testsuite name="long">', ...Array(1500).fill(filler), '</testsuite></testsuites>'], name));
    window.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
    // Others that come at once, while it is read.
    for (const text of after) {
      const next = new DataTransfer();
      next.items.add(new File([text], `after-${text.length}.xml`));
      window.dispatchEvent(new DragEvent('drop', { dataTransfer: next, bubbles: true, cancelable: true }));
    }
  }, [name, after] as const);
  await app.state('loading');
}

test('reading can be cancelled, and what was loaded stays', async ({ app }) => {
  await app.open();
  await app.choose([file('good.xml', junit)]);
  await app.state('ready');
  await dropLong(app, 'long.xml');
  await app.page.locator('[data-cancel]').click();
  await app.state('ready');
  await expect(app.page.locator('[role=status]').filter({ hasText: /[Cc]ancelled/ })).toBeVisible();
  await expect.poll(() => app.metric('tests')).toBe('2');
});

test('files that are opened while others are read are read after them', async ({ app }) => {
  await app.open();
  await dropLong(app, 'long.xml', [junit, other]);
  await app.state('ready');
  await expect(app.page.locator('.run-select option')).toHaveCount(3);
  await expect(app.page.locator('[role=status]').filter({ hasText: /[Cc]ancelled/ })).toHaveCount(0);
});

test('a cancel also stops what waits to be read', async ({ app }) => {
  await app.open();
  await dropLong(app, 'long.xml', [junit, other]);
  await app.page.locator('[data-cancel]').click();
  await app.state('empty');
  await expect(app.page.locator('[role=status]').filter({ hasText: /[Cc]ancelled/ })).toHaveCount(1);
  await app.choose(demo('parallel.junit.xml'));
  await app.state('ready');
  await expect(app.page.locator('.run-select option')).toHaveCount(1);
});

test('a reader that stops names its file, loses nothing and reads the next one', async ({ app }) => {
  app.expectProblem(/stopped on purpose/);
  await app.open();
  await app.choose([file('good.xml', junit)]);
  await app.state('ready');
  await dropLong(app, 'long.xml');
  const reader = app.page.workers().find((worker) => worker.url().includes('lanescope-reader'));
  expect(reader).toBeDefined();
  await reader?.evaluate(() => {
    setTimeout(() => {
      throw new Error('stopped on purpose');
    });
  });
  await expect(app.page.locator('[role=alert]').filter({ hasText: 'while it read long.xml' })).toBeVisible();
  await app.state('ready');
  await expect.poll(() => app.metric('tests')).toBe('2');
  await app.choose(demo('parallel.junit.xml'));
  await app.state('ready');
  await expect(app.page.locator('.run-select option')).toHaveCount(2);
});

/** A report of so many tests, which needs some megabytes. */
const tests = (count: number) => {
  const cases = Array.from({ length: count }, (_, i) => `<testcase classname="some.package.Class${i % 50}" name="name ${i}" time="0.01"/>`);
  return `<testsuite name="many ${count}" tests="${count}">${cases.join('\n')}</testsuite>`;
};

test('a reader that has grown is replaced, and its successor reads on', async ({ app }) => {
  await app.open();
  const readers = () => app.page.workers().filter((worker) => worker.url().includes('lanescope-reader'));
  const [first] = readers();
  await app.choose([file('large.xml', tests(150_000))]);
  await app.state('ready');
  await expect.poll(() => app.metric('tests')).toBe('150000');
  await expect.poll(readers).not.toContain(first);
  await app.choose(demo('parallel.junit.xml'));
  await expect(app.page.locator('.run-select option')).toHaveCount(2);
  // The reader of archives goes as well, and comes back when the next archive asks for it.
  for (const runs of [3, 4]) {
    await app.choose([file(`large-${runs}.zip`, zip([[`large-${runs}.xml`, Buffer.from(tests(150_000 + runs))]]))]);
    await expect(app.page.locator('.run-select option')).toHaveCount(runs);
    await expect.poll(() => readers().filter((worker) => worker.url().includes('full')).length).toBe(0);
  }
});

test('an engine that stops is started again and has the files read again', async ({ app }) => {
  app.expectProblem(/stopped on purpose/);
  await app.open();
  await app.choose([file('good.xml', junit)]);
  await app.state('ready');
  const engine = app.page.workers().find((worker) => worker.url().includes('lanescope-worker'));
  await engine?.evaluate(() => {
    setTimeout(() => {
      throw new Error('stopped on purpose');
    });
  });
  await expect(app.page.locator('[role=alert]').filter({ hasText: 'engine stopped' })).toBeVisible();
  await app.choose(demo('parallel.junit.xml'));
  await app.state('ready');
  await expect(app.page.locator('.run-select option')).toHaveCount(2);
});

const bad: [string, string | Buffer, RegExp][] = [
  ['empty.xml', '', /empty/i],
  ['cut.xml', junit.slice(0, 420), /truncated|cut off|ends/i],
  ['photo.png', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), /not|binary|image/i],
  ['latin.xml', Buffer.concat([Buffer.from(junit.slice(0, -60)), Buffer.from([0xff, 0xfe, 0xe9]), Buffer.from(junit.slice(-60))]), /UTF-8|byte/i],
  ['login.html', '<!doctype html><html><body>Sign in</body></html>', /HTML/],
  ['cut.xml.gz', gz(text(demo('parallel.junit.xml'))).subarray(0, 4000), /truncated|cut|ends|gzip/i],
  ['other.json', '{"hello": [1, 2, 3]}', /JSON/],
];

test('bad input names file, place and reason, and nothing else is lost', async ({ app }) => {
  await app.open();
  await app.choose([file('good.xml', junit)]);
  await app.state('ready');
  await app.choose(bad.map(([name, content]) => file(name, content)));
  // Errors are told of at once; the warnings stand with the files.
  await expect(app.page.locator('[role=alert][data-file="empty.xml"]')).toBeVisible();
  await app.page.locator('[data-see-files]').click();
  for (const [name, , reason] of bad) {
    await expect(app.page.locator(`[data-file="${name}"]`).filter({ hasText: reason }).first(), name).toBeVisible();
  }
  await app.page.locator('[data-tab=overview]').click();
  await app.state('ready');
  await app.page.locator('.run-select').selectOption({ label: await goodRun(app.page) });
  await expect.poll(() => app.metric('tests')).toBe('2');
});

async function goodRun(page: import('@playwright/test').Page): Promise<string> {
  const labels = await page.locator('.run-select option').allTextContents();
  return labels.find((label) => label.startsWith('good')) ?? labels[0];
}

test('input that is all bad shows an error and the way in', async ({ app }) => {
  await app.open();
  await app.choose([file('empty.xml', '')]);
  await app.state('error');
  await expect(app.page.locator('[role=alert][data-file="empty.xml"]')).toBeVisible();
  await expect(app.page.getByText('Open files')).toBeVisible();
});

test('a page that embeds this one sends it a report', async ({ app }) => {
  await app.open();
  const answer = await app.page.evaluate(
    (xml) =>
      new Promise((resolve) => {
        window.addEventListener('message', (event) => {
          if (event.data?.lanescope === 'ready' && event.source === window) {
            window.postMessage({ lanescope: 'open', name: 'sent.xml', data: new TextEncoder().encode(xml).buffer }, '*');
            resolve(event.data.lanescope);
          }
        });
        window.postMessage({ lanescope: 'ping' }, '*');
      }),
    junit,
  );
  expect(answer).toBe('ready');
  await app.state('ready');
  await expect.poll(() => app.metric('tests')).toBe('2');
});
