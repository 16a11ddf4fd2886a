export { io } from "./platform/browser/client.ts";
