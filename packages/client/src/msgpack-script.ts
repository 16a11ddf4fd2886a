export { io as default } from "./platform/browser/msgpack-client.ts";
