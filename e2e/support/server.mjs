// A static server inside the process of the test: nothing is left running when the test ends.
// The page lies under a path, as it would on a project page; asking for anything above it is a 404.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The path of the page on the test's host. */
export const BASE = '/some/where/';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** @type {Record<string, string>} */
const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.xml': 'application/xml',
};

/**
 * @typedef {(request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => void} Handler
 * @typedef {object} Host
 * @property {string} origin such as `http://127.0.0.1:40001`
 * @property {string} url address of the page, without a fragment
 * @property {(path: string, handler: Handler) => void} route answers a path of its own, such as a slow file
 * @property {() => Promise<void>} close
 */

/**
 * Serves a folder.
 * @param {{ folder?: string, base?: string }} [options] `dist` under `/some/where/` unless said otherwise
 * @returns {Promise<Host>}
 */
export async function serve({ folder = join(root, 'dist'), base = BASE } = {}) {
  await stat(join(folder, 'index.html')).catch(() => {
    throw new Error(`${folder} holds no page; \`cargo xtask build\` makes it`);
  });
  /** @type {Map<string, Handler>} */
  const routes = new Map();
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://host');
    const route = routes.get(pathname);
    if (route) {
      route(request, response);
    } else {
      send(folder, base, pathname, response).catch(() => response.writeHead(404).end('not found\n'));
    }
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', () => listening(undefined)));
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new Error('the server has no port');
  }
  const origin = `http://127.0.0.1:${address.port}`;
  return {
    origin,
    url: origin + base,
    route: (path, handler) => void routes.set(path, handler),
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

/**
 * @param {string} folder
 * @param {string} base
 * @param {string} pathname
 * @param {import('node:http').ServerResponse} response
 */
async function send(folder, base, pathname, response) {
  if (!pathname.startsWith(base)) {
    throw new Error('above the page');
  }
  let file = normalize(join(folder, decodeURIComponent(pathname.slice(base.length))));
  if (file !== folder && !file.startsWith(folder + sep) && !(file + sep).startsWith(folder + sep)) {
    throw new Error('outside the folder');
  }
  if ((await stat(file)).isDirectory()) {
    file = join(file, 'index.html');
  }
  const { size } = await stat(file);
  const type = TYPES[extname(file)] ?? 'application/octet-stream';
  response.writeHead(200, { 'content-type': type, 'content-length': size, 'cache-control': 'no-cache' });
  createReadStream(file).pipe(response);
}
