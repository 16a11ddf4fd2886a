// The events of the application that every server peer runs, and what clients listen to.
//
// Client to server (last argument an acknowledgement where it says so):
//   echo ...args              sends `echo` with the same arguments back
//   ask ...args, ack          acknowledges with the arguments
//   hold, ack                 never acknowledges
//   count n                   notes n; counted, ack → [how many, whether they were 0, 1, 2 …]
//   burst n                   sends `tick` 0 … n-1 at once
//   drip n                    sends `tick` 0 … n-1 in small batches over many turns
//   question-me ...args, ack  sends `question` with an acknowledgement; acknowledges with what came back
//   riddle-me, ack            sends `riddle`, which nobody answers, with a timeout; acknowledges "timed out"
//   join room, ack / leave room, ack
//   publish {to?, except?, others?, volatile?}, ...args     sends `news` to those
//   survey ...args, ack       sends `question` to everyone with an acknowledgement; acknowledges all answers
//   who, ack                  acknowledges { id, transport, auth, rooms }
//   departed id, ack          acknowledges the reason with which that socket left, once it has
//   leave-me / kick-me        the server disconnects the socket, or the whole connection
//
// Namespaces: `/`, `/orders` and those of /^\/room-\d+$/ run this application; `/vault` refuses whoever does not
// bring `{ token: "open" }`, with the message "token expired" and the data { retry: false }.

/** What clients of the suites listen to, besides the life cycle. */
export const clientEvents: readonly string[] = ["echo", "tick", "news"];

/** How many ticks or counts travel in the ordering suites. */
export const MANY = 10_000;
