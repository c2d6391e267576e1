// The numbers of the boundary, as in wasm/exports/llmproxy.h but without the prefix. A test compares both.

// Commands.
export const WAIT = 0, READ = 1, FETCH = 2, ABORT = 3, HEAD = 4, WRITE = 5, PIPE = 6, END = 7;
// How many words the arguments of a command take.
export const ARGUMENTS = 9;

// Flags of a fetch.
export const SENDS_REQUEST_BODY = 1, WANTS_REPLY_HEADERS = 2;

// How a request body is encoded, by its number: what DecompressionStream calls that.
export const ENCODINGS = ["", "gzip", "deflate"];

// What an event has made due, if it is not only bytes.
export const NOTHING = 0, COMMANDS = 2;

// Parts of lp_text().
export const FATAL_HEADERS = 0, FATAL_BODY = 1, FATAL_EVENT = 2;
export const RESPONSE_HEADERS = 3, UPSTREAM_HEADERS = 4, REQUEST_HEADERS = 5;

// After which time an exchange gets its first tick, and how large the first piece of a request body is.
export const FIRST_TICK_MS = 1000, FIRST_PIECE = 32768;
