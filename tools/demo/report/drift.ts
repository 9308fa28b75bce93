import type { DemoResult, FeatureVerdict, WindowVerdict } from '../result';
import { html, type Html } from './html';

/** Features above it count as shifted, where the shift is significant as well: the monitor's default. */
const limit = 0.2;

const count = (window: WindowVerdict): number => window.features.filter(({ drifted }) => drifted).length;

/** One card a window, oldest first, with the share of its features that drifted. */
export function timeline({ monitor, unshifted }: DemoResult): Html {
  const cards = monitor.windows.map((window, index) => {
    const drifted = count(window);
    const share = (100 * drifted) / Math.max(1, window.features.length);
    const alarm = monitor.alarms.find((found) => found.window === window.number);
    return html`<li class="${window.drifted ? 'drifted' : 'steady'}">
      <b>Window ${window.number}</b>${index < unshifted.windows ? 'rows as held out' : 'shifted rows'}
      <svg width="100%" height="8" role="img" aria-label="${Math.round(share)} % of the features drifted">
        <rect class="bar" width="100%" height="8" rx="4" />
        <rect class="part" width="${share.toFixed(1)}%" height="8" rx="4" />
      </svg>
      ${drifted} of ${window.features.length} features
      drifted${alarm === undefined ? html`` : html`<br /><span class="${alarm.kind === 'raised' ? 'bad' : 'good'}">alarm ${alarm.kind}</span>`}
    </li>`;
  });
  return html`<ol class="windows">
    ${cards}
  </ol>`;
}

/** Every feature's population stability index in the last unshifted window and in the last shifted one. */
export function features({ monitor, unshifted }: DemoResult): Html {
  const before = monitor.windows[unshifted.windows - 1];
  const after = monitor.windows.at(-1);
  if (before === undefined || after === undefined) return html`<p>No window has been judged.</p>`;
  const earlier = new Map(before.features.map((feature) => [feature.name, feature.psi]));
  const sorted = [...after.features].sort((a, b) => b.psi - a.psi);
  const top = Math.max(2 * limit, ...sorted.map(({ psi }) => psi), ...earlier.values()) * 1.05;
  // A root gives small values room, which would all lie on the left edge otherwise.
  const x = (psi: number): string => `${(100 * Math.sqrt(psi / top)).toFixed(2)}%`;
  const row = ({ name, psi, drifted }: FeatureVerdict): Html => {
    const was = earlier.get(name) ?? 0;
    const state = drifted ? ' drifted' : '';
    return html`<div class="name">${name.replaceAll('_', ' ')}</div>
      <div>
        <svg role="img" aria-label="${name}: ${was.toFixed(2)} before, ${psi.toFixed(2)} after">
          <line class="track" x1="0" x2="100%" y1="12" y2="12" />
          <line class="limit" x1="${x(limit)}" x2="${x(limit)}" y1="0" y2="24" />
          <line class="way${state}" x1="${x(was)}" x2="${x(psi)}" y1="12" y2="12" />
          <circle class="before" cx="${x(was)}" cy="12" r="4" />
          <circle class="after${state}" cx="${x(psi)}" cy="12" r="5" />
        </svg>
      </div>
      <div class="value">${psi.toFixed(2)}</div>
      <div>${drifted ? html`<span class="bad">drifted</span>` : ''}</div>`;
  };
  return html`<div class="key">
      <span>${dot('before', 4)} window ${before.number}, unshifted</span
      ><span>${dot('after drifted', 5)} window ${after.number}, shifted: drifted</span
      ><span>${dot('after', 5)} window ${after.number}, shifted: not drifted</span
      ><span
        ><svg width="12" height="14"><line class="limit" x1="6" x2="6" y1="0" y2="14" /></svg> ${limit}, above which a
        feature counts as shifted</span
      >
    </div>
    <div class="features">${sorted.map(row)}</div>`;
}

const dot = (name: string, radius: number): Html =>
  html`<svg width="14" height="14"><circle class="${name}" cx="7" cy="7" r="${radius}" /></svg>`;
