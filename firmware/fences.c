// SPDX-License-Identifier: Apache-2.0
// ASIDs, globals and SFENCE.VMA (rule book A.9 to A.11). A stale entry is planted by an access, the
// table is changed, the fence under test runs: then the new table must rule. Nothing asks that an
// entry *stays* stale; what was stale before the fence is printed as information.
#include "check.h"
#include "console.h"

enum { kOld = 0, kNew = 1, kOldValue = 0x0101, kNewValue = 0x0202, kAsid = 1 };

static struct space space;

enum fence { kFenceAll, kFenceAsid, kFenceAddress, kFenceAddressAsid };
static void fence_with(enum fence fence, word_t va, word_t asid) {
  switch (fence) {
    case kFenceAll:
      fence_all();
      return;
    case kFenceAsid:
      fence_asid(asid);
      return;
    case kFenceAddress:
      fence_address(va);
      return;
    case kFenceAddressAsid:
      fence_address_asid(va, asid);
      return;
  }
}

static void fill_frames(void) {
  for (int word = 0; word < 2; ++word) {
    *frame_word(kOld, 4 * word) = kOldValue;
    *frame_word(kNew, 4 * word) = kNewValue;
  }
}

static word_t load_from(word_t va) {
  return expect_pass(&(struct probe){.access = kLoad, .privilege = kSupervisor, .va = va});
}

// Leaf to another frame, to fewer permissions, to nothing, and from nothing.
static void leaf_changes(enum fence fence, word_t va, word_t flags) {
  fill_frames();
  space = space_new();
  pte_t* entry = entry_at(&space, va, 0);
  struct probe store = {.access = kStore, .privilege = kSupervisor, .va = va, .value = kNewValue};
  struct probe load = {.access = kLoad, .privilege = kSupervisor, .va = va};

  *entry = leaf(frame_pa(kOld), PTE_RW | PTE_AD | flags);
  space_use(&space);
  expect_equal("old value", kOldValue, load_from(va));
  *entry = leaf(frame_pa(kNew), PTE_RW | PTE_AD | flags);
  fence_with(fence, va, kAsid);
  expect_equal("new value", kNewValue, load_from(va));

  expect_pass(&store);
  *entry = leaf(frame_pa(kNew), PTE_R | PTE_AD | flags);
  fence_with(fence, va, kAsid);
  expect_page_fault(&store);

  *entry = 0;
  fence_with(fence, va, kAsid);
  expect_page_fault(&load);

  *entry = leaf(frame_pa(kOld), PTE_RW | PTE_AD | flags);
  fence_with(fence, va, kAsid);
  expect_equal("value again", kOldValue, load_from(va));
}

static void leaf_fence_all(void) {
  leaf_changes(kFenceAll, TEST_VA, 0);
}
static void leaf_fence_asid(void) {
  leaf_changes(kFenceAsid, TEST_VA, 0);
}
static void leaf_fence_address(void) {
  leaf_changes(kFenceAddress, TEST_VA, 0);
}
static void leaf_fence_address_asid(void) {
  leaf_changes(kFenceAddressAsid, TEST_VA, 0);
}
static void global_fence_all(void) {
  leaf_changes(kFenceAll, TEST_VA, PTE_G);
}
static void global_fence_address(void) {
  leaf_changes(kFenceAddress, TEST_VA, PTE_G);
}
// A register that holds 0 names address 0, not every address.
static void address_0_in_a_register(void) {
  leaf_changes(kFenceAddress, 0, 0);
  leaf_changes(kFenceAddressAsid, 0, 0);
}

// ASID 0 in a register fences ASID 0.
static void asid_0_in_a_register(void) {
  fill_frames();
  tables_reset();
  space = space_also(0);
  map_page(&space, TEST_VA, frame_pa(kOld), PTE_R | PTE_AD);
  space_use(&space);
  expect_equal("old value", kOldValue, load_from(TEST_VA));
  map_page(&space, TEST_VA, frame_pa(kNew), PTE_R | PTE_AD);
  fence_asid(0);
  expect_equal("new value", kNewValue, load_from(TEST_VA));
}

