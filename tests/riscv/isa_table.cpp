// SPDX-License-Identifier: Apache-2.0
#include "riscv/isa_table.h"

#include <cstring>
#include <sstream>

namespace lookaside::tests {

namespace {

constexpr const char* kI = "11:0";
constexpr const char* kS = "11:5|4:0";
constexpr const char* kB = "12|10:5|4:1|11";
constexpr const char* kJ = "20|10:1|11|19:12";
constexpr const char* kU = "31:12";

// clang-format off
const std::vector<IsaRow>& rows_32() {
  static const std::vector<IsaRow> rows = {
    {"lui", "lui", 0, "iiiiiiiiiiiiiiiiiiii ddddd 0110111", kU, true},
    {"auipc", "auipc", 0, "iiiiiiiiiiiiiiiiiiii ddddd 0010111", kU, true},
    {"jal", "jal", 0, "iiiiiiiiiiiiiiiiiiii ddddd 1101111", kJ, true},
    {"jalr", "jalr", 0, "iiiiiiiiiiii aaaaa 000 ddddd 1100111", kI, true},
    {"beq", "beq", 0, "iiiiiii bbbbb aaaaa 000 iiiii 1100011", kB, true},
    {"bne", "bne", 0, "iiiiiii bbbbb aaaaa 001 iiiii 1100011", kB, true},
    {"blt", "blt", 0, "iiiiiii bbbbb aaaaa 100 iiiii 1100011", kB, true},
    {"bge", "bge", 0, "iiiiiii bbbbb aaaaa 101 iiiii 1100011", kB, true},
    {"bltu", "bltu", 0, "iiiiiii bbbbb aaaaa 110 iiiii 1100011", kB, true},
    {"bgeu", "bgeu", 0, "iiiiiii bbbbb aaaaa 111 iiiii 1100011", kB, true},
    {"lb", "lb", 0, "iiiiiiiiiiii aaaaa 000 ddddd 0000011", kI, true},
    {"lh", "lh", 0, "iiiiiiiiiiii aaaaa 001 ddddd 0000011", kI, true},
    {"lw", "lw", 0, "iiiiiiiiiiii aaaaa 010 ddddd 0000011", kI, true},
    {"lbu", "lbu", 0, "iiiiiiiiiiii aaaaa 100 ddddd 0000011", kI, true},
    {"lhu", "lhu", 0, "iiiiiiiiiiii aaaaa 101 ddddd 0000011", kI, true},
    {"lwu", "lwu", 64, "iiiiiiiiiiii aaaaa 110 ddddd 0000011", kI, true},
    {"ld", "ld", 64, "iiiiiiiiiiii aaaaa 011 ddddd 0000011", kI, true},
    {"sb", "sb", 0, "iiiiiii bbbbb aaaaa 000 iiiii 0100011", kS, true},
    {"sh", "sh", 0, "iiiiiii bbbbb aaaaa 001 iiiii 0100011", kS, true},
    {"sw", "sw", 0, "iiiiiii bbbbb aaaaa 010 iiiii 0100011", kS, true},
    {"sd", "sd", 64, "iiiiiii bbbbb aaaaa 011 iiiii 0100011", kS, true},
    {"addi", "addi", 0, "iiiiiiiiiiii aaaaa 000 ddddd 0010011", kI, true},
    {"slti", "slti", 0, "iiiiiiiiiiii aaaaa 010 ddddd 0010011", kI, true},
    {"sltiu", "sltiu", 0, "iiiiiiiiiiii aaaaa 011 ddddd 0010011", kI, true},
    {"xori", "xori", 0, "iiiiiiiiiiii aaaaa 100 ddddd 0010011", kI, true},
    {"ori", "ori", 0, "iiiiiiiiiiii aaaaa 110 ddddd 0010011", kI, true},
    {"andi", "andi", 0, "iiiiiiiiiiii aaaaa 111 ddddd 0010011", kI, true},
    {"slli", "slli", 32, "0000000 iiiii aaaaa 001 ddddd 0010011", "4:0"},
    {"srli", "srli", 32, "0000000 iiiii aaaaa 101 ddddd 0010011", "4:0"},
    {"srai", "srai", 32, "0100000 iiiii aaaaa 101 ddddd 0010011", "4:0"},
    {"slli", "slli", 64, "000000 iiiiii aaaaa 001 ddddd 0010011", "5:0"},
    {"srli", "srli", 64, "000000 iiiiii aaaaa 101 ddddd 0010011", "5:0"},
    {"srai", "srai", 64, "010000 iiiiii aaaaa 101 ddddd 0010011", "5:0"},
    {"add", "add", 0, "0000000 bbbbb aaaaa 000 ddddd 0110011"},
    {"sub", "sub", 0, "0100000 bbbbb aaaaa 000 ddddd 0110011"},
    {"sll", "sll", 0, "0000000 bbbbb aaaaa 001 ddddd 0110011"},
    {"slt", "slt", 0, "0000000 bbbbb aaaaa 010 ddddd 0110011"},
    {"sltu", "sltu", 0, "0000000 bbbbb aaaaa 011 ddddd 0110011"},
    {"xor", "xor", 0, "0000000 bbbbb aaaaa 100 ddddd 0110011"},
    {"srl", "srl", 0, "0000000 bbbbb aaaaa 101 ddddd 0110011"},
    {"sra", "sra", 0, "0100000 bbbbb aaaaa 101 ddddd 0110011"},
    {"or", "or", 0, "0000000 bbbbb aaaaa 110 ddddd 0110011"},
    {"and", "and", 0, "0000000 bbbbb aaaaa 111 ddddd 0110011"},
    {"addiw", "addiw", 64, "iiiiiiiiiiii aaaaa 000 ddddd 0011011", kI, true},
    {"slliw", "slliw", 64, "0000000 iiiii aaaaa 001 ddddd 0011011", "4:0"},
    {"srliw", "srliw", 64, "0000000 iiiii aaaaa 101 ddddd 0011011", "4:0"},
    {"sraiw", "sraiw", 64, "0100000 iiiii aaaaa 101 ddddd 0011011", "4:0"},
    {"addw", "addw", 64, "0000000 bbbbb aaaaa 000 ddddd 0111011"},
    {"subw", "subw", 64, "0100000 bbbbb aaaaa 000 ddddd 0111011"},
    {"sllw", "sllw", 64, "0000000 bbbbb aaaaa 001 ddddd 0111011"},
    {"srlw", "srlw", 64, "0000000 bbbbb aaaaa 101 ddddd 0111011"},
    {"sraw", "sraw", 64, "0100000 bbbbb aaaaa 101 ddddd 0111011"},
    {"mul", "mul", 0, "0000001 bbbbb aaaaa 000 ddddd 0110011"},
    {"mulh", "mulh", 0, "0000001 bbbbb aaaaa 001 ddddd 0110011"},
    {"mulhsu", "mulhsu", 0, "0000001 bbbbb aaaaa 010 ddddd 0110011"},
    {"mulhu", "mulhu", 0, "0000001 bbbbb aaaaa 011 ddddd 0110011"},
    {"div", "div", 0, "0000001 bbbbb aaaaa 100 ddddd 0110011"},
    {"divu", "divu", 0, "0000001 bbbbb aaaaa 101 ddddd 0110011"},
    {"rem", "rem", 0, "0000001 bbbbb aaaaa 110 ddddd 0110011"},
    {"remu", "remu", 0, "0000001 bbbbb aaaaa 111 ddddd 0110011"},
    {"mulw", "mulw", 64, "0000001 bbbbb aaaaa 000 ddddd 0111011"},
    {"divw", "divw", 64, "0000001 bbbbb aaaaa 100 ddddd 0111011"},
    {"divuw", "divuw", 64, "0000001 bbbbb aaaaa 101 ddddd 0111011"},
    {"remw", "remw", 64, "0000001 bbbbb aaaaa 110 ddddd 0111011"},
    {"remuw", "remuw", 64, "0000001 bbbbb aaaaa 111 ddddd 0111011"},
    {"lr.w", "lr.w", 0, "00010qr 00000 aaaaa 010 ddddd 0101111"},
    {"sc.w", "sc.w", 0, "00011qr bbbbb aaaaa 010 ddddd 0101111"},
    {"amoswap.w", "amoswap.w", 0, "00001qr bbbbb aaaaa 010 ddddd 0101111"},
    {"amoadd.w", "amoadd.w", 0, "00000qr bbbbb aaaaa 010 ddddd 0101111"},
    {"amoxor.w", "amoxor.w", 0, "00100qr bbbbb aaaaa 010 ddddd 0101111"},
    {"amoand.w", "amoand.w", 0, "01100qr bbbbb aaaaa 010 ddddd 0101111"},
    {"amoor.w", "amoor.w", 0, "01000qr bbbbb aaaaa 010 ddddd 0101111"},
    {"amomin.w", "amomin.w", 0, "10000qr bbbbb aaaaa 010 ddddd 0101111"},
    {"amomax.w", "amomax.w", 0, "10100qr bbbbb aaaaa 010 ddddd 0101111"},
    {"amominu.w", "amominu.w", 0, "11000qr bbbbb aaaaa 010 ddddd 0101111"},
    {"amomaxu.w", "amomaxu.w", 0, "11100qr bbbbb aaaaa 010 ddddd 0101111"},
    {"lr.d", "lr.d", 64, "00010qr 00000 aaaaa 011 ddddd 0101111"},
    {"sc.d", "sc.d", 64, "00011qr bbbbb aaaaa 011 ddddd 0101111"},
    {"amoswap.d", "amoswap.d", 64, "00001qr bbbbb aaaaa 011 ddddd 0101111"},
    {"amoadd.d", "amoadd.d", 64, "00000qr bbbbb aaaaa 011 ddddd 0101111"},
    {"amoxor.d", "amoxor.d", 64, "00100qr bbbbb aaaaa 011 ddddd 0101111"},
    {"amoand.d", "amoand.d", 64, "01100qr bbbbb aaaaa 011 ddddd 0101111"},
    {"amoor.d", "amoor.d", 64, "01000qr bbbbb aaaaa 011 ddddd 0101111"},
    {"amomin.d", "amomin.d", 64, "10000qr bbbbb aaaaa 011 ddddd 0101111"},
    {"amomax.d", "amomax.d", 64, "10100qr bbbbb aaaaa 011 ddddd 0101111"},
    {"amominu.d", "amominu.d", 64, "11000qr bbbbb aaaaa 011 ddddd 0101111"},
    {"amomaxu.d", "amomaxu.d", 64, "11100qr bbbbb aaaaa 011 ddddd 0101111"},
    // Reserved fields of FENCE and FENCE.I shall be ignored.
    {"fence", "fence", 0, "iiiiiiiiiiii xxxxx 000 xxxxx 0001111", kI},
    {"fence.i", "fence.i", 0, "xxxxxxxxxxxx xxxxx 001 xxxxx 0001111"},
    {"ecall", "ecall", 0, "000000000000 00000 000 00000 1110011"},
    {"ebreak", "ebreak", 0, "000000000001 00000 000 00000 1110011"},
    {"sret", "sret", 0, "0001000 00010 00000 000 00000 1110011"},
    {"mret", "mret", 0, "0011000 00010 00000 000 00000 1110011"},
    {"wfi", "wfi", 0, "0001000 00101 00000 000 00000 1110011"},
    {"sfence.vma", "sfence.vma", 0, "0001001 bbbbb aaaaa 000 00000 1110011"},
    {"csrrw", "csrrw", 0, "iiiiiiiiiiii aaaaa 001 ddddd 1110011", kI},
    {"csrrs", "csrrs", 0, "iiiiiiiiiiii aaaaa 010 ddddd 1110011", kI},
    {"csrrc", "csrrc", 0, "iiiiiiiiiiii aaaaa 011 ddddd 1110011", kI},
    {"csrrwi", "csrrwi", 0, "iiiiiiiiiiii aaaaa 101 ddddd 1110011", kI},
    {"csrrsi", "csrrsi", 0, "iiiiiiiiiiii aaaaa 110 ddddd 1110011", kI},
    {"csrrci", "csrrci", 0, "iiiiiiiiiiii aaaaa 111 ddddd 1110011", kI},
  };
  return rows;
}

// Columns after the immediate: signed, fixed rd, rs1, rs2, immediate not 0, rd not 0, rs2 not 0, rd not n.
const std::vector<IsaRow>& rows_16() {
  constexpr const char* kJump = "11|4|9:8|10|6|7|3:1|5";
  constexpr const char* kBranch = "8|4:3|7:6|2:1|5";
  static const std::vector<IsaRow> rows = {
    {"c.addi4spn", "addi", 0, "000 iiiiiiii ddd 00", "5:4|9:6|2|3", false, -1, 2, -1, true},
    {"c.lw", "lw", 0, "010 iii aaa ii ddd 00", "5:3|2|6"},
    {"c.ld", "ld", 64, "011 iii aaa ii ddd 00", "5:3|7:6"},
    {"c.sw", "sw", 0, "110 iii aaa ii bbb 00", "5:3|2|6"},
    {"c.sd", "sd", 64, "111 iii aaa ii bbb 00", "5:3|7:6"},
    {"c.nop", "addi", 0, "000 i 00000 iiiii 01", "5|4:0", true, 0, 0},
    {"c.addi", "addi", 0, "000 i eeeee iiiii 01", "5|4:0", true},
    {"c.jal", "jal", 32, "001 iiiiiiiiiii 01", kJump, true, 1},
    {"c.addiw", "addiw", 64, "001 i eeeee iiiii 01", "5|4:0", true, -1, -1, -1, false, true},
    {"c.li", "addi", 0, "010 i ddddd iiiii 01", "5|4:0", true, -1, 0},
    {"c.addi16sp", "addi", 0, "011 i 00010 iiiii 01", "9|4|6|8:7|5", true, 2, 2, -1, true},
    {"c.lui", "lui", 0, "011 i ddddd iiiii 01", "17|16:12", true, -1, -1, -1, true, false, false, 2},
    {"c.srli", "srli", 32, "100 0 00 eee iiiii 01", "4:0"},
    {"c.srai", "srai", 32, "100 0 01 eee iiiii 01", "4:0"},
    {"c.srli", "srli", 64, "100 i 00 eee iiiii 01", "5|4:0"},
    {"c.srai", "srai", 64, "100 i 01 eee iiiii 01", "5|4:0"},
    {"c.andi", "andi", 0, "100 i 10 eee iiiii 01", "5|4:0", true},
    {"c.sub", "sub", 0, "100 0 11 eee 00 bbb 01"},
    {"c.xor", "xor", 0, "100 0 11 eee 01 bbb 01"},
    {"c.or", "or", 0, "100 0 11 eee 10 bbb 01"},
    {"c.and", "and", 0, "100 0 11 eee 11 bbb 01"},
    {"c.subw", "subw", 64, "100 1 11 eee 00 bbb 01"},
    {"c.addw", "addw", 64, "100 1 11 eee 01 bbb 01"},
    {"c.j", "jal", 0, "101 iiiiiiiiiii 01", kJump, true, 0},
    {"c.beqz", "beq", 0, "110 iii aaa iiiii 01", kBranch, true, -1, -1, 0},
    {"c.bnez", "bne", 0, "111 iii aaa iiiii 01", kBranch, true, -1, -1, 0},
    {"c.slli", "slli", 32, "000 0 eeeee iiiii 10", "4:0"},
    {"c.slli", "slli", 64, "000 i eeeee iiiii 10", "5|4:0"},
    {"c.lwsp", "lw", 0, "010 i ddddd iiiii 10", "5|4:2|7:6", false, -1, 2, -1, false, true},
    {"c.ldsp", "ld", 64, "011 i ddddd iiiii 10", "5|4:3|8:6", false, -1, 2, -1, false, true},
    {"c.jr", "jalr", 0, "100 0 aaaaa 00000 10", "", false, 0, -1, -1, false, true},
    {"c.mv", "add", 0, "100 0 ddddd bbbbb 10", "", false, -1, 0, -1, false, false, true},
    {"c.ebreak", "ebreak", 0, "100 1 00000 00000 10"},
    {"c.jalr", "jalr", 0, "100 1 aaaaa 00000 10", "", false, 1, -1, -1, false, true},
    {"c.add", "add", 0, "100 1 eeeee bbbbb 10", "", false, -1, -1, -1, false, false, true},
    {"c.swsp", "sw", 0, "110 iiiiii bbbbb 10", "5:2|7:6", false, -1, 2},
    {"c.sdsp", "sd", 64, "111 iiiiii bbbbb 10", "5:3|8:6", false, -1, 2},
  };
  return rows;
}
// clang-format on

std::string bits_of(const IsaRow& row) {
  std::string result;
  for (const char* p = row.pattern; *p != 0; ++p) {
    if (*p != ' ') result += *p;
  }
  return result;
}

/// "5:4|9:6|2|3" -> 5 4 9 8 7 6 2 3
std::vector<unsigned> positions(const std::string& notation) {
  std::vector<unsigned> result;
  std::istringstream parts(notation);
  for (std::string part; std::getline(parts, part, '|');) {
    const std::size_t colon = part.find(':');
    const int high = std::stoi(part);
    const int low = colon == std::string::npos ? high : std::stoi(part.substr(colon + 1));
    for (int bit = high; bit >= low; --bit) result.push_back(static_cast<unsigned>(bit));
  }
  return result;
}

/// The field of one letter, most significant bit first; three bits name x8..x15.
unsigned field(const std::string& bits, std::uint32_t raw, char letter) {
  unsigned value = 0;
  unsigned width = 0;
  for (std::size_t k = 0; k < bits.size(); ++k) {
    if (bits[k] != letter) continue;
    value = value * 2 + ((raw >> (bits.size() - 1 - k)) & 1U);
    ++width;
  }
  return width == 3 ? value + 8 : value;
}

/// A row with its pattern taken apart.
struct Parsed {
  explicit Parsed(const IsaRow& r) : row(&r), bits(bits_of(r)), where(positions(r.imm)) {
    for (const char c : bits) {
      ones = ones << 1 | (c == '1' ? 1U : 0U);
      fixed = fixed << 1 | (c == '0' || c == '1' ? 1U : 0U);
    }
  }
  const IsaRow* row;
  std::string bits;
  std::vector<unsigned> where;
  std::uint32_t ones = 0;
  std::uint32_t fixed = 0;
};

std::int64_t immediate(const Parsed& parsed, std::uint32_t raw) {
  const std::string& bits = parsed.bits;
  std::int64_t value = 0;
  unsigned top = 0;
  std::size_t n = 0;
  for (std::size_t k = 0; k < bits.size(); ++k) {
    if (bits[k] != 'i') continue;
    const unsigned to = parsed.where.at(n++);
    if (((raw >> (bits.size() - 1 - k)) & 1U) != 0) value += std::int64_t{1} << to;
    top = to > top ? to : top;
  }
  const std::int64_t weight = std::int64_t{1} << top;
  return parsed.row->imm_signed && value >= weight ? value - 2 * weight : value;
}

bool decode_as(const Parsed& parsed, std::uint32_t raw, IsaInstruction& i) {
  if ((raw & parsed.fixed) != parsed.ones) return false;
  const IsaRow& row = *parsed.row;
  const std::string& bits = parsed.bits;
  const bool both = bits.find('e') != std::string::npos;
  i.rd = row.rd >= 0 ? static_cast<unsigned>(row.rd) : field(bits, raw, both ? 'e' : 'd');
  i.rs1 = row.rs1 >= 0 ? static_cast<unsigned>(row.rs1) : field(bits, raw, both ? 'e' : 'a');
  i.rs2 = row.rs2 >= 0 ? static_cast<unsigned>(row.rs2) : field(bits, raw, 'b');
  i.imm = immediate(parsed, raw);
  i.aq = field(bits, raw, 'q') != 0;
  i.rl = field(bits, raw, 'r') != 0;
  i.length = static_cast<unsigned>(bits.size() / 8);
  i.mnemonic = row.mnemonic;
  // c.jr and c.jalr have their register where the others have rd.
  const unsigned first = i.mnemonic == "jalr" ? i.rs1 : i.rd;
  return !((row.imm_nonzero && i.imm == 0) || (row.rd_nonzero && first == 0) ||
           (row.rs2_nonzero && i.rs2 == 0) || static_cast<int>(i.rd) == row.rd_not);
}

/// One list per length and major opcode would be faster still, and no longer a listing.
std::vector<Parsed> parse(const std::vector<IsaRow>& rows) {
  std::vector<Parsed> result;
  result.reserve(rows.size());
  for (const IsaRow& row : rows) result.emplace_back(row);
  return result;
}

bool starts_with(const std::string& text, const char* prefix) {
  return text.rfind(prefix, 0) == 0;
}

const char* register_of(unsigned number) {
  static const char* const kNames[] = {"zero", "ra", "sp",  "gp",  "tp", "t0", "t1", "t2",
                                       "s0",   "s1", "a0",  "a1",  "a2", "a3", "a4", "a5",
                                       "a6",   "a7", "s2",  "s3",  "s4", "s5", "s6", "s7",
                                       "s8",   "s9", "s10", "s11", "t3", "t4", "t5", "t6"};
  return kNames[number];
}

std::string hex(std::uint64_t value) {
  std::ostringstream out;
  out << "0x" << std::hex << value;
  return out.str();
}

std::string padded_hex(std::uint64_t value, unsigned digits) {
  std::string text = hex(value).substr(2);
  return "0x" + std::string(digits - text.size(), '0') + text;
}

}  // namespace

const std::vector<IsaRow>& isa_rows() {
  static const std::vector<IsaRow> rows = [] {
    std::vector<IsaRow> all = rows_16();
    all.insert(all.end(), rows_32().begin(), rows_32().end());
    return all;
  }();
  return rows;
}

IsaInstruction isa_decode(std::uint32_t raw, unsigned xlen) {
  static const std::vector<Parsed> short_rows = parse(rows_16());
  static const std::vector<Parsed> long_rows = parse(rows_32());
  const bool compressed = (raw & 3U) != 3U;
  if (compressed) raw &= 0xffffU;
  IsaInstruction result;
  for (const Parsed& parsed : compressed ? short_rows : long_rows) {
    const bool exists = parsed.row->xlen == 0 || parsed.row->xlen == xlen;
    if (exists && decode_as(parsed, raw, result)) return result;
  }
  IsaInstruction illegal;
  illegal.length = compressed ? 2 : 4;
  return illegal;
}

std::uint32_t isa_fixed_bits(const IsaRow& row) {
  return Parsed(row).fixed;
}

std::uint32_t isa_fill(const IsaRow& row, std::uint32_t random) {
  const Parsed parsed(row);
  const std::uint32_t width = parsed.bits.size() == 16 ? 0xffffU : 0xffffffffU;
  return parsed.ones | (random & width & ~parsed.fixed);
}

std::string isa_text(const IsaInstruction& i, std::uint32_t raw, std::uint64_t pc, unsigned xlen) {
  if (i.mnemonic.empty()) {
    return i.length == 2 ? ".short " + padded_hex(raw & 0xffffU, 4) : ".word " + padded_hex(raw, 8);
  }
  const std::string& m = i.mnemonic;
  const std::string rd = register_of(i.rd);
  const std::string rs1 = register_of(i.rs1);
  const std::string rs2 = register_of(i.rs2);
  const std::string imm = std::to_string(i.imm);
  const std::uint64_t target = pc + static_cast<std::uint64_t>(i.imm);
  const std::string to = hex(xlen == 32 ? target & 0xffffffffU : target);
  const auto among = [&](const char* list) {
    return std::strstr(list, (" " + m + " ").c_str()) != nullptr;
  };
  if (among(" ecall ebreak mret sret wfi fence.i ")) return m;
  if (among(" lui auipc "))
    return m + " " + rd + ", " + hex((static_cast<std::uint64_t>(i.imm) >> 12) & 0xfffffU);
  if (m == "jal") return m + " " + rd + ", " + to;
  if (among(" beq bne blt bge bltu bgeu ")) return m + " " + rs1 + ", " + rs2 + ", " + to;
  if (among(" jalr lb lh lw ld lbu lhu lwu ")) return m + " " + rd + ", " + imm + "(" + rs1 + ")";
  if (among(" sb sh sw sd ")) return m + " " + rs2 + ", " + imm + "(" + rs1 + ")";
  if (m == "sfence.vma") return m + " " + rs1 + ", " + rs2;
  const std::string order = i.aq ? (i.rl ? ".aqrl" : ".aq") : (i.rl ? ".rl" : "");
  if (starts_with(m, "lr.")) return m + order + " " + rd + ", (" + rs1 + ")";
  if (starts_with(m, "sc.") || starts_with(m, "amo")) {
    return m + order + " " + rd + ", " + rs2 + ", (" + rs1 + ")";
  }
  if (among(" slli srli srai slliw srliw sraiw addi slti sltiu xori ori andi addiw ")) {
    return m + " " + rd + ", " + rs1 + ", " + imm;
  }
  return m + " " + rd + ", " + rs1 + ", " + rs2;
}

}  // namespace lookaside::tests
