/** The slice of the risk that one moves over: dragged, zoomed, by mouse, touch, buttons and keys. */
import type { Picture, Window } from '../report/live-slice.js';

export interface SliceRequest {
  readonly seed: number;
  readonly window: Window | null;
  readonly mostSide: number;
}

/** Points a side while it moves, and at rest. */
const moving = 49;
const resting = 121;
const restAfterMs = 220;
const zoomStep = 1.4;

export class SliceView {
  readonly #stage: HTMLElement;
  readonly #seed: HTMLInputElement;
  readonly #request: (request: SliceRequest) => void;
  readonly #pointers = new Map<number, { x: number; y: number }>();
  #window: Window | null = null;
  #picture: Picture | null = null;
  #waiting: SliceRequest | null = null;
  #isAsked = false;
  #rest: ReturnType<typeof setTimeout> | undefined;

  constructor(root: HTMLElement, request: (request: SliceRequest) => void) {
    const find = <E extends HTMLElement>(selector: string, kind: new () => E): E => {
      const found = root.querySelector(selector);
      if (!(found instanceof kind)) throw new Error(`Cannot find ${selector}`);
      return found;
    };
    this.#request = request;
    this.#stage = find('.stage', HTMLElement);
    this.#seed = find('input', HTMLInputElement);
    const press = (name: string, act: () => void): void =>
      find(`[data-act="${name}"]`, HTMLButtonElement).addEventListener('click', act);
    press('in', () => this.#zoom(1 / zoomStep));
    press('out', () => this.#zoom(zoomStep));
    press('whole', () => this.#ask(null));
    press('another', () => {
      this.#seed.valueAsNumber = this.#seedNumber() + 1;
      this.#ask(null);
    });
    this.#seed.addEventListener('change', () => this.#ask(null));
    this.#stage.addEventListener('keydown', (event) => this.#key(event));
    this.#stage.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
    this.#stage.addEventListener('pointerdown', (event) => {
      this.#stage.setPointerCapture(event.pointerId);
      this.#pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    });
    this.#stage.addEventListener('pointermove', (event) => this.#drag(event));
    for (const name of ['pointerup', 'pointercancel'] as const) {
      this.#stage.addEventListener(name, ({ pointerId }) => this.#pointers.delete(pointerId));
    }
  }

  /** Forgets the plane of an earlier theorem. */
  reset(): void {
    clearTimeout(this.#rest);
    this.#window = null;
    this.#picture = null;
    this.#waiting = null;
    this.#isAsked = false;
    this.#stage.replaceChildren();
    this.#seed.value = '1';
  }

  show(seed: number, window: Window, picture: Picture): void {
    this.#isAsked = false;
    this.#picture = picture;
    if (this.#waiting !== null) {
      const next = this.#waiting;
      this.#waiting = null;
      this.#send(next);
    } else this.#window = window;
    this.#stage.innerHTML = picture.svg;
    const digits = (x: number): string => `${Number(x.toPrecision(6))}`;
    this.#stage.dataset['window'] = [seed, window.left, window.right, window.bottom, window.top].map(digits).join(' ');
  }

  #seedNumber(): number {
    const seed = this.#seed.valueAsNumber;
    return Number.isInteger(seed) && seed >= 0 ? Math.min(seed, 2 ** 31 - 1) : 1;
  }

  /** One request at a time; of those that come meanwhile the last one counts. */
  #send(request: SliceRequest): void {
    if (this.#isAsked) this.#waiting = request;
    else {
      this.#isAsked = true;
      this.#request(request);
    }
  }

  #ask(window: Window | null): void {
    const seed = this.#seedNumber();
    if (window === null) {
      clearTimeout(this.#rest);
      this.#send({ seed, window, mostSide: resting });
      return;
    }
    this.#window = window;
    this.#send({ seed, window, mostSide: moving });
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => this.#send({ seed, window, mostSide: resting }), restAfterMs);
  }

  /** @param x, y  the shares of the frame at which the plane stays where it is */
  #zoom(factor: number, x = 0.5, y = 0.5): void {
    if (this.#window === null) return;
    const { left, right, bottom, top } = this.#window;
    const [a, b] = [left + (right - left) * x, top - (top - bottom) * y];
    const next = {
      left: a + (left - a) * factor,
      right: a + (right - a) * factor,
      bottom: b + (bottom - b) * factor,
      top: b + (top - b) * factor,
    };
    // Doubles tell the points of a narrower window no more apart, and beyond a wider one the risk overflows.
    const width = next.right - next.left;
    if (width > 1e-9 && width < 1e9) this.#ask(next);
  }

  /** @param x, y  shares of the frame */
  #pan(x: number, y: number): void {
    if (this.#window === null) return;
    const { left, right, bottom, top } = this.#window;
    const [a, b] = [(right - left) * x, (top - bottom) * y];
    this.#ask({ left: left + a, right: right + a, bottom: bottom + b, top: top + b });
  }

  #key(event: KeyboardEvent): void {
    const acts: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => this.#pan(-0.1, 0),
      ArrowRight: () => this.#pan(0.1, 0),
      ArrowUp: () => this.#pan(0, 0.1),
      ArrowDown: () => this.#pan(0, -0.1),
      '+': () => this.#zoom(1 / zoomStep),
      '=': () => this.#zoom(1 / zoomStep),
      '-': () => this.#zoom(zoomStep),
      '0': () => this.#ask(null),
    };
    const act = acts[event.key];
    if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  }

  /** Pages scroll by the wheel: it zooms only where the stage has the focus, or with Ctrl (which is also a pinch on a touchpad). */
  #wheel(event: WheelEvent): void {
    if (!event.ctrlKey && document.activeElement !== this.#stage) return;
    event.preventDefault();
    const at = this.#shares(event);
    if (at !== null) this.#zoom(1.0015 ** event.deltaY, at.x, at.y);
  }

  #drag(event: PointerEvent): void {
    const before = this.#pointers.get(event.pointerId);
    const size = this.#frameSize();
    if (before === undefined || size === null) return;
    const now = { x: event.clientX, y: event.clientY };
    const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.#pointers.set(event.pointerId, now);
    if (other === undefined) this.#pan((before.x - now.x) / size.width, (now.y - before.y) / size.height);
    else {
      const distance = (from: { x: number; y: number }): number => Math.hypot(from.x - other.x, from.y - other.y);
      if (distance(now) > 1) this.#zoom(distance(before) / distance(now));
    }
  }

  #frameSize(): { readonly width: number; readonly height: number } | null {
    if (this.#picture === null) return null;
    const scale = this.#stage.clientWidth / this.#picture.width;
    return { width: this.#picture.frame.width * scale, height: this.#picture.frame.height * scale };
  }

  /** Where in the frame, as shares of it. */
  #shares({ clientX, clientY }: MouseEvent): { readonly x: number; readonly y: number } | null {
    const size = this.#frameSize();
    if (size === null || this.#picture === null) return null;
    const { left, top } = this.#stage.getBoundingClientRect();
    const scale = this.#stage.clientWidth / this.#picture.width;
    const { frame } = this.#picture;
    return { x: (clientX - left - frame.x * scale) / size.width, y: (clientY - top - frame.y * scale) / size.height };
  }
}