// rs2's bits above the ASID are ignored.
static void upper_bits_of_asid(void) {
  fill_frames();
  space = space_new();
  for (int bit = __riscv_xlen == 32 ? 9 : 16; bit < __riscv_xlen; bit += 5) {
    map_page(&space, TEST_VA, frame_pa(kOld), PTE_R | PTE_AD);
    space_use(&space);
    expect_equal("old value", kOldValue, load_from(TEST_VA));
    map_page(&space, TEST_VA, frame_pa(kNew), PTE_R | PTE_AD);
    fence_asid(kAsid | BIT(bit));
    expect_equal("new value", kNewValue, load_from(TEST_VA));
  }
}

// Any address inside a superpage names the whole of it.
static void superpage_fence_address(void) {
  fill_frames();
  space = space_new();
  const word_t va = TEST_VA + frame_pa(kOld) - RAM_BASE;
  *entry_at(&space, TEST_VA, 1) = leaf(RAM_BASE, PTE_R | PTE_AD);
  space_use(&space);
  expect_equal("old value", kOldValue, load_from(va));
  *entry_at(&space, TEST_VA, 1) = 0;
  fence_address(TEST_VA + level_bytes(1) - 1);
  const struct probe load = {.access = kLoad, .privilege = kSupervisor, .va = va};
  // The fence need only drop what translates its own address: that is this very leaf.
  expect_page_fault(&load);
}

// A pointer is changed: only the forms with rs1 = x0 reach walk caches.
static void pointer_changes(enum fence fence) {
  fill_frames();
  for (int level = 1; level <= kTopLevel; ++level) {
    space = space_new();
    map_page(&space, TEST_VA, frame_pa(kOld), PTE_R | PTE_AD);
    space_use(&space);
    expect_equal("old value", kOldValue, load_from(TEST_VA));
    *entry_at(&space, TEST_VA, level) = 0;
    map_page(&space, TEST_VA, frame_pa(kNew), PTE_R | PTE_AD);  // builds new tables
    fence_with(fence, 0, kAsid);
    expect_equal("new value", kNewValue, load_from(TEST_VA));
  }
}
static void pointer_fence_all(void) {
  pointer_changes(kFenceAll);
}
static void pointer_fence_asid(void) {
  pointer_changes(kFenceAsid);
}

// A page grows into a superpage and back.
static void page_becomes_superpage(void) {
  fill_frames();
  space = space_new();
  const word_t va = TEST_VA + frame_pa(kOld) - RAM_BASE;
  map_page(&space, va, frame_pa(kNew), PTE_R | PTE_AD);
  space_use(&space);
  expect_equal("value of the page", kNewValue, load_from(va));
  pte_t* above = entry_at(&space, va, 1);
  const pte_t old_pointer = *above;
  *above = leaf(RAM_BASE, PTE_R | PTE_AD);
  fence_all();
  expect_equal("value of the superpage", kOldValue, load_from(va));
  *above = old_pointer;
  fence_all();
  expect_equal("value of the page again", kNewValue, load_from(va));
}

// Two spaces, one address, no fence between the switches.
static void asids_keep_apart(void) {
  fill_frames();
  space = space_new();
  struct space other = space_also(2);
  map_page(&space, TEST_VA, frame_pa(kOld), PTE_R | PTE_AD);
  map_page(&other, TEST_VA, frame_pa(kNew), PTE_R | PTE_AD);
  space_use(&space);
  for (int turn = 0; turn < 4; ++turn) {
    space_use_unfenced(&space);
    expect_equal("value of ASID 1", kOldValue, load_from(TEST_VA));
    space_use_unfenced(&other);
    expect_equal("value of ASID 2", kNewValue, load_from(TEST_VA));
  }
}

// A fence for one ASID must not be taken for another's: ASID 2 is fenced, then used.
static void fence_of_another_asid(void) {
  fill_frames();
  space = space_new();
  struct space other = space_also(2);
  map_page(&space, TEST_VA, frame_pa(kOld), PTE_R | PTE_AD);
  map_page(&other, TEST_VA, frame_pa(kOld), PTE_R | PTE_AD);
  space_use(&other);
  load_from(TEST_VA);
  space_use_unfenced(&space);
  load_from(TEST_VA);
  map_page(&other, TEST_VA, frame_pa(kNew), PTE_R | PTE_AD);
  fence_address_asid(TEST_VA, 2);  // while ASID 1 is current
  expect_equal("value of ASID 1", kOldValue, load_from(TEST_VA));
  space_use_unfenced(&other);
  expect_equal("value of ASID 2", kNewValue, load_from(TEST_VA));
}

