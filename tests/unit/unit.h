/*
 * unit.h - what a unit test includes, first and before all else: cmocka with the headers that it wants, base, and nothing of any room
 * above. A test adds the header of what it tests.
 */
#ifndef UNIT_H
#define UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/base.h"

#endif
