// SPDX-License-Identifier: Apache-2.0
// What each instruction does. Private to the room; instantiated in execute.cpp.
#pragma once

#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

#include <lookaside/riscv/core/hart.h>

namespace lookaside::riscv {

// Twice 64 bits, for the upper halves of products; every compiler we support has it.
__extension__ typedef unsigned __int128 Uint128;
__extension__ typedef __int128 Int128;

/// The instructions for one XLEN. Registers hold XLEN bits, zero-extended. Each function returns
/// false if the instruction raised an exception; it has then changed no register.
template <unsigned kXlen, bool kObserved>
struct Executor {
  using U = std::conditional_t<kXlen == 32, std::uint32_t, std::uint64_t>;
  using S = std::make_signed_t<U>;
  using Wide = std::conditional_t<kXlen == 32, std::uint64_t, Uint128>;
  using SignedWide = std::conditional_t<kXlen == 32, std::int64_t, Int128>;
  using H = Hart;
  using I = Instruction;
  static constexpr unsigned kShiftMask = kXlen - 1;

  // Operands.
  static U a(const H& h, const I& i) { return static_cast<U>(h.x_[i.rs1]); }
  static U b(const H& h, const I& i) { return static_cast<U>(h.x_[i.rs2]); }
  static S sa(const H& h, const I& i) { return static_cast<S>(a(h, i)); }
  static S sb(const H& h, const I& i) { return static_cast<S>(b(h, i)); }
  static U imm(const I& i) { return static_cast<U>(static_cast<S>(i.imm)); }
  static std::uint32_t aw(const H& h, const I& i) {
    return static_cast<std::uint32_t>(h.x_[i.rs1]);
  }
  static std::uint32_t bw(const H& h, const I& i) {
    return static_cast<std::uint32_t>(h.x_[i.rs2]);
  }

  // Results.
  static bool set(H& h, const I& i, U value) {
    h.x_[i.rd] = value;
    return true;
  }
  static bool set_signed(H& h, const I& i, S value) { return set(h, i, static_cast<U>(value)); }
  static bool set_word(H& h, const I& i, std::uint32_t value) {
    return set_signed(h, i, static_cast<S>(static_cast<std::int32_t>(value)));
  }
  static bool jump_if(H& h, const I& i, bool taken) {
    if (taken) h.next_pc_ = static_cast<U>(static_cast<U>(h.pc_) + imm(i));
    return true;
  }

  static bool do_lui(H& h, const I& i) { return set(h, i, imm(i)); }
  static bool do_auipc(H& h, const I& i) { return set(h, i, static_cast<U>(h.pc_) + imm(i)); }
  static bool do_jal(H& h, const I& i) {
    const U link = static_cast<U>(h.next_pc_);
    jump_if(h, i, true);
    return set(h, i, link);
  }
  static bool do_jalr(H& h, const I& i) {
    const U link = static_cast<U>(h.next_pc_);
    h.next_pc_ = static_cast<U>(a(h, i) + imm(i)) & ~U{1};
    return set(h, i, link);
  }
  static bool do_beq(H& h, const I& i) { return jump_if(h, i, a(h, i) == b(h, i)); }
  static bool do_bne(H& h, const I& i) { return jump_if(h, i, a(h, i) != b(h, i)); }
  static bool do_blt(H& h, const I& i) { return jump_if(h, i, sa(h, i) < sb(h, i)); }
  static bool do_bge(H& h, const I& i) { return jump_if(h, i, sa(h, i) >= sb(h, i)); }
  static bool do_bltu(H& h, const I& i) { return jump_if(h, i, a(h, i) < b(h, i)); }
  static bool do_bgeu(H& h, const I& i) { return jump_if(h, i, a(h, i) >= b(h, i)); }

