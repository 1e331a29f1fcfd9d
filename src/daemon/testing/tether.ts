import type { Store } from '../../store/store.ts';
import { aroundRequests, wrap } from '../../store/wrap.ts';

/** A store that one daemon of several reaches, until it is cut: what died neither asks nor hears anything more. */
export function tethered(store: Store): { readonly store: Store; readonly cut: () => void } {
  let isCut = false;
  const never = new Promise<never>(() => {});
  const whileUncut = wrap(
    store,
    aroundRequests((_, make) => (isCut ? never : make())),
    (inner) => ({
      async *watch(kind, fromVersion, signal) {
        for await (const event of inner.watch<never>(kind, fromVersion, signal)) {
          if (isCut) await never;
          yield event;
        }
      },
      close: async () => {},
    }),
  );
  return {
    store: whileUncut,
    cut: () => {
      isCut = true;
    },
  };
}
