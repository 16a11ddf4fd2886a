// Event-map types: how a program's own interfaces type `on`, `emit` and acknowledgements (server.md §22).
// The only file in which `any` is allowed: listener signatures are the user's, and only `any` accepts all of them.

/** What names an event: strings and symbols locally; only strings (and numbers) travel. */
export type EventName = string | symbol;

/** A listener of which nothing is known. */
export type AnyListener = (...args: any[]) => void;

/** A listener of every event: its name, then its arguments. */
export type CatchAllListener = (event: string, ...args: any[]) => void;

/** The constraint of every events map: event name → listener signature. */
export interface EventsMap {
  [event: string]: any;
}

/** The map of a program that does not type its events: any name, any arguments. */
export interface DefaultEventsMap {
  [event: string]: (...args: any[]) => void;
}

/** The map without events. */
// biome-ignore lint/complexity/noBannedTypes: a map to which no name can be added is exactly `{}`
export type NoEvents = {};

export type EventNames<Map extends EventsMap> = keyof Map & EventName;

export type EventParams<Map extends EventsMap, Ev extends EventNames<Map>> = Parameters<Map[Ev]>;

export type ReservedOrUserEventNames<Reserved extends EventsMap, User extends EventsMap> =
  | EventNames<Reserved>
  | EventNames<User>;

/** The listener of a reserved or user event; an event typed `never` falls back to an untyped listener. */
export type ReservedOrUserListener<
  Reserved extends EventsMap,
  User extends EventsMap,
  Ev extends ReservedOrUserEventNames<Reserved, User>,
> = UntypedIfNever<
  Ev extends EventNames<Reserved> ? Reserved[Ev] : Ev extends EventNames<User> ? User[Ev] : never
>;

type UntypedIfNever<T> = [T] extends [never] ? (...args: any[]) => void | Promise<void> : T;

type IsAny<T> = 0 extends 1 & T ? true : false;

/** The last element of a tuple; `any` of an untyped list, `never` of an empty one. */
export type Last<T extends readonly any[]> = T extends readonly []
  ? never
  : T extends readonly [...any[], infer Tail]
    ? Tail
    : Required<T> extends readonly [...any[], infer Tail]
      ? Tail
      : T[number];

export type AllButLast<T extends any[]> = T extends [...infer Head, any] ? Head : any[];

/** Whether a parameter is an acknowledgement callback: `"any"` when untyped. */
type AckKind<T> = [T] extends [never]
  ? false
  : IsAny<T> extends true
    ? "any"
    : T extends AnyListener
      ? true
      : false;

/** The events that end in an acknowledgement callback; all of them when untyped. */
export type EventNamesWithAck<
  Map extends EventsMap,
  Ev extends EventNames<Map> = EventNames<Map>,
> = Ev extends Ev ? (AckKind<Last<EventParams<Map, Ev>>> extends false ? never : Ev) : never;

/** The events without acknowledgement callback; all of them when untyped. */
export type EventNamesWithoutAck<
  Map extends EventsMap,
  Ev extends EventNames<Map> = EventNames<Map>,
> = Ev extends Ev ? (AckKind<Last<EventParams<Map, Ev>>> extends true ? never : Ev) : never;

/** The events whose acknowledgement callback takes an Error first, i.e. those of an emitter with a timeout. */
export type EventNamesWithError<
  Map extends EventsMap,
  Ev extends EventNamesWithAck<Map> = EventNamesWithAck<Map>,
> = Ev extends Ev ? (HasErrorFirst<Last<EventParams<Map, Ev>>> extends true ? Ev : never) : never;

type HasErrorFirst<Ack> =
  IsAny<Ack> extends true
    ? true
    : Ack extends (...args: infer Args) => any
      ? Args extends [infer First, ...any[]]
        ? IsAny<First> extends true
          ? false
          : First extends Error
            ? true
            : false
        : any[] extends Args
          ? true
          : false
      : false;

/** What the compiler shows in place of an event name that cannot be awaited so. */
type Hint<Text extends string> = string & { readonly hint: Text };

/** `Ev`, if its listener takes an acknowledgement. */
export type NameWithAck<Map extends EventsMap, Ev extends EventNames<Map>> =
  Ev extends EventNamesWithAck<Map> ? Ev : Hint<"this event takes no acknowledgement: send it with emit()">;

/** `Ev`, if its acknowledgement takes an Error first, as it does after `timeout`. */
export type NameWithError<Map extends EventsMap, Ev extends EventNames<Map>> =
  Ev extends EventNamesWithError<Map>
    ? Ev
    : Ev extends EventNamesWithAck<Map>
      ? Hint<"answers of a broadcast are awaited for a limited time: call timeout(ms) before emitWithAck()">
      : Hint<"this event takes no acknowledgement: send it with emit()">;

export type RemoveAcknowledgements<Map extends EventsMap> = {
  [Ev in EventNamesWithoutAck<Map>]: Map[Ev];
};

/** The first parameter of an acknowledgement that is not its Error: what a promise resolves with. */
export type FirstNonErrorArg<Ack> = Ack extends (...args: infer Args) => any
  ? Args extends []
    ? undefined
    : IsAny<Args[0]> extends true
      ? any
      : Args[0] extends Error
        ? Args[1]
        : Args[0]
  : any;

type WithError<Ack> = Ack extends (...args: infer Args) => infer Result
  ? HasErrorFirst<Ack> extends true
    ? Ack
    : (err: Error, ...args: Args) => Result
  : Ack;

type WithResponses<Ack> = Ack extends (...args: infer Args) => infer Result
  ? any[] extends Args
    ? Ack
    : (responses: FirstNonErrorArg<Ack>[]) => Result
  : Ack;

type MapLast<Params extends any[], Ack> = Params extends [...infer Head, any] ? [...Head, Ack] : Params;

/** Acknowledgements of one receiver with a timeout: `(a, b)` becomes `(err, a, b)`. */
export type DecorateAcknowledgements<Map extends EventsMap> = {
  [Ev in keyof Map]: Map[Ev] extends (...args: infer Params) => infer Result
    ? (...args: MapLast<Params, WithError<Last<Params>>>) => Result
    : Map[Ev];
};

/** Acknowledgements of a broadcast: `(a, …)` becomes `(as: A[])`. */
export type DecorateAcknowledgementsWithMultipleResponses<Map extends EventsMap> = {
  [Ev in keyof Map]: Map[Ev] extends (...args: infer Params) => infer Result
    ? (...args: MapLast<Params, WithResponses<Last<Params>>>) => Result
    : Map[Ev];
};

/** Acknowledgements of a broadcast with a timeout: `(a, …)` becomes `(err, as: A[])`. */
export type DecorateAcknowledgementsWithTimeoutAndMultipleResponses<Map extends EventsMap> =
  DecorateAcknowledgements<DecorateAcknowledgementsWithMultipleResponses<Map>>;

/** Anything that broadcasts: what a handler may take to be given a server, a namespace or an operator. */
export interface TypedEventBroadcaster<EmitEvents extends EventsMap> {
  emit<Ev extends EventNames<EmitEvents>>(ev: Ev, ...args: EventParams<EmitEvents, Ev>): boolean;
}
