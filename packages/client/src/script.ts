export { io as default } from "./platform/browser/client.ts";
