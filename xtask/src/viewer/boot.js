// Starts Lanescope inside a report that is one HTML file. A file:// page may load no module, fetch no wasm and start no
// worker by address, so this stands in for the host: the files lie in this document, packed.
//
// What runs is named by its hash in the content policy: this script, and the scripts of page and satellites, which are
// put into the document as they come out of the pack. Workers start from blobs.
(async () => {
  'use strict';
  const element = (id) => document.getElementById(`lanescope-${id}`);
  const packs = { unpacker: element('unpacker'), viewer: element('viewer'), data: element('data') };
  const index = JSON.parse(packs.viewer.dataset.files);
  const { wire } = packs.data.dataset;
  const title = document.title;

  /** The bytes of an element's base64. The element goes: its text is as long again. */
  const taken = (pack) => {
    const text = atob(pack.textContent.trim());
    pack.remove();
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i += 1) {
      bytes[i] = text.charCodeAt(i);
    }
    return bytes;
  };

  /** The bytes of an element's letters, seven bits each; see `letters` in xtask/src/viewer.rs. */
  const spelled = (pack) => {
    const text = pack.textContent;
    pack.remove();
    const bytes = new Uint8Array(Math.floor((text.length * 7) / 8));
    let held = 0;
    let bits = 0;
    let at = 0;
    for (let i = 0; i < text.length; i += 1) {
      held = ((held << 7) | (text.charCodeAt(i) & 127)) & 0xffff;
      bits += 7;
      if (bits >= 8) {
        bits -= 8;
        bytes[at] = held >> bits;
        at += 1;
      }
    }
    return bytes;
  };

  const inflated = (bytes) =>
    new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer();

  /** The files of the viewer, by name. */
  const unpacked = async () => {
    const { instance } = await WebAssembly.instantiate(await inflated(taken(packs.unpacker)), {});
    const { memory, room, unpack, unpacked: at } = instance.exports;
    const packed = spelled(packs.viewer);
    const place = room(packed.length);
    new Uint8Array(memory.buffer, place, packed.length).set(packed);
    const length = unpack();
    const whole = new Uint8Array(memory.buffer, at(), length);
    const files = new Map();
    let from = 0;
    for (const [name, bytes] of index) {
      files.set(name, whole.slice(from, from + bytes));
      from += bytes;
    }
    if (from !== length) {
      throw new Error('this file is not whole');
    }
    return files;
  };

  const said = (text) => {
    const line = document.createElement('p');
    line.setAttribute('role', 'alert');
    line.textContent = text;
    document.body.append(line);
    document.documentElement.dataset.state = 'error';
  };

  if (wire.startsWith('{{')) {
    return said('This is the viewer that `lanescope report` puts a report into. There is no report in it.');
  }
  const numbers = JSON.parse(wire);
  // Where links lead, and whether this is a report at all: satellites read it there.
  document.documentElement.dataset.app = /^https?:\/\//.test(numbers.app) ? numbers.app : '';
  // The rule by which files become runs, unless the address names another.
  if (numbers.join && !/[?&]join=/.test(location.hash)) {
    const hash = location.hash || '#/overview';
    const key = `${hash.includes('?') ? '&' : '?'}join=${encodeURIComponent(numbers.join)}`;
    history.replaceState(null, '', hash + key);
  }
  const report = taken(packs.data);
  const files = await unpacked();
  const text = (name) => new TextDecoder().decode(files.get(name));

  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text('style.css'));
  document.adoptedStyleSheets = [sheet];

  // --- Workers -------------------------------------------------------------------------------------------------------

  /** The name in `./NAME_loader.js`, which is what page and satellites ask the host for. */
  const asked = (address) => /^\.\/([a-z-]+)_loader\.js$/.exec(String(address))?.[1];
  const RealWorker = globalThis.Worker;
  const blobs = new Map();
  const hello = Promise.withResolvers ? Promise.withResolvers() : {};
  if (!hello.promise) {
    hello.promise = new Promise((resolve) => (hello.resolve = resolve));
  }

  /** A worker from the pack. Its wasm is its first message; the page asks nothing before the worker has said hello. */
  const started = (name) => {
    if (!blobs.has(name)) {
      blobs.set(name, URL.createObjectURL(new Blob([text(`${name}.js`)], { type: 'text/javascript' })));
    }
    const worker = new RealWorker(blobs.get(name));
    worker.postMessage(files.get(`${name}.wasm`));
    if (name === 'lanescope-worker') {
      // Page and workers compare their builds. The reader is this script, and as old as the engine.
      worker.addEventListener('message', ({ data }) => hello.resolve(data.m.slice(0)), { once: true });
    }
    return worker;
  };

  /** What a file chosen in here holds if it is the report of this very file. */
  const MARK = `lanescope report ${crypto.getRandomValues(new Uint32Array(4)).join('-')}`;

  const NO_READER = 'This file holds a report, and no reader for other files: open them in Lanescope itself, all at once.';

  /** Stands where a reader of files would: it knows the report in this file and no other. */
  class Reader {
    onmessage = null;
    onerror = null;

    constructor() {
      hello.promise.then((m) => this.onmessage?.({ data: { m } }));
    }

    async postMessage({ m, blobs: chosen }) {
      // Version, number and kind of the question, each a number of seven bits a byte; see crates/bundle.
      const last = (from) => m.findIndex((byte, at) => at >= from && byte < 128);
      const version = last(0);
      const number = last(version + 1);
      if (m[number + 1] !== numbers.open) {
        return;
      }
      const head = [...m.subarray(0, number + 1)];
      const only = chosen.length === 1 && chosen[0].size === MARK.length;
      if (only && (await chosen[0].text()) === MARK) {
        this.say([...head, numbers.read], [await inflated(report)]);
        return;
      }
      const sorry = new TextEncoder().encode(NO_READER);
      this.say([...head, numbers.failed, (sorry.length & 127) | 128, sorry.length >> 7, ...sorry]);
    }

    say(bytes, parts) {
      this.onmessage?.({ data: { m: new Uint8Array(bytes).buffer, parts } });
    }

    terminate() {
      this.onmessage = null;
    }
  }

  globalThis.Worker = function Worker(address) {
    const name = asked(address);
    return name?.startsWith('lanescope-reader') ? new Reader() : started(name);
  };

  // --- Scripts -------------------------------------------------------------------------------------------------------

  /** Runs one of the scripts in the pack; each leaves its start in `lanescopeStart`. */
  const run = (name) => {
    const script = document.createElement('script');
    script.textContent = text(`${name}.js`);
    Node.prototype.appendChild.call(document.head, script);
    return globalThis.lanescopeStart({ module_or_path: files.get(`${name}.wasm`) });
  };

  // The page asks for a satellite by a script with an address.
  document.head.appendChild = (node) => {
    const name = node instanceof HTMLScriptElement ? asked(node.getAttribute('src')) : undefined;
    if (name === undefined) {
      return Node.prototype.appendChild.call(document.head, node);
    }
    const failed = () => node.dispatchEvent(new Event('error'));
    if (files.has(`${name}.js`)) {
      run(name).catch(failed);
    } else {
      setTimeout(failed);
    }
    return node;
  };

  try {
    await run('lanescope-app');
  } catch (error) {
    return said(`The viewer could not be started: ${error}`);
  }
  dispatchEvent(new MessageEvent('message', { data: { lanescope: 'open', name: title, data: MARK } }));
})();
