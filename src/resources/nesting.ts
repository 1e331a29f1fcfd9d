/** Deeper nesting is nobody's intention, and overflows the stack of whatever walks the value. */
export const nestingLimit = 100;

/** Is something more than `nestingLimit` levels down? A value that holds itself is too deep, too. */
export function isTooDeep(value: unknown, levels = nestingLimit): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isTooDeep(inner, levels - 1));
}
