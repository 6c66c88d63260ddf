import type { Block } from './document.js';
import type { Subject } from './subject.js';

export function arguesEnumeration(_: Subject): readonly Block[] {
  return [];
}