// One global page in both spaces, by a global leaf and by a global pointer.
static void globals_serve_every_asid(void) {
  fill_frames();
  space = space_new();
  struct space other = space_also(2);
  struct space* const both[] = {&space, &other};
  for (int i = 0; i < 2; ++i) {
    map_page(both[i], TEST_VA, frame_pa(kOld), PTE_R | PTE_AD | PTE_G);
    map_page(both[i], TEST_VA + level_bytes(1), frame_pa(kNew), PTE_R | PTE_AD);
    *entry_at(both[i], TEST_VA + level_bytes(1), 1) |= PTE_G;
  }
  space_use(&space);
  for (int turn = 0; turn < 4; ++turn) {
    space_use_unfenced(both[turn & 1]);
    expect_equal("value by a global leaf", kOldValue, load_from(TEST_VA));
    expect_equal("value by a global pointer", kNewValue, load_from(TEST_VA + level_bytes(1)));
    fence_asid(1 + (turn & 1));
  }
}

// Without a fence the old or the new translation may be used, and nothing else ever.
static void stale_is_old_or_new(void) {
  fill_frames();
  space = space_new();
  static const char* const kWhat[] = {"a changed page", "a removed page", "an added page"};
  for (int what = 0; what < 3; ++what) {
    const pte_t old = what == 2 ? 0 : leaf(frame_pa(kOld), PTE_R | PTE_AD);
    const pte_t new = what == 1 ? 0 : leaf(frame_pa(kNew), PTE_R | PTE_AD);
    pte_t* entry = entry_at(&space, TEST_VA, 0);
    const struct probe load = {.access = kLoad, .privilege = kSupervisor, .va = TEST_VA};
    *entry = old;
    space_use(&space);
    probe_run(&load);
    *entry = new;
    const struct outcome got = probe_run(&load);
    const bool faulted = got.cause == kLoadPageFault;
    const bool is_old = what == 2 ? faulted : !faulted && got.value == kOldValue;
    const bool is_new = what == 1 ? faulted : !faulted && got.value == kNewValue;
    expect_equal("old or new", 1, is_old || is_new);
    print("INFO without a fence %s is seen as the %s translation says\n", kWhat[what],
          is_old ? "old" : "new");
  }
}

#if __riscv_xlen == 64
// A fence at an address that cannot exist does nothing, and does not trap.
static void fence_not_canonical(void) {
  fill_frames();
  space = space_new();
  map_page(&space, TEST_VA, frame_pa(kOld), PTE_R | PTE_AD);
  space_use(&space);
  for (int bit = kVaBits - 1; bit < 64; bit += 3) {
    fence_address(TEST_VA ^ BIT(bit));
    fence_address_asid(TEST_VA ^ BIT(bit), kAsid);
    expect_equal("value", kOldValue, load_from(TEST_VA));
  }
}
#endif

static const struct test kTests[] = {
    {"leaf-fence-all", "A.10", leaf_fence_all},
    {"leaf-fence-asid", "A.10", leaf_fence_asid},
    {"leaf-fence-address", "A.10", leaf_fence_address},
    {"leaf-fence-address-asid", "A.10", leaf_fence_address_asid},
    {"global-fence-all", "A.10", global_fence_all},
    {"global-fence-address", "A.10", global_fence_address},
    {"address-0-in-a-register", "SFN-01", address_0_in_a_register},
    {"asid-0-in-a-register", "SFN-01", asid_0_in_a_register},
    {"upper-bits-of-asid", "SFN-02", upper_bits_of_asid},
    {"superpage-fence-address", "SFN-04", superpage_fence_address},
    {"pointer-fence-all", "SFN-07", pointer_fence_all},
    {"pointer-fence-asid", "A.10", pointer_fence_asid},
    {"page-becomes-superpage", "CACHE-08", page_becomes_superpage},
    {"asids-keep-apart", "SATP-11", asids_keep_apart},
    {"fence-of-another-asid", "ASID-01", fence_of_another_asid},
    {"globals-serve-every-asid", "ASID-02", globals_serve_every_asid},
    {"stale-is-old-or-new", "CACHE-05", stale_is_old_or_new},
#if __riscv_xlen == 64
    {"fence-not-canonical", "CAN-07", fence_not_canonical},
#endif
};

int main(void) {
  RUN_TESTS(kTests);
  return tests_summary("fences");
}
