// What is used of `wx`, and of the objects that other hosts of mini-programs offer in its place: `qq`, `tt`, `swan`,
// `uni`, `Taro`.

/** Why a call failed, in the host's words. */
export interface MiniProgramFailure {
  readonly errMsg: string;
  readonly errno?: number;
}

type Headers = { readonly [name: string]: string };

/** One WebSocket. Listeners cannot be taken back. */
export interface SocketTask {
  send(options: { data: string | ArrayBuffer; fail?: (failure: MiniProgramFailure) => void }): void;
  close(options: object): void;
  onOpen(listener: (event: { readonly header?: Headers }) => void): void;
  onMessage(listener: (event: { readonly data: string | ArrayBuffer }) => void): void;
  onError(listener: (failure: MiniProgramFailure) => void): void;
  onClose(listener: (event: { readonly code: number; readonly reason: string }) => void): void;
}

export interface ConnectSocketOptions {
  readonly url: string;
  readonly header: Headers;
  readonly protocols?: string[];
  readonly tcpNoDelay?: boolean;
  readonly perMessageDeflate?: boolean;
  readonly timeout?: number;
  readonly forceCellularNetwork?: boolean;
  /** The call was refused; there will be no events. */
  readonly fail: (failure: MiniProgramFailure) => void;
}

export interface RequestOptions {
  readonly url: string;
  readonly method: "GET" | "POST";
  readonly header: Headers;
  readonly dataType: string;
  readonly responseType: "text";
  readonly data?: string;
  /** Called whatever the status is. */
  readonly success: (result: RequestResult) => void;
  readonly fail: (failure: MiniProgramFailure) => void;
}

export interface RequestResult {
  readonly data: unknown;
  readonly statusCode: number;
  readonly header?: Headers;
  /** The values of `Set-Cookie`; missing on hosts of before 2020. */
  readonly cookies?: readonly string[];
}

/** The functions that the client calls. */
export interface MiniProgram {
  connectSocket(options: ConnectSocketOptions): SocketTask | undefined;
  request(options: RequestOptions): { abort(): void } | undefined;
  onNetworkStatusChange?(listener: (status: { readonly isConnected: boolean }) => void): void;
  onAppShow?(listener: () => void): void;
}
