// SPDX-License-Identifier: Apache-2.0
#include <lookaside/translation/access.h>

namespace lookaside::translation {

const char* name(Access access) {
  static constexpr const char* kNames[kAccessCount] = {
      "fetch", "load", "store", "load-reserved", "store-conditional", "atomic"};
  const auto i = static_cast<unsigned>(access);
  return i < kAccessCount ? kNames[i] : "unknown";
}

const char* name(Privilege privilege) {
  switch (privilege) {
    case Privilege::kUser:
      return "U";
    case Privilege::kSupervisor:
      return "S";
    case Privilege::kMachine:
      return "M";
  }
  return "unknown";
}

const char* name(FenceForm form) {
  static constexpr const char* kNames[] = {"all", "asid", "address", "address+asid"};
  const auto i = static_cast<unsigned>(form);
  return i < 4 ? kNames[i] : "unknown";
}

}  // namespace lookaside::translation
