// SPDX-License-Identifier: Apache-2.0
// The model's MMU beside somebody else's, fed with the PTE accesses that the block made.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cosim/difference.h"
#include "cosim/foreign/allowed_set.h"
#include "cosim/foreign/port_map.h"
#include "cosim/foreign/pte_port.h"

namespace lookaside::foreign {

/// The model with the geometry of a map, for compare: exact. Which entries its TLBs hold shows in
/// the PTE accesses that it needs: a TLB that replaces another entry walks at another time.
class MmuModel {
 public:
  /// Throws MapError if the model cannot have this geometry.
  explicit MmuModel(const PortMap& map);
  ~MmuModel();

  void set_context(const translation::Context& context);
  void set_pmp(const translation::Pmp& pmp);
  void fence(const translation::Fence& fence);

  /// The model's answer to an access during which the block made the accesses `made`, which must be
  /// those of the model, in its order. What is not the same is added to `fields`.
  Answer translate(const Request& request, const std::vector<PteAccess>& made,
                   std::vector<cosim::ComparedField>& fields);

 private:
  struct Model;
  std::unique_ptr<Model> model_;
};

}  // namespace lookaside::foreign
