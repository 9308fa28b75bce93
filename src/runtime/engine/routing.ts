import type { FailureKind } from './errors.js';
import type { Tensor } from './tensors.js';

/** Where a request was sent. */
export interface ChosenRoute {
  readonly version: string;
}

/** What became of a request, for whoever chose its version. */
export interface Observation<Route extends ChosenRoute> {
  readonly model: string;
  readonly route: Route;
  /** Of the computation alone: queues, batches and lanes say more of a version's share of the traffic than of the version. */
  readonly milliseconds: number;
  /** Whether the answer was remembered, not computed. */
  readonly cached: boolean;
  readonly failed: FailureKind | undefined;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

/** Chooses versions by alias (`traffic/`). */
export interface Traffic<Route extends ChosenRoute = ChosenRoute> {
  /** @returns undefined where nothing is said of the model: its newest version answers */
  route(model: string, alias: string | undefined, sticky: string | undefined): Route | undefined;
  /** Whether the inputs are still wanted when the answer is there. */
  keeps(route: Route): boolean;
  observed(observation: Observation<Route>): void;
  /**
   * The version to which an alias leads, by default that of a request that names none.
   * @returns undefined where nothing is said of the model: its newest version
   * @throws RequestError `not-found` for an alias that there is not
   */
  at(model: string, alias: string | undefined): string | undefined;
  /** Versions by alias. */
  labels(model: string): Readonly<Record<string, string>>;
}
