/** What one client did to one object of the store, and what it was told. Times are of one clock, in milliseconds. */
export interface Operation {
  /** The object: two operations concern each other only when they name the same. */
  readonly key: string;
  readonly client: string;
  readonly action: Action;
  readonly outcome: Outcome;
  readonly calledAt: number;
  /** Infinity when no answer ever came. */
  readonly answeredAt: number;
}

/** A token names one state of the object: which write made it. */
export type Action =
  | { readonly type: 'create'; readonly token: string }
  | { readonly type: 'update'; readonly from: string; readonly token: string }
  | { readonly type: 'delete'; readonly from: string | undefined }
  | { readonly type: 'read' };

export type Outcome =
  | { readonly type: 'done' }
  /** Of a delete by a client that repeats it when an answer is lost: it did it, or found that nothing is there. */
  | { readonly type: 'gone' }
  /** What a read saw; undefined: nothing. */
  | { readonly type: 'saw'; readonly token: string | undefined }
  | { readonly type: 'already-exists' }
  | { readonly type: 'conflict' }
  | { readonly type: 'not-found' }
  /** The answer was lost: it may have happened, at any time after the call, or never. */
  | { readonly type: 'unknown' };

/** The token of the object that is there; undefined: there is none. */
export type State = string | undefined;

/**
 * The state after an operation that took effect in `state` and was answered as `outcome` says.
 * @returns 'impossible' when it could not have been answered so
 */
export function after(state: State, action: Action, outcome: Outcome): { readonly state: State } | 'impossible' {
  const next = effect(state, action);
  if (outcome.type === 'unknown') return { state: next.type === 'done' ? next.state : state };
  if (action.type === 'read') return outcome.type === 'saw' && outcome.token === state ? { state } : 'impossible';
  if (outcome.type === 'gone') return state === undefined || next.type === 'done' ? { state: undefined } : 'impossible';
  if (next.type !== outcome.type) return 'impossible';
  return { state: next.type === 'done' ? next.state : state };
}

type Effect =
  | { readonly type: 'done'; readonly state: State }
  | { readonly type: Exclude<Outcome['type'], 'done' | 'gone'> };

function effect(state: State, action: Action): Effect {
  switch (action.type) {
    case 'read':
      return { type: 'saw' };
    case 'create':
      return state === undefined ? { type: 'done', state: action.token } : { type: 'already-exists' };
    case 'update':
      if (state === undefined) return { type: 'not-found' };
      return state === action.from ? { type: 'done', state: action.token } : { type: 'conflict' };
    case 'delete':
      if (state === undefined) return { type: 'not-found' };
      return action.from === undefined || state === action.from
        ? { type: 'done', state: undefined }
        : { type: 'conflict' };
  }
}