  static bool do_addi(H& h, const I& i) { return set(h, i, a(h, i) + imm(i)); }
  static bool do_slti(H& h, const I& i) { return set(h, i, sa(h, i) < static_cast<S>(imm(i))); }
  static bool do_sltiu(H& h, const I& i) { return set(h, i, a(h, i) < imm(i)); }
  static bool do_xori(H& h, const I& i) { return set(h, i, a(h, i) ^ imm(i)); }
  static bool do_ori(H& h, const I& i) { return set(h, i, a(h, i) | imm(i)); }
  static bool do_andi(H& h, const I& i) { return set(h, i, a(h, i) & imm(i)); }
  static bool do_slli(H& h, const I& i) { return set(h, i, a(h, i) << i.imm); }
  static bool do_srli(H& h, const I& i) { return set(h, i, a(h, i) >> i.imm); }
  static bool do_srai(H& h, const I& i) { return set_signed(h, i, sa(h, i) >> i.imm); }
  static bool do_add(H& h, const I& i) { return set(h, i, a(h, i) + b(h, i)); }
  static bool do_sub(H& h, const I& i) { return set(h, i, a(h, i) - b(h, i)); }
  static bool do_sll(H& h, const I& i) { return set(h, i, a(h, i) << (b(h, i) & kShiftMask)); }
  static bool do_slt(H& h, const I& i) { return set(h, i, sa(h, i) < sb(h, i)); }
  static bool do_sltu(H& h, const I& i) { return set(h, i, a(h, i) < b(h, i)); }
  static bool do_xor(H& h, const I& i) { return set(h, i, a(h, i) ^ b(h, i)); }
  static bool do_srl(H& h, const I& i) { return set(h, i, a(h, i) >> (b(h, i) & kShiftMask)); }
  static bool do_sra(H& h, const I& i) {
    return set_signed(h, i, sa(h, i) >> (b(h, i) & kShiftMask));
  }
  static bool do_or(H& h, const I& i) { return set(h, i, a(h, i) | b(h, i)); }
  static bool do_and(H& h, const I& i) { return set(h, i, a(h, i) & b(h, i)); }

  static bool do_addiw(H& h, const I& i) {
    return set_word(h, i, aw(h, i) + static_cast<std::uint32_t>(i.imm));
  }
  static bool do_slliw(H& h, const I& i) { return set_word(h, i, aw(h, i) << i.imm); }
  static bool do_srliw(H& h, const I& i) { return set_word(h, i, aw(h, i) >> i.imm); }
  static bool do_sraiw(H& h, const I& i) {
    return set_signed(h, i, static_cast<std::int32_t>(aw(h, i)) >> i.imm);
  }
  static bool do_addw(H& h, const I& i) { return set_word(h, i, aw(h, i) + bw(h, i)); }
  static bool do_subw(H& h, const I& i) { return set_word(h, i, aw(h, i) - bw(h, i)); }
  static bool do_sllw(H& h, const I& i) { return set_word(h, i, aw(h, i) << (bw(h, i) & 31U)); }
  static bool do_srlw(H& h, const I& i) { return set_word(h, i, aw(h, i) >> (bw(h, i) & 31U)); }
  static bool do_sraw(H& h, const I& i) {
    return set_signed(h, i, static_cast<std::int32_t>(aw(h, i)) >> (bw(h, i) & 31U));
  }

  static bool do_mul(H& h, const I& i) { return set(h, i, a(h, i) * b(h, i)); }
  static bool do_mulh(H& h, const I& i) {
    const SignedWide product = static_cast<SignedWide>(sa(h, i)) * sb(h, i);
    return set(h, i, static_cast<U>(static_cast<Wide>(product) >> kXlen));
  }
  static bool do_mulhsu(H& h, const I& i) {
    const SignedWide product = static_cast<SignedWide>(sa(h, i)) * static_cast<SignedWide>(b(h, i));
    return set(h, i, static_cast<U>(static_cast<Wide>(product) >> kXlen));
  }
  static bool do_mulhu(H& h, const I& i) {
    return set(h, i, static_cast<U>((static_cast<Wide>(a(h, i)) * b(h, i)) >> kXlen));
  }
  static bool do_mulw(H& h, const I& i) { return set_word(h, i, aw(h, i) * bw(h, i)); }

  // Division never traps: by zero and overflow have results of their own (ISA manual, M extension).
  template <class T>
  static T divide(T x, T y) {
    if (y == 0) return static_cast<T>(-1);
    if (std::is_signed_v<T> && x == std::numeric_limits<T>::min() && y == static_cast<T>(-1))
      return x;
    return static_cast<T>(x / y);
  }
  template <class T>
  static T remainder(T x, T y) {
    if (y == 0) return x;
    if (std::is_signed_v<T> && y == static_cast<T>(-1)) return 0;
    return static_cast<T>(x % y);
  }
  static bool do_div(H& h, const I& i) { return set_signed(h, i, divide(sa(h, i), sb(h, i))); }
  static bool do_divu(H& h, const I& i) { return set(h, i, divide(a(h, i), b(h, i))); }
  static bool do_rem(H& h, const I& i) { return set_signed(h, i, remainder(sa(h, i), sb(h, i))); }
  static bool do_remu(H& h, const I& i) { return set(h, i, remainder(a(h, i), b(h, i))); }
  static bool do_divw(H& h, const I& i) {
    return set_signed(
        h, i, divide(static_cast<std::int32_t>(aw(h, i)), static_cast<std::int32_t>(bw(h, i))));
  }
  static bool do_divuw(H& h, const I& i) { return set_word(h, i, divide(aw(h, i), bw(h, i))); }
  static bool do_remw(H& h, const I& i) {
    return set_signed(
        h, i, remainder(static_cast<std::int32_t>(aw(h, i)), static_cast<std::int32_t>(bw(h, i))));
  }
  static bool do_remuw(H& h, const I& i) { return set_word(h, i, remainder(aw(h, i), bw(h, i))); }

