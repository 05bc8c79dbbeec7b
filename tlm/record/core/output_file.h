// SPDX-License-Identifier: Apache-2.0
// Output files appear whole or not at all: they are written under a temporary name beside the
// target and renamed when complete.
#pragma once

#include <string>
#include <string_view>

namespace lookaside::record {

/// The name under which `path` is written until it is complete: in the same directory, so that the
/// final rename is atomic. A symbolic link is followed: what it leads to is replaced, not the link.
std::string temporary_name(const std::string& path);

/// Throws RecordError if a file cannot be created at `path`: it is a directory or a device, or its
/// directory is missing or not writable. Leaves nothing behind. Call it before a long run.
void check_writable(const std::string& path);

/// Renames the finished temporary file to `path`. Throws RecordError (and removes the temporary).
void finish_output(const std::string& path);

/// Writes `bytes` to `path`, whole or not at all. Throws RecordError.
void write_file(const std::string& path, std::string_view bytes);

}  // namespace lookaside::record
