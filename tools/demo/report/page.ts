import { labelNames } from '../rows';
import type { DemoResult, Scores } from '../result';
import { features, timeline } from './drift';
import { Html, html } from './html';
import { style } from './style';

/** Said wherever an empty second plan is shown. */
const honest =
  'An empty second plan shows that our program is deterministic and consistent, not that AWS would normalise nothing.';

/** The report as one page that needs no other file. */
export function page(result: DemoResult, picture: string): string {
  const sections = [
    head(result),
    html`<h2>What stands where</h2>
      <div class="picture">${new Html(picture)}</div>`,
    rehearsal(result),
    systems(result),
    resources(result),
    model(result),
    monitor(result),
    foot(result),
  ];
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <title>Plinth: what was rehearsed</title>
        <link rel="icon" href="data:," />
        <style>
          ${new Html(style)}
        </style>
      </head>
      <body>
        <main>${sections}</main>
      </body>
    </html> `.text;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const seconds = (value: number | undefined): string => (value === undefined ? 'not run' : `${value.toFixed(1)} s`);

function head({
  program,
  rehearsal: { stacks, resources: count },
  heldOut,
  shift,
  unshifted,
  seconds: took,
}: DemoResult): Html {
  const empty = stacks.filter(({ secondPlan }) => secondPlan === 'empty').length;
  const tile = (value: string, text: string): Html => html`<div class="tile"><b>${value}</b><span>${text}</span></div>`;
  return html`<h1>A platform, rehearsed</h1>
    <p>
      <code>${program}</code> was synthesized, planned and applied by the real Terraform against rehearsed providers,
      without a cloud. From the Deployments that were applied, its model server and its monitor were started on this
      machine, and were sent real rows.
    </p>
    <div class="tiles">
      ${[
        tile(
          `${count} resources`,
          `applied in ${stacks.length} ${stacks.length === 1 ? 'stack' : 'stacks'}, in ${seconds(took['rehearse'])} with every plan`,
        ),
        tile(`${empty} of ${stacks.length}`, 'second plans are empty'),
        tile(
          percent(heldOut.accuracy),
          `accuracy on ${heldOut.rows} held-out rows; ${unshifted.alarms} alarms in ${unshifted.windows} windows`,
        ),
        tile(
          shift.raised ? 'Drift raised' : 'No alarm',
          `after ${shift.rows} shifted rows, on which accuracy is ${percent(shift.accuracy)}`,
        ),
      ]}
    </div>
    <p class="note">${honest}</p>`;
}

/** A table that becomes a list of cards on narrow screens. */
function table(
  head: readonly string[],
  rows: readonly (readonly (string | Html)[])[],
  numbers: readonly number[] = [],
): Html {
  const kind = (column: number, empty = false): string =>
    [numbers.includes(column) ? 'number' : '', empty ? 'none' : ''].join(' ').trim();
  return html`<table class="rows">
    <thead>
      <tr>
        ${head.map((cell, i) => html`<th class="${kind(i)}">${cell}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (row) =>
          html`<tr>
            ${row.map((cell, i) => html`<td class="${kind(i, cell === '')}" data-label="${head[i] ?? ''}">${cell}</td>`)}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function rehearsal({ rehearsal: { stacks } }: DemoResult): Html {
  const rows = stacks.map(({ name, resources: count, seconds: took, secondPlan }) => [
    name,
    String(count),
    ...[took.init, took.validate, took.plan, took.apply, took.replan].map(seconds),
    secondPlan === 'empty'
      ? html`<span class="good">empty</span>`
      : html`<span class="bad"
          >${typeof secondPlan === 'string' ? secondPlan : `${secondPlan.length} to change`}</span
        >`,
  ]);
  return html`<h2>How the rehearsal went</h2>
    <p>Each stack was taken through Terraform in the order in which it would be deployed.</p>
    ${table(['Stack', 'Resources', 'Init', 'Validate', 'Plan', 'Apply', 'Plan again', 'Second plan'], rows, [1, 2, 3, 4, 5, 6])}`;
}

function systems({ standing, running }: DemoResult): Html {
  const rows = standing.map(({ stack, system, id, resources: count, endpoints }) => [
    system,
    stack,
    html`<code>${id.split('/').slice(1).join('/')}</code>`,
    String(count),
    endpoints.length === 0
      ? ''
      : html`<span>${endpoints.map((url, i) => html`${i === 0 ? html`` : html`<br />`}<code>${url}</code>`)}</span>`,
  ]);
  const here = running.map(({ deployment, namespace, command, url }) => [
    `${namespace}/${deployment}`,
    html`<code>plinth-runtime ${command}</code>`,
    html`<code>${url}</code>`,
  ]);
  return html`<h2>The systems and their endpoints</h2>
    ${table(['System', 'Stack', 'Name', 'Resources', 'Endpoints'], rows, [3])}
    <h3>What ran on this machine</h3>
    <p>
      Environment, files, ports and probes are those of the applied Deployments; only ports and S3 addresses were moved.
    </p>
    ${table(['Deployment', 'Program', 'Address'], here)}`;
}

function resources({ types, rehearsal: { stacks } }: DemoResult): Html {
  return html`<h2>Resources by stack</h2>
    ${stacks.map(({ name, resources: count }) => {
      const own = Object.entries(types[name] ?? {}).sort(([a, x], [b, y]) => y - x || a.localeCompare(b, 'en'));
      return html`<details>
        <summary><b>${name}</b>: ${count} resources of ${own.length} types</summary>
        <ul class="types">
          ${own.map(([type, number]) => html`<li><code>${type}</code><span>${number}</span></li>`)}
        </ul>
      </details>`;
    })}`;
}

function model({ model: name, heldOut, shift }: DemoResult): Html {
  return html`<h2>What the model answered</h2>
    <p>
      Every row was one request over the Open Inference Protocol. ${heldOut.correct} of ${heldOut.rows} held-out rows
      were answered right; of the ${shift.rows} shifted ones, ${shift.correct}.
    </p>
    <div class="pair">
      <div>
        <h3>Held-out rows: ${percent(heldOut.accuracy)}</h3>
        ${confusion(name, heldOut)}
      </div>
      <div>
        <h3>Shifted rows: ${percent(shift.accuracy)}</h3>
        ${confusion(name, shift)}
      </div>
    </div>`;
}

function confusion(model_: string, { confusion: counts }: Scores): Html {
  const labels = [...new Set([...Object.keys(counts), ...Object.values(counts).flatMap(Object.keys)])].sort();
  const named = (label: string): string => labelNames[model_]?.[label] ?? label;
  return html`<table>
    <thead>
      <tr>
        <th>truth, and answer</th>
        ${labels.map((label) => html`<th class="number">${named(label)}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${labels.map(
        (truth) =>
          html`<tr>
            <td>${named(truth)}</td>
            ${labels.map((answer) => html`<td class="number ${truth === answer ? 'good' : ''}">${counts[truth]?.[answer] ?? 0}</td>`)}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function monitor(result: DemoResult): Html {
  const { shift, monitor: report } = result;
  return html`<h2>What the monitor saw</h2>
    <p>
      Windows of ${report.windowRows} rows are compared with the training data, feature by feature. The shift:
      ${shift.what}; it moves ${shift.features.length} of ${report.windows[0]?.features.length ?? 0} features.
    </p>
    ${timeline(result)}
    <h3>How far each feature moved</h3>
    <p class="soft">
      Population stability index against the training data, on a root scale; the number is the last window's.
    </p>
    ${features(result)}`;
}

function foot({ versions }: DemoResult): Html {
  return html`<footer>
    Rehearsed with
    ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}.
    For trying Plinth out; the example model diagnoses nobody.
  </footer>`;
}
