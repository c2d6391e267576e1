// Every limit the core enforces, in one place. Sizes are bytes.
#pragma once

#include <cstddef>
#include <cstdint>

namespace llmproxy {

// A Worker has 128 MB for JavaScript and WebAssembly together, and several requests share it.
// https://developers.cloudflare.com/workers/platform/limits/#memory
inline constexpr std::size_t kMaxRequestBody = std::size_t{32} << 20U;

// What an exchange takes that holds no large body, counted when it begins: so there is an end to
// how many are open.
inline constexpr std::size_t kExchangeMemory = std::size_t{16} << 10U;
// And of that, while its body is still to come.
inline constexpr std::size_t kWaitingMemory = std::size_t{4} << 10U;

// A whole reply has to be held until it is complete; a stream only one event at a time.
inline constexpr std::size_t kMaxWholeReply = std::size_t{32} << 20U;
inline constexpr std::size_t kMaxStreamEvent = std::size_t{16} << 20U;

// An error body is quoted in part at most; more than this is not even read.
inline constexpr std::size_t kMaxErrorBody = std::size_t{64} << 10U;
inline constexpr std::size_t kMaxErrorMessage = 2000;
// Quotas are given anew after a day at the latest, so nobody is told to wait for longer.
inline constexpr double kMaxRetrySeconds = 86'400;

// Readers on top of aiohttp refuse a line of an event stream that is longer than 64 KiB, so one
// delta carries at most this much text (and escapes may still double it).
inline constexpr std::size_t kMaxDelta = std::size_t{32} << 10U;

// Arrays and objects inside one another.
inline constexpr std::uint32_t kMaxJsonDepth = 128;

// The runtime allows 128 KB of response headers in all; a preflight asks for far less.
inline constexpr std::size_t kMaxEchoedHeaders = 4096;
inline constexpr std::size_t kMaxChangesHeader = 2048;

// Choices of one request that are asked for in calls of their own: a Worker may hold six
// connections that wait for a head, and each call is billed.
// https://developers.cloudflare.com/workers/platform/limits/#simultaneous-open-connections
inline constexpr std::uint32_t kMaxCalls = 8;

// Media that is fetched for a supplier that wants bytes.
inline constexpr std::size_t kMaxDownload = std::size_t{10} << 20U;
inline constexpr std::size_t kMaxDownloads = std::size_t{20} << 20U;  // of one request together
// A Worker may make fifty requests of its own on the free plan, redirects included.
// https://developers.cloudflare.com/workers/platform/limits/#subrequests
inline constexpr std::size_t kMaxLinks = 12;
inline constexpr std::uint32_t kMaxParallelDownloads = 4;
inline constexpr std::uint32_t kMaxRedirects = 3;
inline constexpr std::uint32_t kDownloadMs = 10'000;

// How long a supplier may take to begin its answer, and be silent in it, unless the operator says
// otherwise: models that think answer nothing for minutes.
inline constexpr std::uint32_t kFirstByteMs = 600'000;
inline constexpr std::uint32_t kSilenceMs = 300'000;
inline constexpr std::int64_t kMaxTimeLimitSeconds = 86'400;

// Of a body that is read, what the host may hold before any of it came; later pieces are at
// most half of what came before.
inline constexpr std::size_t kFirstPiece = std::size_t{32} << 10U;
// How long a client may send nothing of a body that it began to send, and take for all of it.
inline constexpr std::uint32_t kRequestSilenceMs = 60'000;
inline constexpr std::uint32_t kRequestMs = 600'000;
// Of an error, what came until then is enough.
inline constexpr std::uint32_t kErrorBodyMs = 10'000;

// A stream that was silent for so long says something itself: gateways and clients give up after
// one to two minutes.
inline constexpr std::uint32_t kHeartbeatMs = 15'000;
// In what steps time passes here (see Silence): each wakes the Worker, which costs CPU.
inline constexpr std::uint32_t kTickMs = 5'000;

// Times an answer is continued with a token of the supplier's, and times an empty one is asked for
// again.
inline constexpr int kMaxContinuations = 40;
inline constexpr int kMaxEmptyRetries = 1;
// Times a request goes again without what was refused. A model refuses one thing after the other;
// each time costs the client a round trip.
inline constexpr std::size_t kMaxSmallerRequests = 4;

// What a caller lists. A message takes 16 bytes beside the body and a part 56, so that all of it
// stays below 8 MiB; conversations of agents have some thousands of messages.
inline constexpr std::size_t kMaxMessages = 20'000;
inline constexpr std::size_t kMaxParts = 50'000;  // of all messages, with calls and their results
inline constexpr std::size_t kMaxCallsOfMessage = 1'024;  // OpenAI takes 128
// Of each list of signatures and of parts of the supplier's own tools that a message brings back.
inline constexpr std::size_t kMaxProofs = 1'024;
inline constexpr std::size_t kMaxTools = 4'096;  // OpenAI takes 128, and Gemini fewer than 1,000
inline constexpr std::size_t kMaxStops = 64;     // OpenAI takes 4, and Gemini 5
// https://platform.openai.com/docs/api-reference/embeddings/create#embeddings-create-input
inline constexpr std::size_t kMaxInputs = 2'048;
inline constexpr std::size_t kMaxModalities = 16;      // there are three
inline constexpr std::size_t kMaxSettings = 64;        // of one vendor's own; there are six
inline constexpr std::size_t kMaxUnknownFields = 256;  // of the request; each is kept by its name
inline constexpr std::size_t kMaxNamedChanges = 256;   // more than the header can name
inline constexpr std::size_t kMaxAddedChanges = 100'000;  // that are looked at for new names
inline constexpr std::size_t kMaxFormParts = 256;         // a transcription has about ten
inline constexpr std::size_t kMaxFormPartHead = 16'384;

// Values that the arguments of a call may have which comes in pieces, and bytes of their texts.
inline constexpr std::size_t kMaxPartialValues = 20'000;
inline constexpr std::size_t kMaxPartialBytes = std::size_t{4} << 20U;

// What is kept of an answer until its end, beside its text: sources, what Google's tools did, calls
// that come in pieces. Answers with all of it have some 100 KB.
inline constexpr std::size_t kMaxKeptOfReply = std::size_t{8} << 20U;
// Calls of one answer. They are kept by their ids, and a client has to send them all back, of which
// a message may have kMaxCallsOfMessage.
inline constexpr std::uint32_t kMaxCallsOfReply = 4'096;
inline constexpr std::size_t kMaxSources = 20'000;    // and citations of them
inline constexpr std::size_t kMaxLogprobs = 200'000;  // tokens; the longest answers have 65,536
// Of one page of the list, which is asked for by the thousand; and of the embeddings in one reply,
// of which there are 100 at most with 3,072 values each.
inline constexpr std::size_t kMaxModels = 10'000;
inline constexpr std::size_t kMaxEmbeddingValues = 1'000'000;
// Parts of a candidate that are held until all of it is known. Those behind them are read again.
inline constexpr std::size_t kMaxHeldParts = 1'024;

// Schemas that Gemini needs in other words, as trees: values and names that are read, copied and
// written; one from the description of an API has thousands. As many take some 8 MiB.
inline constexpr std::size_t kMaxSchemaNodes = 150'000;
inline constexpr std::size_t kMaxSchemasNodes = 600'000;                // of all in a request
inline constexpr std::size_t kMaxSchemasBytes = std::size_t{4} << 20U;  // of their texts
// What definitions may grow to where they are written out; beyond it references stay unresolved.
inline constexpr std::size_t kMaxExpandedNodes = 10'000;
inline constexpr std::size_t kMaxExpandedBytes = std::size_t{512} << 10U;
inline constexpr std::size_t kMaxOpenReferences = 64;  // that lead to one another

// Lengths of what is copied, decoded or compared; texts and media stay where they are in the body.
inline constexpr std::size_t kMaxName = 256;  // of a model, a tool, a voice, a field
inline constexpr std::size_t kMaxId = std::size_t{1} << 20U;  // it may carry a thought signature
// What the id of a call carries of a signature; those of calls have some hundred bytes to a few
// thousand. A larger one stands in a field of its own only.
inline constexpr std::size_t kMaxSignatureInId = std::size_t{16} << 10U;
inline constexpr std::size_t kMaxLink = 8'192;  // as long as web servers take
inline constexpr std::size_t kMaxSetting = std::size_t{64} << 10U;
// Texts that are put together with others: instructions, descriptions, grammars, fields of a form.
inline constexpr std::size_t kMaxJoinedText = std::size_t{1} << 20U;
// The arguments of all calls of a request, which are JSON inside of a string.
inline constexpr std::size_t kMaxArguments = std::size_t{8} << 20U;
// A schema that a model is told in words, where it takes none in another form. More would be most
// of its prompt.
inline constexpr std::size_t kMaxSchemaInWords = std::size_t{32} << 10U;

// Of documents that say which suppliers there are.
inline constexpr std::size_t kMaxSuppliersDocument = std::size_t{256} << 10U;
inline constexpr std::size_t kMaxSuppliers = 64;
inline constexpr std::size_t kMaxSupplierList = 256;   // of names, headers, models
inline constexpr std::size_t kMaxSupplierRules = 512;  // each is looked at for each member
inline constexpr std::size_t kMaxSupplierText = 2'048;

// A slice of at least this many bytes goes into the output by reference, a shorter one by copy.
inline constexpr std::size_t kMinReferencedSlice = 4096;
// A body up to this size is one piece, whatever it is made of: a host that has to put pieces
// together spends more on each of them than the copy costs here. Beyond it is mostly references,
// and as much memory at once is enough for the rest.
inline constexpr std::size_t kMaxCopiedBody = std::size_t{256} << 10U;

}  // namespace llmproxy