  // Loads and stores: T is the type in memory.
  static std::uint64_t address(const H& h, const I& i) { return static_cast<U>(a(h, i) + imm(i)); }

  template <class T>
  static bool load(H& h, const I& i) {
    const std::uint64_t va = address(h, i);
    if (sizeof(T) > 1 && (va & (sizeof(T) - 1)) != 0) {
      if (!h.misaligned(translation::Access::kLoad, va)) return false;
    }
    T value;
    const std::uint64_t offset = va - h.data_.first;
    if (offset < h.data_.read_span) {
      std::memcpy(&value, h.data_.host + offset, sizeof(T));
      ++*h.data_.repeats;
      h.cost_ += h.data_.read_cost;
    } else {
      std::uint64_t data = 0;
      if (!h.data_slow(translation::Access::kLoad, va, sizeof(T), data)) return false;
      value = static_cast<T>(data);
    }
    ++h.statistics_.loads.value;
    if (kObserved) h.commit_.add_memory(false, sizeof(T), va, 0);
    return set_signed(h, i, static_cast<S>(value));
  }
  template <class T>
  static bool store(H& h, const I& i) {
    const std::uint64_t va = address(h, i);
    const T value = static_cast<T>(h.x_[i.rs2]);
    if (sizeof(T) > 1 && (va & (sizeof(T) - 1)) != 0) {
      if (!h.misaligned(translation::Access::kStore, va)) return false;
    }
    const std::uint64_t offset = va - h.data_.first;
    if (offset < h.data_.write_span) {
      std::memcpy(h.data_.host + offset, &value, sizeof(T));
      ++*h.data_.write_repeats;
      h.cost_ += h.data_.write_cost;
    } else {
      std::uint64_t data = value;
      if (!h.data_slow(translation::Access::kStore, va, sizeof(T), data)) return false;
    }
    ++h.statistics_.stores.value;
    if (kObserved) h.commit_.add_memory(true, sizeof(T), va, value);
    return true;
  }
  static bool do_lb(H& h, const I& i) { return load<std::int8_t>(h, i); }
  static bool do_lh(H& h, const I& i) { return load<std::int16_t>(h, i); }
  static bool do_lw(H& h, const I& i) { return load<std::int32_t>(h, i); }
  static bool do_ld(H& h, const I& i) { return load<std::int64_t>(h, i); }
  static bool do_lbu(H& h, const I& i) { return load<std::uint8_t>(h, i); }
  static bool do_lhu(H& h, const I& i) { return load<std::uint16_t>(h, i); }
  static bool do_lwu(H& h, const I& i) { return load<std::uint32_t>(h, i); }
  static bool do_sb(H& h, const I& i) { return store<std::uint8_t>(h, i); }
  static bool do_sh(H& h, const I& i) { return store<std::uint16_t>(h, i); }
  static bool do_sw(H& h, const I& i) { return store<std::uint32_t>(h, i); }
  static bool do_sd(H& h, const I& i) { return store<std::uint64_t>(h, i); }

