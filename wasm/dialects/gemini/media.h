// Media on its way to Gemini: which addresses Google fetches itself, and which types it takes.
// https://ai.google.dev/gemini-api/docs/file-input-methods
#pragma once

#include "base/result.h"
#include "chat/fetched_media.h"
#include "chat/request.h"
#include "dialects/gemini/model.h"

#include <string>
#include <string_view>
#include <vector>

namespace llmproxy::gemini {

// Those of the request that were not fetched yet, in order. The parts stay its own.
std::vector<chat::MediaLink> find_links(const chat::CompleteRequest& source, const Model& model);

// Where a part of a message stands: "messages[1].content[0]".
std::string place_of(const chat::Message& message, const chat::MediaPart& media);
// And where in it the client put the media, for errors: "messages[1].content[0].image_url.url".
std::string path_of(const chat::Message& message, const chat::MediaPart& media);

// Whether Gemini has an ear or eye for the type.
bool takes_media_type(std::string_view mime_type);
// An error when it has not.
Status check_media_type(std::string_view mime_type, std::string_view param);

// The type to say for an address that Google fetches; empty when it has to be found out.
std::string_view media_type_of_url(const chat::MediaPart& media, std::string_view url);

}  // namespace llmproxy::gemini
