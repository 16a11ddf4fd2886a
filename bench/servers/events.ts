// What every server under measure answers to. The handlers stand here once, so that implementations differ in
// the library alone.

export interface ClientEvents {
  echo: (text: string, ack: (text: string) => void) => void;
  /** Ask the server to send `perTurn` events to everybody within one turn. */
  broadcast: (perTurn: number) => void;
}

export interface ServerEvents {
  news: (content: News) => void;
}

/** What a broadcast carries: a text of 64 bytes, or an object of about 1 KiB when compression is measured. */
export type News = string | readonly NewsItem[];

interface NewsItem {
  readonly id: number;
  readonly title: string;
  readonly author: string;
  readonly isRead: boolean;
}

export function echo(text: string, ack: (text: string) => void): void {
  ack(text);
}

/** The listener of the `broadcast` command; `send` emits one event to every socket. */
export function createBroadcast(send: (news: News) => void, isLarge: boolean): (perTurn: number) => void {
  const news = isLarge ? createLargeNews() : "x".repeat(64);
  return (perTurn) => {
    for (let sent = 0; sent < perTurn; sent++) send(news);
  };
}

function createLargeNews(): NewsItem[] {
  return Array.from({ length: 14 }, (_, index) => ({
    id: 7_919 * (index + 1),
    title: `headline ${(index * 2_654_435_761) % 1_000_003}`,
    author: index % 2 === 0 ? "first author" : "second author",
    isRead: index % 3 === 0,
  }));
}
