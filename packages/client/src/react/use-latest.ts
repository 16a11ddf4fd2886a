import { type RefObject, useInsertionEffect, useRef } from "react";

/** The value of the latest render that was committed; a render that React has given up is never seen. */
export function useLatest<Value>(value: Value): RefObject<Value> {
  const latest = useRef(value);
  // Before all other effects, and without the warning that `useLayoutEffect` gives on the server.
  useInsertionEffect(() => {
    latest.current = value;
  });
  return latest;
}
