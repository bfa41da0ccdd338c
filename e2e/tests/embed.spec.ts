import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { demo, file, junit, root } from '../support/data.ts';
import { expect, test } from '../support/app.ts';

const report = demo('parallel.reportlog.jsonl.gz');

/** Another origin with one page. */
async function elsewhere(text: string | Buffer) {
  const server = createServer((_, response) => void response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(text));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  // Another host's name, and so another site.
  return { url: `http://localhost:${port}/`, close: () => new Promise((closed) => (server.closeAllConnections(), server.close(closed))) };
}

test('the example page shows a report in a frame of another origin', async ({ app, host }) => {
  const other = await elsewhere(readFileSync(join(root, 'docs/embed.html')));
  app.expectProblem(/request to another origin: http:\/\/localhost/);
  await app.page.goto(`${other.url}?app=${encodeURIComponent(host.url)}`);
  await app.page.locator('#file').setInputFiles(report);
  const frame = app.page.frameLocator('#frame');
  await expect(frame.locator('[data-metric=tests]').first()).toHaveAttribute('data-value', '650');
  await expect(app.page.locator('#said')).toContainText('sent parallel');
  await other.close();
});

test('a hostile page around it gets nothing out, and no message but a file does anything', async ({ app, host }) => {
  const other = await elsewhere(`<!doctype html><title>Hostile</title><iframe id="frame" src="${host.url}" style="width:100%;height:800px"></iframe>`);
  app.expectProblem(/request to another origin: http:\/\/localhost/);
  await app.page.addInitScript(() => {
    const got: unknown[] = [];
    Object.assign(window, { got });
    addEventListener('message', ({ data }) => void (window === window.top && got.push(data)));
  });
  await app.page.goto(other.url);
  const frame = app.page.frameLocator('#frame');
  await frame.locator('input[type=file][multiple]').first().setInputFiles(file('secret.xml', junit));
  await expect(frame.locator('[data-metric=tests]').first()).toHaveAttribute('data-value', '2');

  const read = await app.page.evaluate(async () => {
    const inner = document.querySelector<HTMLIFrameElement>('#frame')!.contentWindow!;
    const shapes = [
      null, undefined, 7, 'open', [], {}, { lanescope: 'open' }, { lanescope: 'open', name: 'a' },
      { lanescope: 'open', name: 'a', data: 7 }, { lanescope: 'open', name: 'a', data: { length: 3 } },
      { lanescope: 'open', name: 'a', data: [1, 2, 3] }, { lanescope: 'open', name: 'a', data: new Blob(['x']) },
      { lanescope: 'open', name: 'a', data: new Uint8Array(4) }, { lanescope: 'open', src: 'https://example.org/' },
      { lanescope: 'close' }, { lanescope: 'summary' }, { lanescope: ['open'], data: '<x/>' }, { lanescope: 'ready' }, { m: new Uint8Array(3) },
    ];
    for (const shape of shapes) inner.postMessage(shape, '*');
    inner.postMessage({ lanescope: 'ping' }, '*');
    await new Promise((done) => setTimeout(done, 300));
    const tried: string[] = [];
    for (const path of ['document', 'localStorage', 'name']) {
      try {
        tried.push(String((inner as unknown as Record<string, unknown>)[path]));
      } catch {
        /* as it should be */
      }
    }
    try {
      tried.push(inner.location.href);
    } catch {
      /* as it should be */
    }
    return { tried, got: (window as unknown as { got: unknown[] }).got };
  });
  expect(read.tried).toEqual([]);
  expect(read.got).toEqual([{ lanescope: 'ready' }]);
  await expect(frame.locator('[data-metric=tests]').first()).toHaveAttribute('data-value', '2');
  await expect(frame.locator('.messages .message[data-severity=error]')).toHaveCount(0);
  await other.close();
});

test('what is too large for a message is refused', async ({ app }) => {
  await app.open();
  await app.page.evaluate(() => {
    const data = new ArrayBuffer((512 << 20) + 1);
    window.postMessage({ lanescope: 'open', name: 'large.xml', data }, '*', [data]);
  });
  await expect(app.page.locator('[role=alert][data-file="large.xml"]')).toContainText('too much');
  await app.state('empty');
});
