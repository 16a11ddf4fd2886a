import { getCurrentInstance, getCurrentScope, onBeforeMount, onMounted } from "vue";

/**
 * Runs something in the present scope, in the page alone: rendering on the server never comes so far.
 *
 * @param when `mounted` is after the components below, and after hydration; `beforeMount` is before them. Outside of a
 * component's set-up both are at once.
 */
export function inPage(when: "beforeMount" | "mounted", start: () => void): void {
  const instance = getCurrentInstance();
  if (!instance || instance.isMounted) {
    start();
    return;
  }
  const scope = getCurrentScope();
  const startInScope = (): unknown => scope?.run(start);
  if (when === "mounted") onMounted(startInScope);
  else onBeforeMount(startInScope);
}
