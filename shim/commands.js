// What the core says, as in wasm/exports/llmproxy.h.

// Commands.
export const WAIT = 0;
export const READ = 1;
export const FETCH = 2;
export const ABORT = 3;
export const HEAD = 4;
export const WRITE = 5;
export const PIPE = 6;
export const END = 7;

// When an exchange is told of the time first; then the core says when.
export const FIRST_TICK_MS = 1000;

// Of the body, the first piece.
export const FIRST_PIECE = 32768;

// How many words the arguments of a command take.
export const ARGUMENTS = 9;

// Of a fetch, a bit each.
export const SENDS_REQUEST_BODY = 1;
export const WANTS_REPLY_HEADERS = 2;

// Of the request's body, by the number that READ has, as DecompressionStream calls them.
export const ENCODINGS = ["", "gzip", "deflate"];

// What is due behind an event, unless it is bytes.
export const NOTHING = 0;
export const COMMANDS = 2;
