// Reads actions and workflows as GitHub does: `node actions.mjs FILE…` prints what is wrong with each, and what it runs.
// The parser and its schemas are GitHub's own, and work without a network. A process of its own, because the parser asks
// for its schemas in a way that only bundlers take.
import { readFileSync } from 'node:fs';
import { register } from 'node:module';
import { basename } from 'node:path';
import { parse } from 'yaml';

const load = `export const load = (url, context, next) =>
  next(url, url.endsWith('.json') ? { ...context, importAttributes: { type: 'json' } } : context);`;
register(`data:text/javascript,${encodeURIComponent(load)}`);
const { parseWorkflow, convertWorkflowTemplate, NoOperationTraceWriter } = await import('@actions/workflow-parser');
const { parseAction } = await import('@actions/workflow-parser/actions/action-parser');

/** What GitHub would say of a file, if anything. */
async function errors(path, content) {
  const file = { name: path, content };
  const trace = new NoOperationTraceWriter();
  if (/^action\.ya?ml$/.test(basename(path))) {
    return parseAction(file, trace).context.errors.getErrors().map((error) => error.message);
  }
  const { context, value } = parseWorkflow(file, trace);
  const found = context.errors.getErrors().map((error) => error.message);
  // Needs, concurrency, triggers: what no schema says.
  if (value) found.push(...((await convertWorkflowTemplate(context, value)).errors ?? []).map((error) => error.Message));
  return [...new Set(found)];
}

/** The steps of an action or of all jobs of a workflow. */
function steps(content) {
  const { jobs = {}, runs = {} } = parse(content) ?? {};
  return [...Object.values(jobs).flatMap((job) => job?.steps ?? []), ...(runs.steps ?? [])];
}

const all = [];
for (const path of process.argv.slice(2)) {
  const content = readFileSync(path, 'utf8');
  const wrong = await errors(path, content);
  let found = [];
  try {
    found = steps(content);
  } catch (error) {
    wrong.push(String(error));
  }
  all.push({ path, errors: wrong, steps: found });
}
process.stdout.write(JSON.stringify(all));
