/**
 * Freezes a value with all that it contains, so that nobody who is handed a theorem can change what it says, or what later checks
 * rely on. Lists of plain values are frozen without looking at each.
 */
export function deepFreeze<V>(value: V): V {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  if (Array.isArray(value)) {
    if (typeof value[0] === 'object') for (const part of value) deepFreeze(part);
  } else {
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}
