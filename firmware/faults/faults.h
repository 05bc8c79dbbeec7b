// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "check.h"

void unmapped_tests(void);
void permission_tests(void);
void mprv_tests(void);
