// What the pages of this folder have in common: their events, and what they tell the test.

export interface ServerToClient {
  news: (title: string) => void;
}

export interface ClientToServer {
  ask: (question: string, answer: (text: string) => void) => void;
  /** Never answered. */
  askInVain: (answer: (text: string) => void) => void;
}

/** What a page has done, for the test to read. */
export interface Told {
  /** How often a socket was made. */
  created: number;
  /** What became of each `askInVain`. */
  readonly outcomes: string[];
  /** How many listen to the news. */
  readonly listeners: () => number;
}

declare global {
  interface Window {
    told: Told;
  }
}
