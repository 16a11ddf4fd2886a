// Every event between page and server. Both sides import this file, so that neither can drift from the other.

export const places = ["noodles", "pizza", "salad"] as const;

export type Place = (typeof places)[number];

/** The names of those who vote for each place. */
export type Tally = Readonly<Record<Place, readonly string[]>>;

/** What an acknowledgement brings: a value, or why there is none. */
export type Answer<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly code: "UNKNOWN_PLACE" | "FULL"; readonly message: string };

export interface ClientToServer {
  vote: (place: Place, done: (answer: Answer<Tally>) => void) => void;
  /** How many of those who are connected have the page before their eyes. */
  countLookers: (done: (answer: Answer<number>) => void) => void;
}

export interface ServerToClient {
  tally: (tally: Tally) => void;
  /** The server asks, and the page acknowledges. */
  areYouLooking: (done: (isLooking: boolean) => void) => void;
}

/** The compiler trusts the other side; who listens on a network does not. */
export function isPlace(input: unknown): input is Place {
  return places.some((place) => place === input);
}
