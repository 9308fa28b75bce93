import type { MonitorConfig } from '@plinth/contract';
import { adjustPValues } from './false-discovery.js';
import { kolmogorovSmirnov } from './kolmogorov-smirnov.js';
import { countBins, populationStability, stabilityPValue } from './psi.js';
import type { Reference } from './reference.js';
import type { Window } from './window.js';

export type JudgeSettings = Pick<MonitorConfig, 'psiThreshold' | 'alpha' | 'minDriftedShare'>;

/** How one feature of a window compares with the reference. */
export interface FeatureVerdict {
  readonly name: string;
  /** Population stability index over the reference's bins. */
  readonly psi: number;
  /** Kolmogorov-Smirnov statistic, from 0 to 1. */
  readonly ks: number;
  /** Its p-value, adjusted over the features of the window. */
  readonly pValue: number;
  /** Rows in which the feature had no value. */
  readonly missing: number;
  readonly drifted: boolean;
}

export interface WindowVerdict {
  readonly number: number;
  readonly rows: number;
  readonly from: string;
  readonly to: string;
  /** True when the share of drifted features reaches `minDriftedShare`. */
  readonly drifted: boolean;
  readonly features: readonly FeatureVerdict[];
}

/**
 * Compares a window with the reference. A feature has drifted when the effect matters and noise does not explain it:
 * its index is above `psiThreshold`, that index is significant for this many rows, and so is its Kolmogorov-Smirnov
 * statistic after the adjustment for all features, both at `alpha`.
 *
 * A missing value ranks above every number: training data has none, so values that stop coming are a shift like any other.
 */
export function judgeWindow(window: Window, reference: Reference, settings: JudgeSettings): WindowVerdict {
  const rows = window.columns[0]?.length ?? 0;
  const measured = reference.features.map((feature, index) => {
    const column = window.columns[index]!;
    const values = column.map((value) => (Number.isNaN(value) ? Infinity : value)).sort();
    const psi = populationStability(feature.counts, countBins(values, feature.edges));
    return {
      name: feature.name,
      psi,
      psiPValue: stabilityPValue(psi, feature.counts.length, reference.rows, rows),
      test: kolmogorovSmirnov(values, feature.sample),
      missing: column.reduce((count, value) => count + (Number.isNaN(value) ? 1 : 0), 0),
    };
  });
  const adjusted = adjustPValues(measured.map((feature) => feature.test.pValue));
  const features = measured.map(({ name, psi, psiPValue, test, missing }, index): FeatureVerdict => {
    const pValue = adjusted[index]!;
    const drifted = psi > settings.psiThreshold && psiPValue < settings.alpha && pValue < settings.alpha;
    return { name, psi, ks: test.statistic, pValue, missing, drifted };
  });
  const share = features.filter((feature) => feature.drifted).length / features.length;
  const { number, from, to } = window;
  return { number, rows, from, to, drifted: share >= settings.minDriftedShare, features };
}
