import { file } from './data.ts';

/** Names of the tests of the made-up history. */
export const FLAKY = 'tests/test_cart.py::test_total[<b>eur</b>]';
export const BROKEN = 'tests/test_tax.py::test_rate';

/** Commit of a run: two runs each. */
export const commit = (run: number) => `${(Math.ceil(run / 2) + 9).toString(16)}`.padEnd(8, '0').padStart(40, 'c').slice(-40);

/** What a test of the history does in a run (from 1). */
function fails(name: string, run: number): string | null {
  if (name === 'test_total[<b>eur</b>]' && run % 2 === 1) return 'AssertionError: 19.99 != 20.00';
  if (name === 'test_rate' && run >= 11) return 'AssertionError: rate is 0.19';
  if (name === 'test_login' && run >= 5 && run <= 10) return 'TimeoutError: no answer';
  return null;
}

/** One run as a JUnit file of pytest, with its commit. */
export function run(number: number, more: string[] = []) {
  const others = Array.from({ length: 16 }, (_, i) => ['test_page', `test_part_${i}`]);
  const tests = [['test_cart', 'test_total[<b>eur</b>]'], ['test_tax', 'test_rate'], ['test_flow', 'test_login'], ...others, ...more.map((name) => ['test_more', name])];
  const xml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
  const cases = tests.map(([module, name]) => {
    const why = fails(name, number);
    const inner = why ? `<failure message="${xml(why)}">${xml(why)}</failure>` : '';
    const slow = name === 'test_part_3' && number > 8 ? 0.9 : 0.1;
    return `<testcase classname="tests.${module}" name="${xml(name)}" time="${slow}">${inner}</testcase>`;
  });
  const failed = tests.filter(([, name]) => fails(name, number)).length;
  const day = String(number).padStart(2, '0');
  const properties = `<properties><property name="commit" value="${commit(number)}"/><property name="branch" value="main"/></properties>`;
  const text = `<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite name="pytest" errors="0" failures="${failed}" skipped="0" tests="${tests.length}" time="4.5" timestamp="2026-03-${day}T08:00:00+00:00" hostname="vm">${properties}${cases.join('')}</testsuite></testsuites>`;
  return file(`run-${day}.xml`, text);
}

/** Sixteen runs: a flaky test, a broken one, one that was broken and fixed, one that became slower. */
export const history = Array.from({ length: 16 }, (_, i) => run(i + 1));
