import { io, type Socket } from "@tautline/client";
import {
  createSocketContext,
  useConnection,
  useEmitWithAck,
  useEvent,
  useOwnSocket,
} from "@tautline/client/vue";
import { type Component, defineComponent, h, ref, type VNode } from "vue";
import type { ClientToServer, ServerToClient } from "./events.ts";

type PageSocket = Socket<ServerToClient, ClientToServer>;

const { provideSocket, useSocket } = createSocketContext<PageSocket>();

function createSocket(): PageSocket {
  window.told.created += 1;
  const socket: PageSocket = io({ autoConnect: false, reconnectionDelay: 10, reconnectionDelayMax: 50 });
  window.told = { ...window.told, listeners: () => socket.listeners("news").length };
  return socket;
}

function button(id: string, onClick: () => unknown): VNode {
  return h("button", { id, onClick });
}

function text(id: string, shown: unknown): VNode {
  return h("b", { id }, String(shown));
}

export const Page: Component = defineComponent(() => {
  const isThere = ref(true);
  const room = ref(1);
  return () =>
    h("div", [
      button("leave", () => {
        isThere.value = !isThere.value;
      }),
      button("room", () => {
        room.value += 1;
      }),
      isThere.value ? h(WithSocket) : undefined,
      h(Room, { number: room.value }),
    ]);
});

const WithSocket: Component = defineComponent(() => {
  provideSocket(createSocket);
  return () => h("div", [h(Status), h(News), h(Question)]);
});

const Status: Component = defineComponent(() => {
  const connection = useConnection(useSocket());
  return () => {
    const { status, attempt, transport, error, connect, disconnect } = connection.value;
    return h("p", [
      text("status", status),
      text("attempt", attempt),
      text("transport", transport ?? "none"),
      text("error", error?.message ?? "none"),
      button("connect", connect),
      button("disconnect", disconnect),
    ]);
  };
});

const News: Component = defineComponent(() => {
  const titles = ref<string[]>([]);
  const paper = ref("morning");
  useEvent(useSocket(), "news", (title) => titles.value.push(`${paper.value}: ${title}`));
  return () =>
    h("p", [
      button("paper", () => {
        paper.value = "evening";
      }),
      text("news", titles.value.join(", ")),
    ]);
});

const Question: Component = defineComponent(() => {
  const isAsking = ref(true);
  const { emit, reset, state } = useEmitWithAck(useSocket(), "ask");
  return () => {
    const { status, answer, error } = state.value;
    return h("div", [
      button("ask", () => emit("how many?")),
      button("forget", reset),
      text("answer", `${status} ${answer ?? error?.message ?? ""}`),
      button("stop", () => {
        isAsking.value = false;
      }),
      isAsking.value ? h(VainQuestion) : undefined,
    ]);
  };
});

const VainQuestion: Component = defineComponent(() => {
  const asked = useEmitWithAck(useSocket(), "askInVain");
  const limited = useEmitWithAck(useSocket(), "askInVain", { timeout: 20 });
  const ask = (): Promise<unknown> =>
    asked.emitWithAck().catch((error: Error) => window.told.outcomes.push(error.name));
  return () =>
    h("div", [
      button("ask-in-vain", ask),
      text("vain", asked.state.value.status),
      button("ask-a-while", () => limited.emit()),
      text("a-while", `${limited.state.value.status} ${limited.state.value.error?.message ?? ""}`),
    ]);
});

const Room = defineComponent(
  (props: { number: number }) => {
    const socket = useOwnSocket(
      () => io(`/room-${props.number}`, { autoConnect: false }),
      () => props.number,
    );
    const connection = useConnection(socket);
    return () => text("in-room", connection.value.status === "connected" ? socket.value?.nsp : "nowhere");
  },
  { props: ["number"] },
);