  template <class T>
  static bool atomic(H& h, const I& i, AtomicOp op) {
    using translation::Access;
    Transfer t;
    t.atomic = op;
    t.access = op == AtomicOp::kLoadReserved       ? Access::kLoadReserved
               : op == AtomicOp::kStoreConditional ? Access::kStoreConditional
                                                   : Access::kAmo;
    t.va = a(h, i);
    t.bytes = sizeof(T);
    t.data = op == AtomicOp::kLoadReserved ? 0 : static_cast<std::make_unsigned_t<T>>(b(h, i));
    if (!h.atomic(t)) return false;
    const bool conditional = op == AtomicOp::kStoreConditional;
    if (kObserved) {
      if (!conditional) h.commit_.add_memory(false, sizeof(T), t.va, 0);
      if (op != AtomicOp::kLoadReserved && (!conditional || t.succeeded)) {
        h.commit_.add_memory(true, sizeof(T), t.va, t.stored);
      }
    }
    if (conditional) return set(h, i, t.succeeded ? 0 : 1);
    return set_signed(h, i, static_cast<S>(static_cast<T>(t.data)));
  }
#define LOOKASIDE_ATOMIC(name, op)                   \
  static bool do_##name##_w(H& h, const I& i) {      \
    return atomic<std::int32_t>(h, i, AtomicOp::op); \
  }                                                  \
  static bool do_##name##_d(H& h, const I& i) {      \
    return atomic<std::int64_t>(h, i, AtomicOp::op); \
  }
  LOOKASIDE_ATOMIC(lr, kLoadReserved)
  LOOKASIDE_ATOMIC(sc, kStoreConditional)
  LOOKASIDE_ATOMIC(amoswap, kSwap)
  LOOKASIDE_ATOMIC(amoadd, kAdd)
  LOOKASIDE_ATOMIC(amoxor, kXor)
  LOOKASIDE_ATOMIC(amoand, kAnd)
  LOOKASIDE_ATOMIC(amoor, kOr)
  LOOKASIDE_ATOMIC(amomin, kMin)
  LOOKASIDE_ATOMIC(amomax, kMax)
  LOOKASIDE_ATOMIC(amominu, kMinU)
  LOOKASIDE_ATOMIC(amomaxu, kMaxU)
#undef LOOKASIDE_ATOMIC

  // Memory is always coherent and in order here, and so is the cache of decoded instructions.
  static bool do_fence(H&, const I&) {
    return true;
  }
  static bool do_ecall(H& h, const I&) {
    return h.environment_call();
  }
  static bool do_ebreak(H& h, const I&) {
    return h.breakpoint();
  }
  static bool do_sret(H& h, const I& i) {
    return h.return_from_trap(i);
  }
  static bool do_mret(H& h, const I& i) {
    return h.return_from_trap(i);
  }
  static bool do_wfi(H& h, const I& i) {
    return h.wait_for_interrupt(i);
  }
  static bool do_sfence_vma(H& h, const I& i) {
    return h.fence_vma(i);
  }
  static bool do_csrrw(H& h, const I& i) {
    return h.csr_instruction(i, H::CsrAction::kWrite, a(h, i), true);
  }
  static bool do_csrrs(H& h, const I& i) {
    return h.csr_instruction(i, H::CsrAction::kSet, a(h, i), i.rs1 != 0);
  }
  static bool do_csrrc(H& h, const I& i) {
    return h.csr_instruction(i, H::CsrAction::kClear, a(h, i), i.rs1 != 0);
  }
  static bool do_csrrwi(H& h, const I& i) {
    return h.csr_instruction(i, H::CsrAction::kWrite, i.rs1, true);
  }
  static bool do_csrrsi(H& h, const I& i) {
    return h.csr_instruction(i, H::CsrAction::kSet, i.rs1, i.rs1 != 0);
  }
  static bool do_csrrci(H& h, const I& i) {
    return h.csr_instruction(i, H::CsrAction::kClear, i.rs1, i.rs1 != 0);
  }

  static bool dispatch(H& h, const I& i) {
    switch (i.op) {
#define LOOKASIDE_CASE(op, function, mnemonic, match, mask, shape, base) \
  case Op::op:                                                           \
    return function(h, i);
      LOOKASIDE_RISCV_OPS(LOOKASIDE_CASE)
#undef LOOKASIDE_CASE
      case Op::kIllegal:
        break;
    }
    return h.raise(Exception::kIllegalInstruction, i.raw);
  }

  static void begin(H& h, const I& i) {
    h.commit_ = Commit{};
    h.commit_.time_ps = h.now_;
    h.commit_.pc = h.pc_;
    h.commit_.instruction = &i;
    h.commit_.privilege = h.csrs_.privilege();
  }
  static void end(H& h, const I& i) {
    h.commit_.retired = h.retired_;
    const Shape shape = row(i.op).shape;
    h.commit_.writes_register = i.rd != 0 && shape != Shape::kBranch && shape != Shape::kStore &&
                                shape != Shape::kFence && shape != Shape::kNone &&
                                shape != Shape::kSfence;
    h.commit_.register_value = h.x_[i.rd];
    h.observer_->retired(h.commit_);
  }
};

}  // namespace lookaside::riscv
