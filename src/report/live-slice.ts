/** The risk on a plane, drawn again and again as one moves over it: the plane is found once. */
import type { Theorem } from '../kernel/theorem.js';
import type { PlotRequest } from './panel.js';
import { type Plane, panelOf, planeOf, type Window } from './panel-slice.js';
import { type Picture, picture } from './picture.js';

export type { Picture, Window };

/** A slice of the risk through θ, of which parts can be seen. */
export class LiveSlice {
  readonly #wanted: PlotRequest;
  readonly #plane: Plane | null;

  constructor(theorem: Theorem, planeSeed: number) {
    this.#wanted = { theorem, planeSeed, names: {} };
    this.#plane = planeOf(this.#wanted);
  }

  /** what shows θ, and θ° where there is one; null where θ has one free parameter, and there is no plane */
  get whole(): Window | null {
    return this.#plane?.window ?? null;
  }

  /** @param mostSide  the risk is computed at no more than so many points squared */
  picture(window: Window, mostSide: number): Picture | null {
    return this.#plane === null ? null : picture(panelOf(this.#wanted, this.#plane, window, mostSide), 'live-slice');
  }
}
