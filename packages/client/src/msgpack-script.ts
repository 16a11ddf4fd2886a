export { io } from "./platform/browser/msgpack-client.ts";
