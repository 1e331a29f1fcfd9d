import type { Store } from '../../store/store.ts';

/** A store that one daemon of several reaches, until it is cut: what died neither asks nor hears anything more. */
export function tethered(store: Store): { readonly store: Store; readonly cut: () => void } {
  let isCut = false;
  const never = new Promise<never>(() => {});
  const watch: Store['watch'] = async function* (kind, fromVersion, signal) {
    for await (const event of store.watch(kind, fromVersion, signal)) {
      if (isCut) await never;
      yield event as never;
    }
  };
  const own: Partial<Store> = { watch, close: async () => {} };
  const proxy = new Proxy(store, {
    get(target, name) {
      if (name in own) return Reflect.get(own, name);
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => (isCut ? never : value.apply(target, args));
    },
  });
  return {
    store: proxy,
    cut: () => {
      isCut = true;
    },
  };
}
