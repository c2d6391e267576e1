#include "base/result.h"

namespace llmproxy {

void ErrorDeleter::operator()(Error* error) const {
  delete error;
}

ErrorPointer keep(Error&& error) {
  return ErrorPointer(new Error(std::move(error)));
}

}  // namespace llmproxy
