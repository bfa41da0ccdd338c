// What lies between the page and the browser that hosts it: the copy kept for being offline, its updates, and files that
// the system opens with the app. The page itself knows of none of this, and works without.
'use strict';

(() => {
  /** The timer of a take-over that does not come. */
  let late;

  // A frame of another page installs nothing; a page without a secure address, or from a file, cannot.
  if (window.top === window && 'serviceWorker' in navigator) {
    addEventListener('load', () => {
      const later = window.requestIdleCallback ?? ((work) => setTimeout(work, 1000));
      later(() => keep().catch(() => {}));
    });
    // A page is of the build that its worker keeps: when another takes over, also while it loads, it is loaded anew.
    const { serviceWorker } = navigator;
    const anew = () => {
      clearTimeout(late);
      location.reload();
    };
    if (serviceWorker.controller?.state === 'activating') anew();
    else if (serviceWorker.controller) serviceWorker.addEventListener('controllerchange', anew, { once: true });
  }

  /** How often an open page looks for a new version, in milliseconds. */
  const LOOK_MS = 3_600_000;

  /** How long a new version may take to take over, in milliseconds; it is a matter of a few. */
  const LATE_MS = 2_000;

  async function keep() {
    // A host without sw.js wants none, such as the one that serves a build to its developer.
    const kept = await navigator.serviceWorker.register('sw.js', { updateViaCache: 'none' });
    const watch = (worker) => {
      worker?.addEventListener('statechange', () => {
        if (worker.state === 'installed' && navigator.serviceWorker.controller) offer(worker);
      });
    };
    if (kept.waiting && navigator.serviceWorker.controller) offer(kept.waiting);
    watch(kept.installing);
    kept.addEventListener('updatefound', () => watch(kept.installing));
    setInterval(() => kept.update().catch(() => {}), LOOK_MS);
  }

  /** Says that a new version is there. It takes over when this is the only page open: two builds never meet. */
  function offer(worker) {
    document.querySelector('.new-version')?.remove();
    const notice = document.createElement('div');
    notice.className = 'new-version';
    notice.setAttribute('role', 'status');
    const text = document.createElement('p');
    text.textContent = 'A new version is ready.';
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'button small';
    button.textContent = 'Reload';
    button.addEventListener('click', () => {
      const answer = new MessageChannel();
      answer.port1.onmessage = ({ data }) => {
        if (data === 'others') text.textContent = 'A new version is ready. Close the other pages of Lanescope first.';
        if (data === 'alone') late ??= setTimeout(leave, LATE_MS);
      };
      worker.postMessage('take over', [answer.port2]);
    });
    notice.append(text, button);
    document.body.append(notice);
  }

  /**
   * Reloads by way of an empty page, which no worker controls. What is fetched while Chromium stops the worker in use
   * starts that worker again, and it then stays for half a minute or more, whatever is asked; without a page it is
   * stopped at once.
   */
  function leave() {
    const back = document.createElement('meta');
    back.httpEquiv = 'refresh';
    back.content = `1;url=${location.href}`;
    const empty = `<!doctype html><meta name="color-scheme" content="light dark">${back.outerHTML}`;
    location.replace(URL.createObjectURL(new Blob([empty], { type: 'text/html' })));
  }

  // Files that the system opens with the installed app go the way of the picker.
  addEventListener('TrunkApplicationStarted', () => {
    globalThis.launchQueue?.setConsumer(async ({ files = [] }) => {
      const chosen = new DataTransfer();
      for (const handle of files) chosen.items.add(await handle.getFile());
      const picker = document.querySelector('input[type=file][multiple]');
      if (picker === null || chosen.files.length === 0) return;
      picker.files = chosen.files;
      picker.dispatchEvent(new Event('change', { bubbles: true }));
    });
  });
})();
